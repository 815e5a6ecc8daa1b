"""An operator's decisions on messages that failed, or of which nobody knows whether they arrived."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from cxsurvey.lib.nudge import nudge
from surveys.actions.deliver_moves import move
from surveys.actions.deliver_refuse import FAILED
from surveys.actions.reconcile import settle
from surveys.enums import INVITATION_OPEN, DeliveryState, InvitationState
from surveys.models import AskDecision, Delivery, Invitation

AGAIN: Final = "queued again by "  # cause of the one move that leads on from failed: a person has asked for it


def retry_failed(delivery_ids: Collection[int], by: str, now: datetime) -> int:
    """Queue failed messages again, opening invitations that were cancelled for the failure; the number queued.

    Everything that may forbid a message is checked again when it is claimed.
    """
    with transaction.atomic():
        invitations = Invitation.objects.filter(deliveries__in=delivery_ids, expires_at__gt=now)
        closed = invitations.filter(state=InvitationState.CANCELLED, decision__outcome=FAILED)
        reopened = list(closed.exclude(Exists(_other_open())).values_list("pk", flat=True))
        Invitation.objects.filter(pk__in=reopened).update(state=InvitationState.PLANNED)
        AskDecision.objects.filter(invitation__in=reopened, outcome=FAILED).update(outcome="planned")
        return _again(delivery_ids, DeliveryState.FAILED, by, now)


def send_unknown_again(delivery_ids: Collection[int], by: str, now: datetime) -> int:
    """Queue messages whose fate is unknown, at the risk that somebody gets two; the number queued."""
    with transaction.atomic():
        return _again(delivery_ids, DeliveryState.UNKNOWN, by, now)


def assume_sent(delivery_ids: Collection[int], by: str) -> int:
    """Take messages whose fate is unknown for sent; the number settled."""
    return settle(list(delivery_ids), DeliveryState.ASSUMED_SENT, f"assumed sent by {by}")


def _again(delivery_ids: Collection[int], came: DeliveryState, by: str, now: datetime) -> int:
    """Back into the queue with all tries, where the ask is still open; asked twice, queued once."""
    open_asks = Invitation.objects.filter(expires_at__gt=now, state__in=INVITATION_OPEN)
    ready = Delivery.objects.filter(pk__in=delivery_ids, state=came, invitation__in=open_asks)
    ids = list(ready.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=ids).update(attempts=0, deaths=0)
    moved = move(ids, DeliveryState.QUEUED, f"{AGAIN}{by}", came=came, next_at=now)
    nudge("surveys.deliver_due")
    return len(moved)


def _other_open() -> QuerySet[Invitation]:
    same = Invitation.objects.filter(
        customer=OuterRef("customer"), survey=OuterRef("survey"), occasion=OuterRef("occasion")
    )
    return same.filter(state__in=INVITATION_OPEN).exclude(pk=OuterRef("pk"))
