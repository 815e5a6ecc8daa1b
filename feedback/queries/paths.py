"""The ways that runs took through their stages, and how much of their time service surveys see."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Aggregate, BigIntegerField, CharField, Count, F, Func, Q, QuerySet, Sum
from django.db.models.functions import Cast

from feedback.insights.arrays import Bools, Ints
from feedback.insights.handle_time import HOUR
from feedback.insights.sums import ClusterSums, RatioSums, cluster_sums, ratio_sums
from feedback.models import RunScore
from feedback.queries.columns import NAMES_AT_ONCE, key_of, read_columns
from feedback.queries.contacts import of_journey, started_in
from feedback.queries.run_history import RunHistory
from feedback.queries.run_table import RunTable, Window
from surveys.enums import Initiator
from surveys.models import Interaction, StageVisit

SEPARATOR = ">"  # never part of a code


@dataclass(frozen=True, slots=True)
class Path:
    """One way through: stage codes in order, runs and customers that took it, sums of their experience."""

    stages: tuple[str, ...]
    runs: int
    customers: int
    experience: ClusterSums


@dataclass(frozen=True, slots=True)
class Visits:
    """What runs' passages were, columns of shape (runs,): run: ids, way: place in ways, spent: microseconds at stages.

    good: whether any passage had possible times.
    """

    run: Ints
    way: Ints
    ways: Sequence[tuple[str, ...]]
    good: Bools
    spent: Ints


@dataclass(frozen=True, slots=True)
class Links:
    """Contacts of a journey and of its customers: how many belong to a run, and how many the company began itself."""

    contacts: int
    linked: int
    proactive: int
    customers: int
    channels: tuple[str, ...]


class Way(Aggregate):
    """The stage codes of a run's passages in their order, as one text, or (hashed) as a number."""

    function = "string_agg"
    template = "%(function)s(%(expressions)s, '>' ORDER BY surveys_stagevisit.order)"
    output_field = CharField()


def visits_of(run_ids: QuerySet[RunScore, int], stages: Sequence[str]) -> Visits:
    """The passages of runs, run by run, in two queries; stages: those whose time is added up."""
    visits = StageVisit.objects.filter(run_id__in=run_ids).order_by()
    good, seen = Q(bad_time=False), Q(stage__code__in=list(stages))
    span = Func(
        F("left_at"), F("entered_at"), template="extract(epoch FROM %(expressions)s) * 1000000", arg_joiner=" - "
    )
    each = visits.values("run_id").annotate(
        way=key_of(Way("stage__code")),
        good=Count("pk", filter=good),
        spent=Sum(Cast(span, BigIntegerField()), filter=good & seen),
    )
    found = read_columns(each, {"run": "run_id", "way": "way", "good": "good", "spent": "spent"}, {})
    _hashes, first, codes = np.unique(found["way"], return_index=True, return_inverse=True)
    examples = found["run"][first].tolist()
    by_run: dict[int, str] = {}
    for start in range(0, len(examples), NAMES_AT_ONCE):
        some = visits.filter(run_id__in=examples[start : start + NAMES_AT_ONCE]).values("run_id")
        by_run |= dict(some.annotate(way=Way("stage__code")).values_list("run_id", "way"))
    ways = [tuple(by_run.get(run, "").split(SEPARATOR)) for run in examples]
    return Visits(found["run"], codes, ways, found["good"] > 0, found["spent"])


def paths_of(visits: Visits, table: RunTable) -> list[Path]:
    """Every way that some run took, the most frequent first."""
    taken = np.full(len(table), -1, dtype=np.int64)
    rows = table.rows_of(visits.run)
    taken[rows[rows >= 0]] = visits.way[rows >= 0]
    order = np.argsort(taken, kind="stable")[int((taken < 0).sum()) :]
    begins = np.searchsorted(taken[order], np.arange(len(visits.ways) + 1))
    found = []
    for way, (begin, end) in zip(visits.ways, itertools.pairwise(begins.tolist()), strict=True):
        own = order[begin:end]
        customer = table.customer[own]
        if len(own):
            found.append(Path(way, len(own), len(np.unique(customer)), cluster_sums(table.experience[own], customer)))
    return sorted(found, key=lambda path: (-path.runs, path.stages))


def time_handled(runs: RunTable | RunHistory) -> RatioSums:
    """Hours handled over hours elapsed of runs that have ended, by customer."""
    handled, elapsed = runs.numbers["handled_seconds"], runs.numbers["elapsed_days"]
    known = (elapsed > 0) & (runs.numbers["contacts"] > 0) & np.isfinite(handled)
    return ratio_sums(handled[known] / 3600, elapsed[known] * 24, runs.customer[known])


def time_at_stages(visits: Visits, table: RunTable) -> RatioSums:
    """Hours that ended runs spent at the stages of the visits over their hours elapsed, by customer."""
    spent = np.full(len(table), np.nan)
    rows = table.rows_of(visits.run[visits.good])
    spent[rows[rows >= 0]] = visits.spent[visits.good][rows >= 0]
    known = np.isfinite(spent) & (table.elapsed_days > 0)
    return ratio_sums(spent[known] / HOUR, table.elapsed_days[known] * 24, table.customer[known])


def links_of(journey_id: int, window: Window, customers: QuerySet[RunScore, int] | None) -> Links:
    """Contacts started in the window, and which belong to a run, in one query."""
    rows = Interaction.objects.filter(of_journey(journey_id), started_in(window))
    if customers is not None:
        rows = rows.filter(customer_id__in=customers)
    found: Mapping[str, Any] = rows.aggregate(
        contacts=Count("pk"),
        linked=Count("run_id"),
        proactive=Count("pk", filter=Q(initiator=Initiator.COMPANY)),
        customers=Count("customer_id", distinct=True),
        channels=ArrayAgg("channel", distinct=True, default=[]),
    )
    return Links(**{**found, "channels": tuple(name for name in found["channels"] if name)})


def runs_told_first(run_ids: QuerySet[RunScore, int]) -> Ints:
    """The runs in which the company got in touch by itself at least once, in one query."""
    rows = Interaction.objects.filter(run_id__in=run_ids, initiator=Initiator.COMPANY)
    return read_columns(rows.order_by().values("run_id").distinct(), {"run": "run_id"}, {})["run"]
