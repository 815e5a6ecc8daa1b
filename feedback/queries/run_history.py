"""Run rows of journeys by time, whatever the window: what trends, changes and earlier windows are made of."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

import numpy as np

from feedback.insights.arrays import Bools, Floats, Ints
from feedback.models import RunScore
from feedback.queries.keyed import Keyed
from feedback.queries.picked import Picked
from feedback.queries.run_columns import OUTCOMES, Keys, RunColumns, read_runs
from feedback.queries.run_labels import Coded, RunLabels, listed, texts_of
from surveys.enums import RunOutcome

T = TypeVar("T")
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class RunHistory:
    """Columns over runs, all of length n, in the order of `RunTable`; times in days since 1970, NaN: has not happened.

    customer: places in people, which holds the key of each customer. numbers: every single number by name, moments as
    read. end: when all this was known, seconds since 1970; None: now.
    """

    journey: Ints
    run: Ints
    customer: Ints
    people: Ints
    numbers: Mapping[str, Floats]
    stage_scores: Keyed
    ratings: Keyed
    waits: Keyed
    words: RunLabels
    index: Ints
    end: float | None = None
    held: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.run)

    @property
    def started(self) -> Floats:
        """When each run started."""
        return self._once("started", lambda: self.numbers["started_at"] / DAY)

    @property
    def ended(self) -> Floats:
        """When each run ended, as far as that was known at the end."""
        return self._once("ended", self._ended)

    def _ended(self) -> Floats:
        ended = self.numbers["ended_at"]
        return (ended if self.end is None else np.where(ended >= self.end, np.nan, ended)) / DAY

    @property
    def at(self) -> Floats:
        """When each run ended, of open ones the last event."""
        return self._once("at", lambda: self.numbers["at"] / DAY)

    @property
    def service(self) -> Floats:
        """Service score of each run."""
        return self.numbers["service"]

    @property
    def experience(self) -> Floats:
        """Answer to the headline question, 0-100."""
        return self.numbers["experience"]

    @property
    def version(self) -> list[int]:
        """The number of the journey's version that each run went through."""
        return self._once("version", self.numbers["version"].astype(np.int64).tolist)

    def came_to(self, outcome: RunOutcome) -> Bools:
        """Which runs were completed, abandoned, or are open."""
        flags: Bools = self.numbers["outcome"] == OUTCOMES.index(outcome)
        return flags

    @property
    def segment(self) -> list[str]:
        """The customer's segment, "" where it has none."""
        return self._once("segment", lambda: listed(self.words.segment(), self.index))

    def attribute(self, name: str) -> list[str | None]:
        """One attribute of each run as text, the run's before the customer's; `segment` is the customer's."""
        return self._once(f"attribute {name}", lambda: listed(self.coded(name)))

    def coded(self, name: str) -> Coded:
        """The texts that there are, each once, and which of them each run has."""
        values, codes = self.words.attribute(name)
        if name != "segment":
            return texts_of((values, codes), self.index)
        segments, own = self.words.segment()
        pairs, places = np.unique(codes * len(segments) + own, return_inverse=True)
        both = [divmod(pair, len(segments)) for pair in pairs.tolist()]
        return texts_of(([values[a] or segments[b] for a, b in both], places), self.index)

    def matching(self, wanted: Mapping[str, Iterable[str]]) -> "RunHistory":
        """The runs of which every named attribute has one of its values."""
        keep = np.ones(len(self), dtype=bool)
        for name, values in wanted.items():
            allowed = set(values)
            texts, codes = self.coded(name)
            keep &= np.array([text in allowed for text in texts], dtype=bool)[codes]
        return self.where(keep)

    def where(self, keep: Bools) -> "RunHistory":
        """The same columns for some of the runs; itself where all are kept."""
        if bool(keep.all()):
            return self
        index = np.flatnonzero(keep)
        keyed = {name: getattr(self, name).take(index) for name in ("stage_scores", "ratings", "waits")}
        ids = {name: getattr(self, name)[index] for name in ("journey", "run", "customer", "index")}
        return replace(self, **ids, **keyed, numbers=Picked(self.numbers, index), held={})

    def without(self, keys: Collection[str]) -> "RunHistory":
        """The same without the answers about some stages and to some questions."""
        if not keys:
            return self
        return replace(self, stage_scores=self.stage_scores.without(keys), ratings=self.ratings.without(keys), held={})

    def _once(self, name: str, made: Callable[[], T]) -> T:
        """What is made when first asked for, and then kept: callers look into lists row by row."""
        if name not in self.held:
            self.held[name] = made()
        found: T = self.held[name]
        return found

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
        return replace(self.where(self.started < end.timestamp() / DAY), end=end.timestamp(), held={})


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
    return RunHistory(
        journey=columns.journey,
        run=columns.run,
        customer=columns.customer,
        people=columns.people,
        numbers=columns.numbers,
        stage_scores=columns.keyed["stage_scores"],
        ratings=columns.keyed["ratings"],
        waits=columns.keyed["waits"],
        words=words,
        index=np.arange(len(columns.run)),
        end=None if end is None else end.timestamp(),
    )
