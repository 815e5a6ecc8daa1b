"""Factories of the listening half: answered runs with known scores."""

import hashlib
import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta

from feedback.models import Answer, Response
from surveys.enums import Measures, SurveyKind
from surveys.models import Customer, JourneyRun, JourneyVersion, Question, SurveyVersion
from tests.factories.asking import START, CustomerFactory, JourneyRunFactory, SurveyFactory, published_survey

_numbers = itertools.count()
HEADLINE = {"code": "overall", "kind": "csat", "metric": "csat", "headline": True, "scale": (0, 10)}


def measured_journey(version: JourneyVersion, question: Mapping[str, object] = HEADLINE) -> dict[str, SurveyVersion]:
    """Publish a touchpoint survey per stage and the end-to-end survey (key ""), each with one headline question."""
    surveys = {}
    for stage in version.stages.all():
        survey = SurveyFactory(
            code=f"{version.journey.code}-{stage.code}",
            kind=SurveyKind.TOUCHPOINT,
            journey=version.journey,
            stage_code=stage.code,
        )
        text = "Overall, how satisfied were you with {this contact}?"
        surveys[stage.code] = published_survey(survey, [{**question, "text": text}])
    whole = SurveyFactory(code=f"{version.journey.code}-e2e", kind=SurveyKind.END_TO_END, journey=version.journey)
    text = "Overall, how satisfied were you with {the whole journey}?"
    surveys[""] = published_survey(whole, [{**question, "text": text}])
    return surveys


def answered_run(
    version: JourneyVersion,
    surveys: Mapping[str, SurveyVersion],
    values: Mapping[str, float],
    customer: Customer | None = None,
    weight: float | None = None,
    ended_at: datetime = START + timedelta(days=3),
) -> JourneyRun:
    """A completed run with one answer per key of values: a stage code, or "" for the whole journey."""
    run: JourneyRun = JourneyRunFactory(
        version=version,
        customer=customer or CustomerFactory(),
        ended_at=ended_at,
        last_event_at=ended_at,
        outcome="completed",
    )
    for code, value in values.items():
        add_answer(run, surveys[code], value, code, weight=weight)
    return run


def add_answer(
    run: JourneyRun,
    version: SurveyVersion,
    value: float,
    stage: str = "",
    answered_at: datetime | None = None,
    weight: float | None = None,
) -> Answer:
    """One response with one answer on the version's first scale question; marks the run stale."""
    question: Question = version.questions.filter(scale_min__isnull=False).first()  # type: ignore[assignment]
    answered = answered_at or (run.ended_at or run.started_at) + timedelta(hours=1)
    key = f"test:{next(_numbers)}"
    response = Response.objects.create(
        occasion_key=key,
        survey=version.survey,
        version=version,
        customer=run.customer,
        run=run,
        content_hash=hashlib.sha256(key.encode()).digest(),
        answered_at=answered,
        weight=weight,
    )
    JourneyRun.objects.filter(pk=run.pk).update(stale=True)
    low, high = question.scale_min or 0.0, question.scale_max or 1.0
    return Answer.objects.create(
        response=response,
        question=question,
        run=run,
        measures=Measures.STAGE if stage else Measures.JOURNEY,
        stage=run.version.stages.get(code=stage) if stage else None,
        value=value,
        score=100 * (value - low) / (high - low),
        answered_at=answered,
    )
