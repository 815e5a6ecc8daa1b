"""Erase what customers have answered, and bring every figure that was made of it up to date."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from feedback.actions.refresh_runs import refresh_runs
from feedback.insights.alerts import OF_ANSWERS
from feedback.models import FollowUp, HeldResponse, PartialResponse, Response
from surveys.actions.suppress import opt_out
from surveys.enums import Channel
from surveys.models import Customer, JourneyRun


def erase_answers(customer_ids: Collection[int]) -> int:
    """Delete all responses of these customers, with answers, texts and their scores; the number of responses gone.

    What was saved or held back goes as well, and follow-ups that an answer raised. The rows of their runs are computed
    again at once, so that no figure holds an erased answer any longer.
    """
    with transaction.atomic():
        theirs = Response.objects.filter(Q(customer__in=customer_ids) | Q(run__customer__in=customer_ids))
        runs = list(JourneyRun.objects.filter(customer__in=customer_ids).order_by("pk").values_list("pk", flat=True))
        JourneyRun.objects.filter(pk__in=runs).update(stale=True)
        for model in (HeldResponse, PartialResponse):
            model._default_manager.filter(invitation__customer__in=customer_ids).delete()
        FollowUp.objects.filter(run__in=runs, rule__in=OF_ANSWERS).delete()
        _rows, gone = theirs.delete()
    refresh_runs(runs)
    return gone.get(Response._meta.label, 0)


def withdraw_customers(customer_ids: Collection[int], source: str, now: datetime) -> int:
    """They want no part in it any more: never asked again, and all that they answered erased; responses gone."""
    with transaction.atomic():
        for customer in Customer.objects.filter(pk__in=customer_ids).order_by("pk"):
            opt_out(customer, list(Channel), source, now)
        return erase_answers(customer_ids)
