"""Run rows over many weeks with known scores, written as the run rows that insights read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from feedback.models import RunScore
from surveys.models import Customer, JourneyRun, JourneyVersion

FIRST = datetime(2024, 1, 1, tzinfo=UTC)  # a Monday


@dataclass(frozen=True)
class Row:
    """One run: started so many days after FIRST, over after `days` (None: open)."""

    day: float
    experience: float | None = None
    service: float | None = None
    days: float | None = 2.0
    stages: dict[str, float] = field(default_factory=dict)
    ratings: dict[str, list[float]] = field(default_factory=dict)
    waits: dict[str, float] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    steps: int = 3
    customer: Customer | None = None


def scored_runs(version: JourneyVersion, rows: Sequence[Row], customers: Sequence[Customer] = ()) -> list[JourneyRun]:
    """Runs with their run rows, each of a customer of its own unless given."""
    known = list(customers) or _customers(version, len(rows))
    runs = JourneyRun.objects.bulk_create(
        _run(version, row, row.customer or customer, n)
        for n, (row, customer) in enumerate(zip(rows, known, strict=True))
    )
    RunScore.objects.bulk_create(_score(run, row) for run, row in zip(runs, rows, strict=True))
    return list(runs)


def _customers(version: JourneyVersion, number: int) -> list[Customer]:
    code, done = version.journey.code, Customer.objects.count()
    rows = [Customer(external_id=f"{code}-{done + n}", segment="retail") for n in range(number)]
    return list(Customer.objects.bulk_create(rows))


def _run(version: JourneyVersion, row: Row, customer: Customer, n: int) -> JourneyRun:
    started = FIRST + timedelta(days=row.day)
    ended = None if row.days is None else started + timedelta(days=row.days)
    return JourneyRun(
        journey=version.journey,
        version=version,
        customer=customer,
        external_id=f"{version.journey.code}-{customer.pk}-{n}",
        started_at=started,
        ended_at=ended,
        last_event_at=ended or started,
        outcome="completed" if ended else "open",
        attributes=row.attributes,
        stale=False,
    )


def _score(run: JourneyRun, row: Row) -> RunScore:
    return RunScore(
        run=run,
        journey=run.journey,
        customer=run.customer,
        at=run.last_event_at,
        outcome=run.outcome,
        segment=run.customer.segment,
        service=row.service,
        service_stages=len(row.stages),
        experience=row.experience,
        stage_scores={code: [score] for code, score in row.stages.items()},
        ratings=row.ratings,
        waits=row.waits,
        steps=row.steps,
        contacts=row.steps,
        elapsed_days=row.days,
        computed_at=run.last_event_at,
    )
