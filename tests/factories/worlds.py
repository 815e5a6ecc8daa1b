"""Run rows written at once, without the import: whole planted worlds, or rows of a test's own."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from feedback.actions.programmes import load_text
from feedback.actions.score_texts import score_texts
from feedback.models import Answer, FreeText, Response, RunScore
from feedback.worlds.journeys import Journeys
from feedback.worlds.programmes import journey_programme
from feedback.worlds.tables import FRIENDLY_TEXT, NEWS_TEXT, PLAIN_TEXT, at
from surveys.enums import Measures, RunOutcome
from surveys.models import Customer, Journey, JourneyRun, JourneyVersion, Question
from tests.factories.asking import START


def world_rows(j: Journeys, *, comments: bool = False, **journey: Any) -> Journey:
    """Publish the world's programme (journey: further keys of it) and write its customers, runs and run rows."""
    document = journey_programme(j.plan)
    document["journey"] |= journey
    load_text(json.dumps(document), publish=True)
    found = Journey.objects.get(code=j.plan.code.lower())
    version = found.versions.get()
    segments = j.segments()
    numbers, first = np.unique(j.customer, return_index=True)
    customers = Customer.objects.bulk_create(
        Customer(external_id=f"{found.code}-{n}", segment=segments[row]) for n, row in zip(numbers, first, strict=True)
    )
    who = dict(zip(numbers.tolist(), customers, strict=True))
    runs = JourneyRun.objects.bulk_create(
        JourneyRun(
            journey=found,
            version=version,
            customer=who[int(j.customer[row])],
            external_id=f"{found.code}-{row}",
            started_at=at(float(j.started[row])),
            ended_at=at(float(j.ended[row])),
            last_event_at=at(float(j.ended[row])),
            outcome=RunOutcome.COMPLETED,
            attributes={"complexity": "complex" if j.complex_case[row] else "simple"},
            stale=False,
        )
        for row in range(len(j.customer))
    )
    RunScore.objects.bulk_create(_score(j, row, run) for row, run in enumerate(runs))
    if comments:
        _comments(j, runs)
    return found


def run_rows(version: JourneyVersion, rows: Sequence[Mapping[str, Any]], start: datetime = START) -> list[JourneyRun]:
    """Completed runs of a customer each with these fields of their run rows; attributes: of the run."""
    journey = version.journey
    customers = Customer.objects.bulk_create(
        Customer(external_id=f"{journey.code}-{n}", segment=str(row.get("segment", ""))) for n, row in enumerate(rows)
    )
    runs = JourneyRun.objects.bulk_create(
        JourneyRun(
            journey=journey,
            version=version,
            customer=customer,
            external_id=f"{journey.code}-{n}",
            started_at=start,
            ended_at=start + timedelta(days=3),
            last_event_at=start + timedelta(days=3),
            outcome=RunOutcome.COMPLETED,
            attributes=row.get("attributes", {}),
            stale=False,
        )
        for n, (row, customer) in enumerate(zip(rows, customers, strict=True))
    )
    RunScore.objects.bulk_create(
        RunScore(
            run=run,
            journey=journey,
            customer_id=run.customer_id,
            at=run.last_event_at,
            outcome=run.outcome,
            computed_at=timezone.now(),
            **{key: value for key, value in row.items() if key != "attributes"},
        )
        for run, row in zip(runs, rows, strict=True)
    )
    return runs


def _score(j: Journeys, row: int, run: JourneyRun) -> RunScore:
    seen, service = j.seen_stages()[row], j.seen_service()[row]
    answered = bool(j.answered_end[row])
    key = f"{j.plan.code.lower()}-e2e.overall|0-10"
    return RunScore(
        run=run,
        journey_id=run.journey_id,
        customer_id=run.customer_id,
        at=run.last_event_at,
        outcome=run.outcome,
        segment=run.customer.segment,
        service=float(service) if np.isfinite(service) else None,
        service_stages=int(np.isfinite(seen).sum()),
        experience=float(j.experience[row]) if answered else None,
        stage_scores={f"s{k + 1}": [float(x)] for k, x in enumerate(seen) if np.isfinite(x)},
        ratings={key: [float(j.experience[row]) / 10]} if answered else {},
        waits={f"s{k + 1}->s{k + 2}": float(days) for k, days in enumerate(j.waits[row])},
        steps=int(j.steps[row]),
        switches=int(j.switches[row]),
        repeats=int(j.repeats[row]),
        departments=4,
        contacts=int(j.steps[row] + j.repeats[row]),
        elapsed_days=float(j.ended[row] - j.started[row]),
        computed_at=timezone.now(),
    )


def _comments(j: Journeys, runs: list[JourneyRun]) -> None:
    """What those who answered at the end wrote, read for themes."""
    question = Question.objects.select_related("version__survey").get(
        version__survey__code=f"{j.plan.code.lower()}-e2e", code="why"
    )
    rows = np.flatnonzero(j.answered_end).tolist()
    responses = Response.objects.bulk_create(
        Response(
            occasion_key=f"world:{runs[row].pk}",
            survey=question.version.survey,
            version=question.version,
            customer_id=runs[row].customer_id,
            run=runs[row],
            content_hash=hashlib.sha256(str(row).encode()).digest(),
            answered_at=runs[row].last_event_at + timedelta(hours=1),
        )
        for row in rows
    )
    answers = Answer.objects.bulk_create(
        Answer(
            response=response,
            question=question,
            run_id=response.run_id,
            measures=Measures.JOURNEY,
            answered_at=response.answered_at,
        )
        for response in responses
    )
    FreeText.objects.bulk_create(
        FreeText(answer=answer, text=_words(j, row), language="en") for row, answer in zip(rows, answers, strict=True)
    )
    score_texts()


def _words(j: Journeys, row: int) -> str:
    said = [text for text, flag in ((NEWS_TEXT, j.no_news[row]), (FRIENDLY_TEXT, j.friendly[row])) if flag]
    return " ".join(said) or PLAIN_TEXT
