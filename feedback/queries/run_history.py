"""Run rows of journeys by time, whatever the window: what trends, changes and earlier windows are made of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

import numpy as np

from feedback.insights.arrays import Bools, Floats, Ints
from feedback.models import RunScore
from feedback.queries.keyed import Keyed
from feedback.queries.run_columns import OUTCOMES, Keys, RunColumns, read_runs
from feedback.queries.run_labels import RunLabels

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class RunHistory:
    """Columns over runs, all of length n, in order of run; times in days since 1970, NaN where it has not happened."""

    journey: Ints
    run: Ints
    customer: Ints
    started: Floats
    ended: Floats
    at: Floats
    versions: Ints
    outcomes: Ints
    stage_scores: Keyed
    ratings: Keyed
    waits: Keyed
    service: Floats
    experience: Floats
    steps: Floats
    switches: Floats
    repeats: Floats
    contacts: Floats
    elapsed_days: Floats
    words: RunLabels
    index: Ints
    held: dict[str, list[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.run)

    @property
    def version(self) -> list[int]:
        """The number of the journey's version that each run went through."""
        return self._once("version", self.versions.tolist)

    @property
    def outcome(self) -> list[str]:
        """completed, abandoned or open."""
        return self._once("outcome", lambda: [OUTCOMES[code] for code in self.outcomes.tolist()])

    @property
    def segment(self) -> list[str]:
        """The customer's segment, "" where it has none."""
        return self._once("segment", lambda: self._picked(self.words.segment()))

    def attribute(self, name: str) -> list[str | None]:
        """One attribute of each run as text, the run's before the customer's; `segment` is the customer's."""
        own = self._picked(self.words.attribute(name))
        if name == "segment":
            return [str(value or segment) or None for value, segment in zip(own, self.segment, strict=True)]
        return [None if value in (None, "") else str(value) for value in own]

    def matching(self, wanted: Mapping[str, Iterable[str]]) -> "RunHistory":
        """The runs of which every named attribute has one of its values."""
        keep = np.ones(len(self), dtype=bool)
        for name, values in wanted.items():
            allowed = set(values)
            keep &= np.array([value in allowed for value in self.attribute(name)], dtype=bool)
        return self.where(keep)

    def where(self, keep: Bools) -> "RunHistory":
        """The same columns for some of the runs; itself where all are kept."""
        if bool(keep.all()):
            return self
        index = np.flatnonzero(keep)
        columns: dict[str, Any] = {}
        for name in (each.name for each in fields(self) if each.name != "held"):
            column = getattr(self, name)
            if isinstance(column, Keyed):
                columns[name] = column.take(index)
            else:
                columns[name] = column if isinstance(column, RunLabels) else column[index]
        return RunHistory(**columns)

    def _once(self, name: str, made: Callable[[], list[Any]]) -> list[Any]:
        """A list that is made when first asked for, and then kept: callers look into it row by row."""
        if name not in self.held:
            self.held[name] = made()
        return self.held[name]

    def _picked(self, values: list[Any]) -> list[Any]:
        return values if len(self.index) == len(values) else [values[place] for place in self.index.tolist()]

    def between(self, start: datetime | None, end: datetime | None) -> "RunHistory":
        """Runs that ended (open ones: had their last event) in [start, end), as windows take them."""
        keep = np.ones(len(self), dtype=bool)
        if start:
            keep &= self.at >= start.timestamp() / DAY
        if end:
            keep &= self.at < end.timestamp() / DAY
        return self.where(keep)

    def known_at(self, end: datetime) -> "RunHistory":
        """As `run_history` reads it with this end: what started before, and later ends not known."""
        moment = end.timestamp() / DAY
        found = self.where(self.started < moment)
        return replace(found, ended=np.where(found.ended >= moment, np.nan, found.ended), held={})


def run_history(journey_ids: Sequence[int], end: datetime | None = None, keys: Keys | None = None) -> RunHistory:
    """Every run of these journeys that started before `end`, as known then: later ends are not known; in one query.

    keys: what their JSON is expected to hold; what else is there is found by a second query.
    """
    rows = RunScore.objects.filter(journey_id__in=list(journey_ids))
    if end:
        rows = rows.filter(run__started_at__lt=end)
    columns = read_runs(rows, keys or Keys())
    return history_of(columns, RunLabels(rows, columns.run), end)


def history_of(columns: RunColumns, words: RunLabels, end: datetime | None = None) -> RunHistory:
    """The history of rows that have been read."""
    found, run = columns.numbers, columns.run
    ended = found["ended_at"]
    if end is not None:
        ended = np.where(ended >= end.timestamp(), np.nan, ended)
    return RunHistory(
        journey=found["journey_id"].astype(np.int64),
        run=run,
        customer=found["customer_id"].astype(np.int64),
        started=found["started_at"] / DAY,
        ended=ended / DAY,
        at=found["at"] / DAY,
        versions=found["version"].astype(np.int64),
        outcomes=found["outcome"].astype(np.int64),
        stage_scores=columns.keyed["stage_scores"],
        ratings=columns.keyed["ratings"],
        waits=columns.keyed["waits"],
        service=found["service"],
        experience=found["experience"],
        steps=found["steps"],
        switches=found["switches"],
        repeats=found["repeats"],
        contacts=found["contacts"],
        elapsed_days=found["elapsed_days"],
        words=words,
        index=np.arange(len(run)),
    )
