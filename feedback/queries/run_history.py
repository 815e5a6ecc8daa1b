"""Run rows of journeys by time, whatever the window: what trends, changes and earlier windows are made of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import numpy as np

from feedback.insights.arrays import Bools, Floats, Ints
from feedback.models import RunScore

DAY = 86_400.0
NUMBERS = ("service", "experience", "steps", "switches", "repeats", "contacts", "elapsed_days")
COLUMNS = (
    "journey_id",
    "run_id",
    "customer_id",
    "run__started_at",
    "run__ended_at",
    "at",
    "run__version__number",
    "outcome",
    "segment",
    "customer__attributes",
    "run__attributes",
    "stage_scores",
    "ratings",
    "waits",
    *NUMBERS,
)


@dataclass(frozen=True, slots=True)
class RunHistory:
    """Columns over runs, all of length n, in order of run; times in days since 1970, NaN where it has not happened."""

    journey: Ints
    run: Ints
    customer: Ints
    started: Floats
    ended: Floats
    at: Floats
    version: list[int]
    outcome: list[str]
    segment: list[str]
    attributes: list[dict[str, Any]]
    stage_scores: list[dict[str, list[float]]]
    ratings: list[dict[str, list[float]]]
    waits: list[dict[str, float]]
    service: Floats
    experience: Floats
    steps: Floats
    switches: Floats
    repeats: Floats
    contacts: Floats
    elapsed_days: Floats

    def __len__(self) -> int:
        return len(self.run)

    def attribute(self, name: str) -> list[str | None]:
        """One attribute of each run as text, the run's before the customer's; `segment` is the customer's."""
        if name == "segment":
            return [
                str(own.get(name) or value) or None for own, value in zip(self.attributes, self.segment, strict=True)
            ]
        return [None if (value := row.get(name)) in (None, "") else str(value) for row in self.attributes]

    def matching(self, wanted: Mapping[str, Iterable[str]]) -> "RunHistory":
        """The runs of which every named attribute has one of its values."""
        keep = np.ones(len(self), dtype=bool)
        for name, values in wanted.items():
            allowed = set(values)
            keep &= np.array([value in allowed for value in self.attribute(name)], dtype=bool)
        return self.where(keep)

    def where(self, keep: Bools) -> "RunHistory":
        """The same columns for some of the runs."""
        index = np.flatnonzero(keep)
        picked = index.tolist()
        columns: dict[str, Any] = {}
        for field in fields(self):
            column = getattr(self, field.name)
            columns[field.name] = [column[i] for i in picked] if isinstance(column, list) else column[index]
        return RunHistory(**columns)

    def between(self, start: datetime | None, end: datetime | None) -> "RunHistory":
        """Runs that ended (open ones: had their last event) in [start, end), as windows take them."""
        keep = np.ones(len(self), dtype=bool)
        if start:
            keep &= self.at >= start.timestamp() / DAY
        if end:
            keep &= self.at < end.timestamp() / DAY
        return self.where(keep)


def run_history(journey_ids: Sequence[int], end: datetime | None = None) -> RunHistory:
    """Every run of these journeys that started before `end`, as known then: later ends are not known; in one query."""
    found = RunScore.objects.filter(journey_id__in=list(journey_ids))
    if end:
        found = found.filter(run__started_at__lt=end)
    rows = list(found.order_by("run_id").values_list(*COLUMNS))
    values = list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS)
    columns: dict[str, Any] = dict(zip(COLUMNS, values, strict=True))
    own = zip(columns["customer__attributes"], columns["run__attributes"], strict=True)
    return RunHistory(
        journey=np.array(columns["journey_id"], dtype=np.int64),
        run=np.array(columns["run_id"], dtype=np.int64),
        customer=np.array(columns["customer_id"], dtype=np.int64),
        started=_days(columns["run__started_at"]),
        ended=_days([at if at and not (end and at >= end) else None for at in columns["run__ended_at"]]),
        at=_days(columns["at"]),
        version=list(columns["run__version__number"]),
        outcome=list(columns["outcome"]),
        segment=list(columns["segment"]),
        attributes=[{**customer, **run} for customer, run in own],
        stage_scores=list(columns["stage_scores"]),
        ratings=list(columns["ratings"]),
        waits=list(columns["waits"]),
        **{name: np.array(columns[name], dtype=np.float64) for name in NUMBERS},
    )


def _days(moments: Iterable[datetime | None]) -> Floats:
    return np.array([np.nan if at is None else at.timestamp() / DAY for at in moments], dtype=np.float64)
