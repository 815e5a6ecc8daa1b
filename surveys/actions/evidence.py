"""Moves of a delivery that the outside world proves: receipts, bounces, complaints; never backwards (R2, R11)."""

from typing import Final

from django.db import transaction

from surveys.actions.deliver_moves import move
from surveys.enums import DeliveryState, InvitationState
from surveys.models import AskDecision, Delivery, Invitation

# Where a message that waits for another try may come to all the same: the first one has arrived after all.
SPARED: Final = (
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.UNDELIVERED,
    DeliveryState.BOUNCED,
    DeliveryState.COMPLAINED,
)


def move_by_evidence(delivery_id: int, to: DeliveryState, cause: str) -> bool:
    """Move the delivery to what is proven; False where that is known already, or better.

    A message that waits for another try has arrived after all: its customer is spared the second one.
    """
    with transaction.atomic():
        moved = move([delivery_id], to, cause) or _end_retry(delivery_id, to, cause)
        if moved:
            _invitation_has_left(delivery_id)
    return bool(moved)


def _end_retry(delivery_id: int, to: DeliveryState, cause: str) -> list[int]:
    if to not in SPARED:
        return []
    tried = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.QUEUED, attempts__gt=0)
    return move([delivery_id], to, cause, came=DeliveryState.QUEUED) if tried.exists() else []


def _invitation_has_left(delivery_id: int) -> None:
    """A message that was sent after all makes its invitation live and its decision `sent`."""
    invitations = Invitation.objects.filter(deliveries=delivery_id, state=InvitationState.PLANNED)
    Invitation.objects.filter(pk__in=invitations).update(state=InvitationState.LIVE)
    AskDecision.objects.filter(invitation__deliveries=delivery_id, outcome="planned").update(outcome="sent")
