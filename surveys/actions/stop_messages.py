"""Stops what is still under way to somebody by one channel: open invitations and waiting messages."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from surveys.enums import DELIVERY_MAY_SEND, INVITATION_OPEN, DeliveryState, InvitationState
from surveys.models import AskDecision, Delivery, DeliveryEvent, Invitation

# A claimed message is stopped too: its worker's next conditional move then finds no row, and it sends nothing.
_STOPPABLE = (*DELIVERY_MAY_SEND, DeliveryState.CLAIMED)


def stop_messages(who: Q, channel: str, reason: str, now: datetime) -> int:
    """Close open invitations by this channel and suppress waiting messages; returns the number of messages.

    `who` selects invitations by customer. One transaction; rows are locked in the order of their ids.
    """
    with transaction.atomic():
        invitations = Invitation.objects.filter(who)
        stopped = _suppress_deliveries(invitations.values("pk"), channel, reason, now)
        _close_invitations(who, channel, reason)
    return stopped


def _suppress_deliveries(invitation_ids: object, channel: str, reason: str, now: datetime) -> int:
    rows = list(
        Delivery.objects.select_for_update()
        .filter(invitation__in=invitation_ids, channel=channel, state__in=_STOPPABLE)
        .order_by("pk")
        .values_list("pk", "state", "claim_no")
    )
    if not rows:
        return 0
    Delivery.objects.filter(pk__in=[row[0] for row in rows], state__in=_STOPPABLE).update(
        state=DeliveryState.SUPPRESSED, lease_until=None, worker="", error=reason, updated_at=now
    )
    DeliveryEvent.objects.bulk_create(
        DeliveryEvent(
            delivery_id=pk, from_state=state, to_state=DeliveryState.SUPPRESSED, claim_no=no, at=now, cause=reason
        )
        for pk, state, no in rows
    )
    return len(rows)


def _close_invitations(who: Q, channel: str, reason: str) -> None:
    """What has not left is cancelled, what has left is withdrawn; the ledger says why nothing was sent."""
    ids = Invitation.objects.filter(who, channel=channel, state__in=INVITATION_OPEN).order_by("pk")
    locked = dict(ids.select_for_update().values_list("pk", "state"))
    if not locked:
        return
    planned = [pk for pk, state in locked.items() if state == InvitationState.PLANNED]
    live = [pk for pk, state in locked.items() if state == InvitationState.LIVE]
    Invitation.objects.filter(pk__in=planned, state=InvitationState.PLANNED).update(state=InvitationState.CANCELLED)
    Invitation.objects.filter(pk__in=live, state=InvitationState.LIVE).update(state=InvitationState.WITHDRAWN)
    AskDecision.objects.filter(invitation_id__in=planned, outcome="planned").update(outcome=reason)
