"""What a comparison is about: the question asked, the journey's definition, its run rows, read once for all parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import QuerySet

from feedback.dashboards import parts
from feedback.dashboards.views_shown import filters_hide
from feedback.insights.comparison import pair_weights
from feedback.insights.run_service import RunScores
from feedback.insights.versions import seed_of
from feedback.models import RunScore
from feedback.queries.journey_definition import JourneyDefinition, journey_definition
from feedback.queries.run_columns import RunColumns, keys_of
from feedback.queries.run_history import RunHistory, history_of, run_history
from feedback.queries.run_table import RunTable, Window, run_ids, run_table

NOBODY = -1  # no run has this id


class UnknownJourney(LookupError):
    """There is no journey with this code, or it has no version yet."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is compared: a journey, runs ended in [start, end), filtered by attributes; by: break down by attribute."""

    journey: str
    start: datetime | None = None
    end: datetime | None = None
    segments: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    weighted: bool = False

    @property
    def window(self) -> Window:
        """Its window."""
        return Window(self.start, self.end)

    def seed(self, journey: str) -> int:
        """The seed of everything random in it: the same question gives the same bytes."""
        return seed_of(journey=journey, start=self.start, end=self.end, segments=dict(self.segments))


@dataclass(frozen=True, slots=True)
class Context:
    """A query with what every part of its answer reads; weights: of the pairs, None where nothing is weighted.

    history: the journey's runs of all times up to the window's end, with the same filters; everybody: without these.
    hidden: the filters leave, or leave out, too few people, so that nothing of them is read. judging: only the tests of
    these runs are wanted, so that nothing need be computed that describes. held: what a part has read, for its
    twin that judges closed months.
    """

    query: Query
    definition: JourneyDefinition
    table: RunTable
    runs: RunScores
    weights: Any
    history: RunHistory
    everybody: RunHistory
    hidden: bool = False
    judging: bool = False
    held: dict[str, object] = field(default_factory=dict)

    @property
    def run_ids(self) -> QuerySet[RunScore, int]:
        """The ids of its runs as a subquery: a list of a million ids is no filter."""
        found = run_ids(self.definition.journey_id, self.query.window, self.query.segments)
        return found.filter(pk=NOBODY) if self.hidden else found

    @property
    def in_window(self) -> RunHistory:
        """Everybody's runs of the window."""
        return self.everybody.between(self.query.start, self.query.end)

    @property
    def seed(self) -> int:
        """The seed of everything random about this journey in this query."""
        return self.query.seed(self.definition.code)

    def judged_before(self, until: datetime) -> "Context":
        """The same question asked at that moment, of what has been read; only its tests are wanted."""
        query = replace(self.query, end=until)
        history, everybody = self.history.known_at(until), self.everybody.known_at(until)
        table = self.table.where(self.table.numbers["at"] < until.timestamp())
        return replace(_context(query, self.definition, table, history, everybody), judging=True, held=self.held)


def context_of(query: Query) -> Context:
    """Read what the query needs; raises UnknownJourney."""
    definition = journey_definition(query.journey)
    if definition is None:
        raise UnknownJourney(query.journey)
    table, everybody = _runs(definition, query)
    history = everybody.matching({name: [value] for name, value in query.segments.items()})
    return _context(query, definition, table, history, everybody)


def _context(
    query: Query, definition: JourneyDefinition, table: RunTable, history: RunHistory, everybody: RunHistory
) -> Context:
    hidden = bool(query.segments) and filters_hide(everybody.between(query.start, query.end), query.segments)
    if hidden:
        table, history = table.where(np.zeros(len(table), bool)), history.where(np.zeros(len(history), bool))
    runs = parts.service_of(definition, table)
    return Context(query, definition, table, runs, _weights(table), history, everybody, hidden)


def _runs(definition: JourneyDefinition, query: Query) -> tuple[RunTable, RunHistory]:
    """The runs asked about, and everybody's of all times; read once where these are the same."""
    keys = keys_of(definition)
    table = run_table(definition.journey_id, query.window, query.segments, keys)
    if query.window == Window() and not query.segments:
        journeys = np.full(len(table), definition.journey_id)
        columns = RunColumns(table.run, journeys, table.customer, table.people, table.numbers, table.keyed)
        return table, history_of(columns, table.words)
    return table, run_history([definition.journey_id], query.end, keys)


def _weights(table: RunTable) -> Any:
    """Pair weights where end-to-end answers are weighted, else None."""
    if not len(table) or not bool(np.isfinite(table.weight).any()):
        return None
    return pair_weights(None, table.weight)[0]
