"""How often customers were asked before, and which runs were asked about the whole only: columns, no row by row."""

from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from feedback.insights.arrays import Floats
from feedback.models import Response, RunScore
from feedback.queries.columns import read_numbers
from surveys.enums import INVITATION_OPEN, SurveyKind
from surveys.models import AskDecision
from surveys.policy.reasons import Reason

ASKED = ("planned", "sent")
MEMORY = timedelta(days=90)


def asks_with_history(run_ids: QuerySet[RunScore, int], journey_id: int) -> dict[str, Floats]:
    """Asks about these runs that had their time: customer, earlier (asks of the 90 days before, of any kind), answered.

    Each of shape (asks,), in one query.
    """
    before = (
        AskDecision.objects.filter(
            customer=OuterRef("customer"),
            outcome__in=ASKED,
            decided_at__lt=OuterRef("decided_at"),
            decided_at__gte=OuterRef("decided_at") - MEMORY,
        )
        .order_by()
        .values("customer")
        .annotate(number=Count("pk"))
        .values("number")
    )
    rows = (
        AskDecision.objects.filter(survey__journey_id=journey_id, outcome__in=ASKED, run_id__in=run_ids)
        .exclude(invitation__state__in=INVITATION_OPEN)
        .annotate(
            earlier=Coalesce(Subquery(before, output_field=IntegerField()), 0),
            answered=_flag(Q(invitation__answered_at__isnull=False) | Exists(_responses())),
        )
        .order_by("pk")
    )
    return read_numbers(rows, ("customer_id", "earlier", "answered"))


def _responses() -> QuerySet[Response]:
    """Answers to an imported ask: the survey's about the same run, and the same contact where it names one."""
    same = Q(interaction=OuterRef("interaction")) | Q(interaction__isnull=True)
    return Response.objects.filter(same, run=OuterRef("run"), survey=OuterRef("survey"))


def _flag(condition: Any) -> Case:
    return Case(When(condition, then=Value(1.0)), default=Value(0.0), output_field=FloatField())


def touchpoint_asks(run_ids: QuerySet[RunScore, int], journey_id: int) -> dict[str, Floats]:
    """For each run with a touchpoint ask due: run_id, sent, held_out (end-to-end only, by run), not_sampled, other.

    Each of shape (runs,), in one query.
    """
    rows = (
        AskDecision.objects.filter(
            survey__journey_id=journey_id, survey__kind=SurveyKind.TOUCHPOINT, run_id__in=run_ids
        )
        .order_by()
        .values("run_id")
        .annotate(
            due=Count("pk"),
            sent=Count("pk", filter=Q(outcome__in=ASKED)),
            held_out=Count("pk", filter=Q(outcome=Reason.E2E_ONLY)),
            not_sampled=Count("pk", filter=Q(outcome=Reason.NOT_SAMPLED)),
        )
        .annotate(other=F("due") - F("sent") - F("held_out") - F("not_sampled"))
        .order_by("run_id")
    )
    return read_numbers(rows, ("run_id", "sent", "held_out", "not_sampled", "other"))
