"""The four qualities of service by team and by channel of the contact that was rated."""

from typing import Literal

import numpy as np
from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf

from feedback.insights.sums import ClusterSums, cluster_sums
from feedback.models import Answer, RunScore
from feedback.queries.columns import key_of, read_coded
from surveys.enums import Measures, Metric
from surveys.models import Interaction

DIMENSIONS = (Metric.SPEED, Metric.KNOWLEDGE, Metric.PATIENCE, Metric.ACCOMMODATION)
ALL = "quality"  # over the four together
By = Literal["team", "channel"]


def quality_by(run_ids: QuerySet[RunScore, int], by: By) -> dict[str, dict[str, ClusterSums]]:
    """Name of team or channel to metric (and ALL) to the sums of its 0-100 answers by customer, in two queries.

    The contact is the one that the survey was about, else the last one of the run at the stage. Late answers and
    contacts without a name are left out.
    """
    found, words = read_coded(
        _answers(run_ids, by), {"who": _who()}, {"score": "score"}, {"name": _name(by), "metric": "question__metric"}
    )
    order = np.lexsort((found["score"], found["who"]))  # a customer's answers in an order that hangs on no id
    who, score = found["who"][order], found["score"][order]
    names, metrics = words["name"].take(order), words["metric"].take(order)
    sums: dict[str, dict[str, ClusterSums]] = {}
    for code, name in enumerate(names.names):
        own = names.codes == code
        sums[name] = {ALL: cluster_sums(score[own], who[own])}
        for place in np.unique(metrics.codes[own]).tolist():
            about = own & (metrics.codes == place)
            sums[name][metrics.names[place]] = cluster_sums(score[about], who[about])
    return sums


def _who() -> Case:
    """The customer's key; an answer of nobody known is one of its own."""
    named = When(response__customer__isnull=False, then=key_of("response__customer__external_id"))
    return Case(named, default=-F("response_id"))


def _name(by: By) -> Coalesce:
    last = Interaction.objects.filter(run=OuterRef("run"), stage=OuterRef("stage")).order_by(
        "-started_at", "-reference"
    )
    return Coalesce(NullIf(f"response__interaction__{by}", Value("")), Subquery(last.values(by)[:1]))


def _answers(run_ids: QuerySet[RunScore, int], by: By) -> QuerySet[Answer]:
    answers = Answer.objects.filter(
        run_id__in=run_ids,
        question__metric__in=DIMENSIONS,
        measures=Measures.STAGE,
        response__late=False,
        score__isnull=False,
    )
    return answers.annotate(name=_name(by)).exclude(name=None).exclude(name="")
