"""Answers about the bond with the company, as columns."""

from collections.abc import Mapping

import numpy as np
from django.db.models import Q, QuerySet

from feedback.models import Answer, RunScore
from feedback.queries.columns import Column, epoch, key_of, read_columns
from feedback.queries.run_table import Window
from surveys.enums import Measures


def bond_answers(journey_id: int, window: Window, customers: QuerySet[RunScore, int] | None) -> Mapping[str, Column]:
    """customer (key), at (seconds), score (0-100) of headline answers to relationship surveys in the window, one query.

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
    who = {"customer": key_of("response__customer__external_id")}
    found = read_columns(rows, who, {"at": epoch("answered_at"), "score": "score"})
    order = np.lexsort((found["score"], found["at"], found["customer"]))
    return {name: column[order] for name, column in found.items()}
