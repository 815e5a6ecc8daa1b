"""Stops what is still under way to somebody by one channel: open invitations and waiting messages."""

from django.db import transaction
from django.db.models import Q

from surveys.actions.deliver_moves import ARROWS, move
from surveys.enums import INVITATION_OPEN, DeliveryState, InvitationState
from surveys.models import AskDecision, Delivery, Invitation


def stop_messages(who: Q, channel: str, reason: str) -> int:
    """Close open invitations by this channel and suppress waiting messages; returns the number of messages.

    `who` selects invitations (by customer). A claimed message is stopped too: its worker's next conditional move
    finds no row then, and it sends nothing.
    """
    waiting = Delivery.objects.filter(
        invitation__in=Invitation.objects.filter(who), channel=channel, state__in=ARROWS[DeliveryState.SUPPRESSED]
    )
    with transaction.atomic():
        ids = list(waiting.values_list("pk", flat=True))
        stopped = len(move(ids, DeliveryState.SUPPRESSED, reason)) if ids else 0
        _close_invitations(who, channel, reason)
    return stopped


def _close_invitations(who: Q, channel: str, reason: str) -> None:
    """What has not left is cancelled, what has left is withdrawn; the ledger says why nothing was sent."""
    open_ones = Invitation.objects.filter(who, channel=channel, state__in=INVITATION_OPEN).order_by("pk")
    locked = dict(open_ones.select_for_update(of=("self",)).values_list("pk", "state"))
    if not locked:
        return
    planned = [pk for pk, state in locked.items() if state == InvitationState.PLANNED]
    live = [pk for pk, state in locked.items() if state == InvitationState.LIVE]
    Invitation.objects.filter(pk__in=planned, state=InvitationState.PLANNED).update(state=InvitationState.CANCELLED)
    Invitation.objects.filter(pk__in=live, state=InvitationState.LIVE).update(state=InvitationState.WITHDRAWN)
    AskDecision.objects.filter(invitation_id__in=planned, outcome="planned").update(outcome=reason)
