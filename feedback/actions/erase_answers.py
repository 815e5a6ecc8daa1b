"""Erase what customers have answered, and bring every figure that was made of it up to date."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from feedback.actions.refresh_runs import refresh_runs
from feedback.models import Response
from surveys.models import JourneyRun


def erase_answers(customer_ids: Collection[int]) -> int:
    """Delete all responses of these customers, with answers, texts and their scores; the number of responses gone.

    The rows of their runs are computed again at once, so that no figure holds an erased answer any longer.
    """
    with transaction.atomic():
        theirs = Response.objects.filter(Q(customer__in=customer_ids) | Q(run__customer__in=customer_ids))
        runs = list(JourneyRun.objects.filter(customer__in=customer_ids).order_by("pk").values_list("pk", flat=True))
        JourneyRun.objects.filter(pk__in=runs).update(stale=True)
        _rows, gone = theirs.delete()
    refresh_runs(runs)
    return gone.get(Response._meta.label, 0)
