"""What a comparison is about: the question asked, the journey's definition, its run rows, read once for all parts."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import QuerySet

from feedback.dashboards import parts
from feedback.dashboards.query import Query
from feedback.dashboards.told import Told, told_of
from feedback.insights.comparison import pair_weights
from feedback.insights.run_service import RunScores
from feedback.models import RunScore
from feedback.queries.journey_definition import JourneyDefinition, journey_definition
from feedback.queries.run_columns import RunColumns, keys_of
from feedback.queries.run_history import RunHistory, history_of, run_history
from feedback.queries.run_table import RunTable, Window, run_ids, run_table

NOBODY = -1  # no run has this id


class UnknownJourney(LookupError):
    """There is no journey with this code, or it has no version yet."""


@dataclass(frozen=True, slots=True)
class Context:
    """A query with what every part of its answer reads; weights: of the pairs, None where nothing is weighted.

    asked: the query before its window was moved. history: the journey's runs of all times up to the window's end, with
    the same filters; everybody: without these. told: what may be told of them, by the runs of all times; where they are
    too few people nothing of them is read. judging: only the tests of these runs are wanted, so that nothing need be
    computed that describes. held: what a part has read, for its twin that judges closed months.
    """

    query: Query
    definition: JourneyDefinition
    table: RunTable
    runs: RunScores
    weights: Any
    history: RunHistory
    everybody: RunHistory
    asked: Query
    told: Told
    judging: bool = False
    held: dict[str, object] = field(default_factory=dict)

    @property
    def hidden(self) -> bool:
        """Whether nothing is shown."""
        return self.told.nothing

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
        earlier = self.table.numbers["at"] < until.timestamp()
        table, runs = self.table.where(earlier), self.runs.where(earlier)
        found = replace(self, query=query, table=table, runs=runs, history=history, everybody=everybody, judging=True)
        return replace(found, weights=_weights(table))


def context_of(query: Query) -> Context:
    """Read what the query needs; raises UnknownJourney."""
    definition = journey_definition(query.journey)
    if definition is None:
        raise UnknownJourney(query.journey)
    keys = keys_of(definition)
    if query.window == Window() and not query.segments:
        table = run_table(definition.journey_id, query.window, query.segments, keys)
        whole = _history_of(definition, table)
        return _context(query, query, definition, table, whole, told_of(definition, whole, query))
    whole = run_history([definition.journey_id], None, keys)
    told = told_of(definition, whole, query)
    moved = replace(query, start=told.start, end=told.end)
    table = run_table(definition.journey_id, moved.window, moved.segments, keys)
    return _context(query, moved, definition, table, whole, told)


def _context(
    asked: Query, query: Query, definition: JourneyDefinition, table: RunTable, whole: RunHistory, told: Told
) -> Context:
    """Nothing is read of what may not be told, so that no part can show it."""
    if told.nothing:
        table = table.where(np.zeros(len(table), dtype=bool))
    runs = parts.service_of(definition, table)
    everybody = whole.known_at(query.end) if query.end else whole
    history = everybody.matching({name: [value] for name, value in query.segments.items()})
    if told.nothing:
        history = history.where(np.zeros(len(history), bool))
    table, history = table.without(told.untold), history.without(told.untold)
    return Context(query, definition, table, runs, _weights(table), history, everybody, asked, told)


def _history_of(definition: JourneyDefinition, table: RunTable) -> RunHistory:
    """The history of all runs, where these have just been read."""
    journeys = np.full(len(table), definition.journey_id)
    columns = RunColumns(table.run, journeys, table.customer, table.people, table.numbers, table.keyed)
    return history_of(columns, table.words)


def _weights(table: RunTable) -> Any:
    """Pair weights where end-to-end answers are weighted, else None."""
    if not len(table) or not bool(np.isfinite(table.weight).any()):
        return None
    return pair_weights(None, table.weight)[0]
