"""What customers felt at each place of a journey, added up by the database."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Case, Count, F, FloatField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from feedback.insights.sums import ClusterSums
from feedback.models import Answer, RunScore
from surveys.question_kinds.feelings import SIGNS

GOOD, BAD = 100.0, -100.0
NEUTRAL = 50.0  # the 0-100 value of feelings whose signs cancel out


@dataclass(frozen=True, slots=True)
class Felt:
    """The feelings about one place: stage and to_stage are codes, both "" for the whole journey.

    sums: of the answers as -100, 0 or 100 by customer; counts: how often each feeling was picked.
    """

    measures: str
    stage: str
    to_stage: str
    sums: ClusterSums
    counts: dict[str, int]


def feelings_by_place(run_ids: QuerySet[RunScore, int]) -> list[Felt]:
    """One row a place, however many answers, in one query; late answers and those without a feeling are left out."""
    inner, params = _by_customer(run_ids).query.sql_with_params()
    names = ["measures", "stage", "to_stage", "customer", "n", "s", *SIGNS]
    picked = ", ".join(f"sum({code})" for code in SIGNS)
    # The one value from outside is the inner query's parameters, which the driver writes into the statement.
    statement = f"""
        SELECT measures, stage, to_stage, sum(n), count(*), sum(s), sum(s * s), sum(s * n), sum(n * n), {picked}
        FROM ({inner}) AS t({", ".join(names)}) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows = cursor.fetchall()
    return [
        Felt(
            measures,
            stage,
            to_stage,
            ClusterSums(int(n), customers, float(s), float(squares), float(cross), float(counts)),
            dict(zip(SIGNS, map(int, picks), strict=True)),
        )
        for measures, stage, to_stage, n, customers, s, squares, cross, counts, *picks in rows
    ]


def _by_customer(run_ids: QuerySet[RunScore, int]) -> QuerySet[Answer, tuple[object, ...]]:
    sign = Case(
        When(score__gt=NEUTRAL, then=Value(GOOD)),
        When(score__lt=NEUTRAL, then=Value(BAD)),
        default=Value(0.0),
        output_field=FloatField(),
    )
    counts = {code: Count("pk", filter=Q(choices__contains=[code])) for code in SIGNS}
    return (
        Answer.objects.filter(run_id__in=run_ids, question__kind="feelings", response__late=False, score__isnull=False)
        .annotate(
            place=Coalesce("stage__code", Value("")),
            target=Coalesce("to_stage__code", Value("")),
            who=Coalesce(F("response__customer_id"), -F("response_id")),
        )
        .order_by()
        .values("measures", "place", "target", "who")
        .annotate(n=Count("pk"), s=Sum(sign), **counts)
        .values_list("measures", "place", "target", "who", "n", "s", *counts)
    )
