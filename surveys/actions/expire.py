"""Ends invitations whose link has run out, and their messages that still wait."""

from datetime import datetime
from typing import Final

from django.db import transaction

from surveys.actions.deliver_moves import move
from surveys.actions.withdraw import STOPPABLE
from surveys.enums import INVITATION_OPEN, DeliveryState, InvitationState
from surveys.models import AskDecision, Delivery, Invitation
from surveys.policy.reasons import Reason

MANY: Final = 1000


def expire_invitations(now: datetime) -> dict[str, int]:
    """Expire what is open and over, a thousand rows a transaction; how many invitations and messages."""
    counts = {"invitations": 0, "messages": 0}
    while True:
        ended, stopped = _expire_some(now)
        counts["invitations"] += ended
        counts["messages"] += stopped
        if ended < MANY:
            return counts


@transaction.atomic
def _expire_some(now: datetime) -> tuple[int, int]:
    """Messages first, as the sender locks them first too."""
    over = Invitation.objects.filter(expires_at__lte=now, state__in=INVITATION_OPEN).order_by("expires_at")
    ids = list(over.values_list("pk", flat=True)[:MANY])
    if not ids:
        return 0, 0
    waiting = Delivery.objects.filter(invitation__in=ids, state__in=STOPPABLE)
    stopped = move(waiting.values_list("pk", flat=True), DeliveryState.EXPIRED, Reason.EXPIRED)
    ended = Invitation.objects.filter(pk__in=ids, state__in=INVITATION_OPEN).update(state=InvitationState.EXPIRED)
    never_sent = AskDecision.objects.filter(invitation__in=ids, invitation__state=InvitationState.EXPIRED)
    never_sent.filter(outcome="planned").exclude(invitation__deliveries__state=DeliveryState.UNKNOWN).update(
        outcome=Reason.EXPIRED
    )
    return ended, len(stopped)
