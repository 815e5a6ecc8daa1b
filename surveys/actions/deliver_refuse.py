"""Messages that may not leave: stopped, or given back for later, and what that means for the ask above them."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from surveys.actions.deliver_moves import move
from surveys.enums import DeliveryState, InvitationState
from surveys.models import AskDecision, Delivery, Invitation
from surveys.policy.may_send import Decision
from surveys.policy.reasons import Reason

FAILED: Final = Reason.FAILED  # where carriers or we ourselves could not send it
_ENDS: Final = {DeliveryState.EXPIRED: InvitationState.EXPIRED}


def refuse(deliveries: Sequence[Delivery], decision: Decision, *, in_hand: bool = False) -> int:
    """Carry out the recheck's decision on these claimed messages; the number moved."""
    ids = [each.pk for each in deliveries]
    came = DeliveryState.CLAIMED
    if decision.state == DeliveryState.QUEUED:
        return len(move(ids, decision.state, decision.reason, came=came, next_at=decision.until, in_hand=in_hand))
    with transaction.atomic():
        moved = set(move(ids, decision.state, decision.reason, came=came, in_hand=in_hand))
        unsent = [each.invitation_id for each in deliveries if each.pk in moved]
        end_unsent(unsent, decision.reason, _ENDS.get(DeliveryState(decision.state), InvitationState.CANCELLED))
    return len(moved)


def end_unsent(invitations: Sequence[int], reason: str, state: InvitationState = InvitationState.CANCELLED) -> None:
    """Close invitations of which nothing has left; the ledger says why. Those already live are left alone."""
    ended = Invitation.objects.filter(pk__in=invitations, state=InvitationState.PLANNED).update(state=state)
    if ended:
        planned = AskDecision.objects.filter(invitation__in=invitations, outcome="planned")
        planned.filter(invitation__state=state).update(outcome=reason[:24])
