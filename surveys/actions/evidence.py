"""Moves of a delivery that the outside world proves: receipts, bounces, complaints; never backwards (R2, R11)."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from surveys.enums import DeliveryState, InvitationState
from surveys.models import AskDecision, Delivery, DeliveryEvent, Invitation

# What is known of a message, from least to most telling. A receipt never overrules one of a higher rank, so that
# every order of the same receipts ends in the same state.
RANK: dict[str, int] = {
    DeliveryState.QUEUED: 0,  # only after an attempt: proof of arrival saves the customer a second message
    DeliveryState.UNKNOWN: 0,
    DeliveryState.ASSUMED_SENT: 0,
    DeliveryState.SENT: 1,
    DeliveryState.UNDELIVERED: 2,
    DeliveryState.DELIVERED: 3,
    DeliveryState.BOUNCED: 4,
    DeliveryState.COMPLAINED: 5,
}


def move_by_evidence(delivery_id: int, to: DeliveryState, cause: str, now: datetime) -> bool:
    """Move the delivery to what is proven; False where it is known already, or better."""
    lower = [state for state, rank in RANK.items() if rank < RANK[to]]
    with transaction.atomic():
        rows = Delivery.objects.filter(pk=delivery_id, state__in=lower).exclude(state=DeliveryState.QUEUED, attempts=0)
        row = rows.select_for_update().values_list("state", "claim_no", "invitation_id").first()
        if row is None:
            return False
        before, claim_no, invitation_id = row
        rows.filter(state=before).update(
            state=to, sent_at=Coalesce(F("sent_at"), now), updated_at=now, error=_error(to, cause)
        )
        DeliveryEvent.objects.create(
            delivery_id=delivery_id, from_state=before, to_state=to, claim_no=claim_no, at=now, cause=cause[:300]
        )
        _invitation_has_left(invitation_id)
    return True


def _error(to: DeliveryState, cause: str) -> str:
    return "" if to in (DeliveryState.SENT, DeliveryState.DELIVERED) else cause[:300]


def _invitation_has_left(invitation_id: int) -> None:
    """A message that was sent after all makes its invitation live and its decision `sent`."""
    Invitation.objects.filter(pk=invitation_id, state=InvitationState.PLANNED).update(state=InvitationState.LIVE)
    AskDecision.objects.filter(invitation_id=invitation_id, outcome="planned").update(outcome="sent")
