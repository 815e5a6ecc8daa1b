"""Ends asks that are still open: the messages that wait are stopped, what has left can no longer be answered."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from surveys.actions.conversations import close
from surveys.actions.deliver_moves import move
from surveys.enums import DELIVERY_MAY_SEND, ConversationState, DeliveryState, InvitationState
from surveys.models import AskDecision, Delivery, Invitation

STOPPABLE = (*DELIVERY_MAY_SEND, DeliveryState.CLAIMED)


def cancel_open(invitation_ids: Collection[int], reason: str) -> int:
    """Close these invitations where they are open; the number closed.

    Never sent: cancelled, and the ledger says why. Sent: withdrawn. Deliveries first, as the sender locks them too.
    """
    with transaction.atomic():
        cancel_messages(invitation_ids, reason)
        mine = Invitation.objects.filter(pk__in=invitation_ids)
        locked = mine.order_by("pk").select_for_update(no_key=True).values_list("pk", "state")
        planned = [pk for pk, state in locked if state == InvitationState.PLANNED]
        never = mine.filter(pk__in=planned, state=InvitationState.PLANNED).update(state=InvitationState.CANCELLED)
        gone = mine.filter(state=InvitationState.LIVE).update(state=InvitationState.WITHDRAWN)
        AskDecision.objects.filter(invitation_id__in=planned, outcome="planned").update(outcome=reason[:24])
        close(invitation_ids, ConversationState.ENDED, timezone.now())
    return never + gone


def cancel_messages(invitation_ids: Collection[int], reason: str) -> int:
    """Stop the waiting messages of these invitations (a reminder after the answer); the number stopped."""
    waiting = Delivery.objects.filter(invitation_id__in=invitation_ids, state__in=STOPPABLE)
    return len(move(waiting.values_list("pk", flat=True), DeliveryState.CANCELLED, reason))
