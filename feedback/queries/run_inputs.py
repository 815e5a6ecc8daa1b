"""Everything that the run rows are computed from, for a batch of runs in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef

from feedback.insights.run_facts import Contact, Visit
from feedback.models import Answer
from surveys.enums import Measures, StageKind, SurveyKind, VersionState
from surveys.models import Interaction, JourneyRun, Question, Stage, StageVisit


@dataclass(frozen=True, slots=True)
class AnswerInput:
    """One answer as the run row needs it."""

    survey: str
    question: str
    survey_kind: str
    headline: bool
    measures: str
    stage: str
    value: float | None
    score: float | None
    scale: str
    weight: float | None
    late: bool
    answered_at: datetime


@dataclass(slots=True)
class RunInput:
    """One run with its contacts, passages and answers, each in order."""

    run: JourneyRun
    contacts: list[Contact] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    answers: list[AnswerInput] = field(default_factory=list)


def run_inputs(run_ids: Sequence[int]) -> list[RunInput]:
    """The inputs of these runs, in four queries whatever their number."""
    runs = JourneyRun.objects.filter(pk__in=run_ids).select_related("version", "customer").order_by("pk")
    inputs = {run.pk: RunInput(run) for run in runs}
    _add_contacts(inputs)
    _add_visits(inputs)
    _add_answers(inputs)
    return list(inputs.values())


@dataclass(frozen=True, slots=True)
class ServiceRule:
    """The stages whose mean is the service score; needed: those that must all be answered (option complete)."""

    stages: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()


def service_rules(version_ids: Sequence[int]) -> dict[int, ServiceRule]:
    """The service stages by version; with `service_score: complete` also those that a survey asks about."""
    stages: dict[int, set[str]] = defaultdict(set)
    needed: dict[int, set[str]] = defaultdict(set)
    asked = Question.objects.filter(
        headline=True,
        measures=Measures.STAGE,
        stage_code=OuterRef("code"),
        version__survey__journey=OuterRef("version__journey"),
        version__state=VersionState.PUBLISHED,
    )
    rows = (
        Stage.objects.filter(version_id__in=set(version_ids), kind=StageKind.SERVICE)
        .annotate(asked=Exists(asked))
        .values_list("version_id", "code", "asked", "version__options__service_score")
    )
    for version_id, code, is_asked, rule in rows:
        stages[version_id].add(code)
        if rule == "complete" and is_asked:
            needed[version_id].add(code)
    return {key: ServiceRule(frozenset(codes), frozenset(needed[key])) for key, codes in stages.items()}


def _add_contacts(inputs: dict[int, RunInput]) -> None:
    rows = (
        Interaction.objects.filter(run_id__in=inputs)
        .order_by("run_id", "started_at", "reference")
        .values_list("run_id", "stage__code", "reason", "channel", "started_at", "ended_at", "handle_seconds")
    )
    for run_id, stage, reason, channel, started, ended, handled in rows:
        inputs[run_id].contacts.append(Contact(stage or "", reason, channel, started, ended, handled))


def _add_visits(inputs: dict[int, RunInput]) -> None:
    rows = (
        StageVisit.objects.filter(run_id__in=inputs)
        .order_by("run_id", "order")
        .values_list("run_id", "stage__code", "stage__owner_id", "entered_at", "left_at", "bad_time")
    )
    for run_id, stage, owner, entered, left, bad_time in rows:
        inputs[run_id].visits.append(Visit(stage, owner, entered, left, bad_time))


def _add_answers(inputs: dict[int, RunInput]) -> None:
    rows = (
        Answer.objects.filter(run_id__in=inputs, value__isnull=False)
        .order_by("run_id", "answered_at", "id")
        .values_list(
            "run_id",
            "response__survey__code",
            "response__survey__kind",
            "question__code",
            "question__headline",
            "measures",
            "stage__code",
            "value",
            "score",
            "question__scale_min",
            "question__scale_max",
            "response__weight",
            "response__late",
            "answered_at",
        )
    )
    for run_id, survey, kind, question, headline, measures, stage, value, score, low, high, weight, late, at in rows:
        scale = "" if low is None else f"{low:g}-{high:g}"
        inputs[run_id].answers.append(
            AnswerInput(
                survey=survey,
                question=question,
                survey_kind=SurveyKind(kind),
                headline=headline,
                measures=measures,
                stage=stage or "",
                value=value,
                score=score,
                scale=scale,
                weight=weight,
                late=late,
                answered_at=at,
            )
        )
