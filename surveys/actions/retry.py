"""An operator's second try for messages that failed: a carrier was down, an address has been mended."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from cxsurvey.lib.nudge import nudge
from surveys.actions.deliver_moves import move
from surveys.actions.deliver_refuse import FAILED
from surveys.enums import INVITATION_OPEN, DeliveryState, InvitationState
from surveys.models import AskDecision, Delivery, Invitation


def retry_failed(delivery_ids: Collection[int], now: datetime) -> int:
    """Queue failed messages again, opening invitations that were cancelled for the failure; the number queued.

    Everything that may forbid a message is checked again when it is claimed.
    """
    with transaction.atomic():
        invitations = Invitation.objects.filter(deliveries__in=delivery_ids, expires_at__gt=now)
        closed = invitations.filter(state=InvitationState.CANCELLED, decision__outcome=FAILED)
        reopened = list(closed.exclude(Exists(_other_open())).values_list("pk", flat=True))
        Invitation.objects.filter(pk__in=reopened).update(state=InvitationState.PLANNED)
        AskDecision.objects.filter(invitation__in=reopened, outcome=FAILED).update(outcome="planned")
        ready = Delivery.objects.filter(
            pk__in=delivery_ids,
            state=DeliveryState.FAILED,
            invitation__in=invitations.filter(state__in=INVITATION_OPEN),
        )
        ids = list(ready.values_list("pk", flat=True))
        ready.update(attempts=0, deaths=0)
        moved = move(ids, DeliveryState.QUEUED, "queued again by an operator", came=DeliveryState.FAILED, next_at=now)
        nudge("surveys.deliver_due")
    return len(moved)


def _other_open() -> QuerySet[Invitation]:
    same = Invitation.objects.filter(
        customer=OuterRef("customer"), survey=OuterRef("survey"), occasion=OuterRef("occasion")
    )
    return same.filter(state__in=INVITATION_OPEN).exclude(pk=OuterRef("pk"))
