"""Run rows of one journey in a window, as arrays for the insights."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet

from feedback.insights.arrays import Bools, Floats, Ints
from feedback.models import RunScore

WEIGHT = "_weight"  # attribute of a run that came in as one weighted row of a wide table


NUMBERS = (
    "service",
    "experience",
    "weight",
    "steps",
    "switches",
    "repeats",
    "departments",
    "contacts",
    "elapsed_days",
)
COLUMNS = (
    "run_id",
    "customer_id",
    "at",
    "run__started_at",
    "outcome",
    "segment",
    "customer__attributes",
    "run__attributes",
    "stage_scores",
    "ratings",
    "weights",
    "waits",
    "bad_times",
    "late_answers",
    *NUMBERS,
)


@dataclass(frozen=True, slots=True)
class Window:
    """Runs that ended (open ones: had their last event) in [start, end); None is open."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunTable:
    """Columns over the runs of a journey, all of length n, NaN where nothing was measured."""

    run: Ints
    customer: Ints
    month: list[str]
    start_month: list[str]
    outcome: list[str]
    segment: list[str]
    attributes: list[dict[str, Any]]
    service: Floats
    experience: Floats
    weight: Floats
    stage_scores: list[dict[str, list[float]]]
    ratings: list[dict[str, list[float]]]
    weights: list[dict[str, float]]
    waits: list[dict[str, float]]
    steps: Floats
    switches: Floats
    repeats: Floats
    departments: Floats
    contacts: Floats
    elapsed_days: Floats
    bad_times: int
    late_answers: int

    def __len__(self) -> int:
        return len(self.run)

    def stage_means(self, codes: list[str]) -> Floats:
        """Mean score per run and stage, shape (runs, stages)."""
        table = np.full((len(self), len(codes)), np.nan)
        for row, scores in enumerate(self.stage_scores):
            for column, code in enumerate(codes):
                if values := scores.get(code):
                    table[row, column] = sum(values) / len(values)
        return table

    def stage_answers(self, code: str) -> tuple[Floats, Ints, Ints]:
        """Every headline answer at a stage: 0-100 values, customer and row of each."""
        return self._spread([scores.get(code, []) for scores in self.stage_scores])

    def rating(self, key: str) -> tuple[Floats, Ints, Ints]:
        """Every raw answer to a question ("survey.question|scale"): values, customer and row of each."""
        return self._spread([ratings.get(key, []) for ratings in self.ratings])

    def weights_of(self, survey: str, rows: Ints) -> Floats | None:
        """The response weights of a survey for these rows; None where no response of it is weighted."""
        known = np.array([weights.get(survey, np.nan) for weights in self.weights], dtype=np.float64)
        return known[rows] if len(known) and bool(np.isfinite(known).any()) else None

    def any_weight(self) -> Floats:
        """The weight of each respondent, whatever he answered: that of his row, else of the first survey with one."""
        rows = zip(self.attributes, self.weights, strict=True)
        found = [row.get(WEIGHT, next(iter(weights.values()), np.nan)) for row, weights in rows]
        return np.array(found, dtype=np.float64)

    def is_weighted(self) -> bool:
        """Whether any response of these runs carries a weight."""
        return any(self.weights)

    def wait(self, key: str) -> Floats:
        """Days of a transition per run, NaN where it was not passed."""
        return np.array([waits.get(key, np.nan) for waits in self.waits], dtype=np.float64)

    def attribute(self, name: str) -> list[str | None]:
        """One attribute of each run as text; `segment` is the customer's."""
        if name == "segment":
            return [value or None for value in self.segment]
        return [None if (value := row.get(name)) in (None, "") else str(value) for row in self.attributes]

    def where(self, keep: Bools) -> "RunTable":
        """The same columns for some of the runs."""
        index = np.flatnonzero(keep)
        pick = index.tolist()
        return RunTable(
            run=self.run[index],
            customer=self.customer[index],
            month=[self.month[i] for i in pick],
            start_month=[self.start_month[i] for i in pick],
            outcome=[self.outcome[i] for i in pick],
            segment=[self.segment[i] for i in pick],
            attributes=[self.attributes[i] for i in pick],
            service=self.service[index],
            experience=self.experience[index],
            weight=self.weight[index],
            stage_scores=[self.stage_scores[i] for i in pick],
            ratings=[self.ratings[i] for i in pick],
            weights=[self.weights[i] for i in pick],
            waits=[self.waits[i] for i in pick],
            steps=self.steps[index],
            switches=self.switches[index],
            repeats=self.repeats[index],
            departments=self.departments[index],
            contacts=self.contacts[index],
            elapsed_days=self.elapsed_days[index],
            bad_times=self.bad_times,
            late_answers=self.late_answers,
        )

    def _spread(self, values: list[list[float]]) -> tuple[Floats, Ints, Ints]:
        rows = np.repeat(np.arange(len(values), dtype=np.int64), [len(item) for item in values])
        flat = np.array([value for item in values for value in item], dtype=np.float64)
        return flat, self.customer[rows], rows


def run_table(journey_id: int, window: Window, segments: Mapping[str, str] | None = None) -> RunTable:
    """The run rows of a journey in a window, filtered by attributes of run or customer, in one query."""
    rows = list(_rows(journey_id, window, segments).order_by("run_id").values_list(*COLUMNS))
    values: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in COLUMNS]
    columns = dict(zip(COLUMNS, values, strict=True))
    attributes = zip(columns["customer__attributes"], columns["run__attributes"], strict=True)
    numbers = {name: np.array(columns[name], dtype=np.float64) for name in NUMBERS}
    return RunTable(
        run=np.array(columns["run_id"], dtype=np.int64),
        customer=np.array(columns["customer_id"], dtype=np.int64),
        month=[at.strftime("%Y-%m") for at in columns["at"]],
        start_month=[at.strftime("%Y-%m") for at in columns["run__started_at"]],
        outcome=columns["outcome"],
        segment=columns["segment"],
        attributes=[{**customer, **run} for customer, run in attributes],
        stage_scores=columns["stage_scores"],
        ratings=columns["ratings"],
        weights=columns["weights"],
        waits=columns["waits"],
        bad_times=sum(columns["bad_times"]),
        late_answers=sum(columns["late_answers"]),
        **numbers,
    )


@dataclass(frozen=True, slots=True)
class GapInput:
    """What one journey contributes to the family of gaps."""

    journey: str
    service: Floats
    experience: Floats
    customer: Ints


def run_ids(journey_id: int, window: Window, segments: Mapping[str, str] | None = None) -> QuerySet[RunScore, int]:
    """The ids of the runs that `run_table` reads, for use as a subquery."""
    return _rows(journey_id, window, segments).values_list("run_id", flat=True)


def _rows(journey_id: int, window: Window, segments: Mapping[str, str] | None) -> QuerySet[RunScore]:
    return RunScore.objects.filter(_inside(window), *_segments(segments), journey_id=journey_id)


def _inside(window: Window) -> Q:
    inside = Q()
    if window.start:
        inside &= Q(at__gte=window.start)
    if window.end:
        inside &= Q(at__lt=window.end)
    return inside


def _segments(segments: Mapping[str, str] | None) -> list[Q]:
    """A filter matches the run's attribute, else the customer's; numbers and text alike."""
    wanted = []
    for name, value in sorted((segments or {}).items()):
        if name == "segment":
            wanted.append(Q(segment=value) | Q(**{f"run__attributes__{name}": value}))
            continue
        values: list[Any] = [value, *([int(value)] if value.lstrip("-").isdigit() else [])]
        wanted.append(
            Q(**{f"run__attributes__{name}__in": values})
            | (~Q(run__attributes__has_key=name) & Q(**{f"customer__attributes__{name}__in": values}))
        )
    return wanted


def gap_inputs(window: Window, segments: Mapping[str, str] | None = None) -> list[GapInput]:
    """Service and experience of every journey of the installation: the family of gap tests, in one query."""
    rows = (
        RunScore.objects.filter(_inside(window), *_segments(segments))
        .filter(Q(service__isnull=False) | Q(experience__isnull=False))
        .order_by("journey__code", "run_id")
        .values_list("journey__code", "service", "experience", "customer_id")
    )
    by_journey: dict[str, list[tuple[float | None, float | None, int]]] = {}
    for code, service, experience, customer in rows:
        by_journey.setdefault(code, []).append((service, experience, customer))
    return [
        GapInput(
            code,
            np.array([row[0] for row in items], dtype=np.float64),
            np.array([row[1] for row in items], dtype=np.float64),
            np.array([row[2] for row in items], dtype=np.int64),
        )
        for code, items in by_journey.items()
    ]
