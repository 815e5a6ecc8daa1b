"""The four qualities of service by team and by channel of the contact that was rated, added up by the database."""

from typing import Literal

from django.db import connection
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from feedback.insights.sums import ClusterSums
from feedback.models import Answer, RunScore
from surveys.enums import Measures, Metric
from surveys.models import Interaction

DIMENSIONS = (Metric.SPEED, Metric.KNOWLEDGE, Metric.PATIENCE, Metric.ACCOMMODATION)
ALL = "quality"  # over the four together
By = Literal["team", "channel"]


def quality_by(run_ids: QuerySet[RunScore, int], by: By) -> dict[str, dict[str, ClusterSums]]:
    """Name of team or channel to metric (and ALL) to the sums of its 0-100 answers by customer, in one query.

    The contact is the one that the survey was about, else the last one of the run at the stage. Late answers and
    contacts without a name are left out.
    """
    inner, params = _by_customer(run_ids, by).query.sql_with_params()
    # The one value from outside is the inner query's parameters, which the driver writes into the statement.
    statement = f"""
        WITH people AS (SELECT name, metric, customer, n, s FROM ({inner}) AS t(name, metric, customer, n, s)),
        every AS (
            SELECT name, metric, customer, n, s FROM people
            UNION ALL SELECT name, '{ALL}', customer, sum(n), sum(s) FROM people GROUP BY 1, 3
        )
        SELECT name, metric, sum(n), count(*), sum(s), sum(s * s), sum(s * n), sum(n * n)
        FROM every GROUP BY 1, 2 ORDER BY 1, 2
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows = cursor.fetchall()
    found: dict[str, dict[str, ClusterSums]] = {}
    for name, metric, n, customers, s, squares, cross, counts in rows:
        sums = ClusterSums(int(n), customers, float(s), float(squares), float(cross), float(counts))
        found.setdefault(name, {})[metric] = sums
    return found


def _by_customer(run_ids: QuerySet[RunScore, int], by: By) -> QuerySet[Answer, tuple[object, ...]]:
    last = Interaction.objects.filter(run=OuterRef("run"), stage=OuterRef("stage")).order_by("-started_at", "-pk")
    name = Coalesce(NullIf(f"response__interaction__{by}", Value("")), Subquery(last.values(by)[:1]))
    return (
        Answer.objects.filter(
            run_id__in=run_ids,
            question__metric__in=DIMENSIONS,
            measures=Measures.STAGE,
            response__late=False,
            score__isnull=False,
        )
        .annotate(name=name, who=Coalesce(F("response__customer_id"), -F("response_id")))
        .exclude(name=None)
        .exclude(name="")
        .order_by()
        .values("name", "question__metric", "who")
        .annotate(n=Count("pk"), s=Sum("score"))
        .values_list("name", "question__metric", "who", "n", "s")
    )
