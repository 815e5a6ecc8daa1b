"""Stops what is still under way to somebody by one channel: open invitations and waiting messages."""

from django.db import transaction
from django.db.models import Q

from surveys.actions.deliver_moves import ARROWS, move
from surveys.actions.withdraw import cancel_open
from surveys.enums import INVITATION_OPEN, DeliveryState
from surveys.models import Delivery, Invitation


def stop_messages(who: Q, channel: str, reason: str) -> int:
    """Close open invitations by this channel and suppress waiting messages; returns the number of messages.

    `who` selects invitations (by customer). A claimed message is stopped too: its worker's next conditional move
    finds no row then, and it sends nothing.
    """
    theirs = Invitation.objects.filter(who)
    waiting = Delivery.objects.filter(
        invitation__in=theirs, channel=channel, state__in=ARROWS[DeliveryState.SUPPRESSED]
    )
    still_open = theirs.filter(channel=channel, state__in=INVITATION_OPEN)
    with transaction.atomic():
        stopped = move(waiting.values_list("pk", flat=True), DeliveryState.SUPPRESSED, reason)
        if ids := list(still_open.values_list("pk", flat=True)):
            cancel_open(ids, reason)
    return len(stopped)
