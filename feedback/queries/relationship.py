"""Answers about the bond with the company, as columns."""

from collections.abc import Mapping

from django.db.models import F, Q, QuerySet

from feedback.insights.arrays import Floats
from feedback.models import Answer, RunScore
from feedback.queries.columns import epoch, read_numbers
from feedback.queries.run_table import Window
from surveys.enums import Measures


def bond_answers(journey_id: int, window: Window, customers: QuerySet[RunScore, int] | None) -> Mapping[str, Floats]:
    """customer, at (seconds), score (0-100) of the headline answers to relationship surveys in the window, one query.

    Of the journey's surveys and of those of no journey, by customers with a run of the journey (and of the filter).
    """
    everybody = RunScore.objects.filter(journey_id=journey_id).values_list("customer_id", flat=True)
    rows = Answer.objects.filter(
        Q(response__survey__journey_id=journey_id) | Q(response__survey__journey__isnull=True),
        measures=Measures.RELATIONSHIP,
        question__headline=True,
        score__isnull=False,
        response__customer__in=everybody if customers is None else customers,
    )
    if window.start:
        rows = rows.filter(answered_at__gte=window.start)
    if window.end:
        rows = rows.filter(answered_at__lt=window.end)
    named = rows.order_by().annotate(customer=F("response__customer_id"), at=epoch("answered_at"))
    return read_numbers(named, ("customer", "at", "score"))
