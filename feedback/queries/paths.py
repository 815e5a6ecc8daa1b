"""The ways that runs took through their stages, and how much of their time service surveys see; added up in SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Aggregate, CharField, Count, DurationField, F, Max, Q, QuerySet, Sum

from feedback.insights.arrays import Ints
from feedback.insights.sums import ClusterSums, RatioSums
from feedback.models import RunScore
from feedback.queries.columns import read_numbers
from feedback.queries.contacts import of_journey, started_in
from feedback.queries.run_table import Window
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
class Links:
    """Contacts of a journey and of its customers: how many belong to a run, and how many the company began itself."""

    contacts: int
    linked: int
    proactive: int
    customers: int
    channels: tuple[str, ...]


class Way(Aggregate):
    """The stage codes of a run's passages in their order, as one text."""

    function = "string_agg"
    template = "%(function)s(%(expressions)s, '>' ORDER BY surveys_stagevisit.order)"
    output_field = CharField()


def paths_of(run_ids: QuerySet[RunScore, int]) -> list[Path]:
    """Every way that some run took, the most frequent first, in one query."""
    inner, params = (
        StageVisit.objects.filter(run_id__in=run_ids)
        .order_by()
        .values("run_id")
        .annotate(way=Way("stage__code"), customer=Max("run__customer_id"), experience=Max("run__score__experience"))
        .values_list("way", "customer", "experience")
        .query.sql_with_params()
    )
    statement = f"""
        WITH people AS (
            SELECT way, customer, count(*) AS runs, count(experience) AS n, coalesce(sum(experience), 0) AS s
            FROM ({inner}) AS t(way, customer, experience) GROUP BY 1, 2
        )
        SELECT way, sum(runs), count(*), sum(n), count(*) FILTER (WHERE n > 0),
            sum(s), sum(s * s), sum(s * n), sum(n * n)
        FROM people GROUP BY 1 ORDER BY 2 DESC, 1
    """  # noqa: S608 - the inner query's parameters are written by the driver
    return [
        Path(
            tuple(way.split(SEPARATOR)), int(runs), people, ClusterSums(int(n), rated, s, squares, cross, float(counts))
        )
        for way, runs, people, n, rated, s, squares, cross, counts in _rows(statement, params)
    ]


def time_handled(run_ids: QuerySet[RunScore, int]) -> RatioSums:
    """Hours handled over hours elapsed of runs that have ended, summed by customer, in one query."""
    inner, params = (
        RunScore.objects.filter(run_id__in=run_ids, elapsed_days__gt=0, contacts__gt=0, handled_seconds__isnull=False)
        .order_by()
        .values_list("customer_id")
        .annotate(top=Sum(F("handled_seconds") / 3600.0), below=Sum(F("elapsed_days") * 24.0), n=Count("pk"))
        .query.sql_with_params()
    )
    return _ratio(inner, params)


def time_at_stages(run_ids: QuerySet[RunScore, int], stages: Sequence[str]) -> RatioSums:
    """Hours that ended runs spent at these stages over their hours elapsed, summed by customer, in one query."""
    spent = (
        StageVisit.objects.filter(run_id__in=run_ids, bad_time=False, run__score__elapsed_days__gt=0)
        .order_by()
        .values("run_id")
        .annotate(
            spent=Sum(
                F("left_at") - F("entered_at"), filter=Q(stage__code__in=list(stages)), output_field=DurationField()
            ),
            elapsed=Max("run__score__elapsed_days"),
            customer=Max("run__customer_id"),
        )
        .values_list("customer", "spent", "elapsed")
    )
    inner, params = spent.query.sql_with_params()
    hours = f"""
        SELECT customer, coalesce(sum(extract(epoch FROM spent::interval)), 0)::float8 / 3600,
            sum(elapsed) * 24, count(*)
        FROM ({inner}) AS t(customer, spent, elapsed) GROUP BY 1
    """  # noqa: S608
    return _ratio(hours, params)


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
    """The runs in which the company got in touch by itself at least once, ascending, in one query."""
    rows = Interaction.objects.filter(run_id__in=run_ids, initiator=Initiator.COMPANY)
    found = read_numbers(rows.order_by().values("run_id").distinct(), ("run_id",))
    return np.sort(found["run_id"].astype(np.int64))


def _ratio(inner: str, params: Any) -> RatioSums:
    statement = f"""
        SELECT count(*), coalesce(sum(n), 0), coalesce(sum(a), 0), coalesce(sum(b), 0), coalesce(sum(a * a), 0),
            coalesce(sum(a * b), 0), coalesce(sum(b * b), 0)
        FROM ({inner}) AS t(customer, a, b, n)
    """  # noqa: S608
    ((customers, n, *sums),) = _rows(statement, params)
    return RatioSums(int(n), customers, *(float(number) for number in sums))


def _rows(statement: str, params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
