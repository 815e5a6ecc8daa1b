"""Verbs of sending as a whole: hold everything, a channel or a prefix; pause, resume and cancel a big send."""

import logging
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from cxsurvey.lib.nudge import nudge
from surveys.actions.alerts import tell_held
from surveys.actions.withdraw import cancel_open
from surveys.enums import DELIVERY_LEFT_US, CampaignState, DeliveryState, HoldCause, InvitationState
from surveys.models import Campaign, Delivery, DispatchSwitch, Invitation
from surveys.policy.reasons import Reason

log = logging.getLogger(__name__)


def hold(scope: str, cause: HoldCause, reason: str, by: str, now: datetime) -> bool:
    """Let nothing more of this scope leave ("" = everything); False where that was so already.

    Effective with the next message: the statement that lets a message go looks at the switch.
    """
    values = {"paused": True, "cause": cause, "reason": reason[:300], "changed_by": by[:150], "changed_at": now}
    with transaction.atomic():
        _, created = DispatchSwitch.objects.get_or_create(scope=scope, defaults=values)
        held = created or bool(DispatchSwitch.objects.filter(scope=scope, paused=False).update(**values))
        if held and cause != HoldCause.OPERATOR:
            tell_held(scope, cause, reason, now)
    if held:
        log.error("Sending is held (%s) by %s: %s", scope or "everything", by or cause, reason)
    return held


def release(scope: str, by: str, now: datetime) -> bool:
    """Let this scope leave again; False where nothing held it."""
    with transaction.atomic():
        held = DispatchSwitch.objects.filter(scope=scope, paused=True)
        released = bool(held.update(paused=False, changed_by=by[:150], changed_at=now))
        if released:
            nudge("surveys.deliver_due")
    return released


def pause_campaigns(campaigns: Collection[int], reason: str, by: str, now: datetime) -> int:
    """Let nothing more of these big sends leave until they are resumed; the number paused."""
    return _set(campaigns, CampaignState.RUNNING, CampaignState.PAUSED, reason, by, now)


def resume_campaigns(campaigns: Collection[int], by: str, now: datetime) -> int:
    """Let paused big sends go on; the number resumed."""
    with transaction.atomic():
        resumed = _set(campaigns, CampaignState.PAUSED, CampaignState.RUNNING, "", by, now)
        nudge("surveys.deliver_due")
    return resumed


def cancel_campaigns(campaigns: Collection[int], reason: str, by: str, now: datetime) -> int:
    """End these big sends: nothing more leaves, links that have left stay good; the number of asks cancelled."""
    for state in (CampaignState.RUNNING, CampaignState.PAUSED):
        _set(campaigns, state, CampaignState.CANCELLED, reason, by, now)
    left = Delivery.objects.filter(invitation=OuterRef("pk"), state__in=(DeliveryState.SENDING, *DELIVERY_LEFT_US))
    asks = Invitation.objects.filter(deliveries__campaign__in=campaigns, state=InvitationState.PLANNED)
    unsent = asks.exclude(Exists(left)).order_by("pk").distinct()
    cancelled = 0
    while ids := list(unsent.values_list("pk", flat=True)[:5000]):
        cancelled += cancel_open(ids, Reason.WITHDRAWN)
    return cancelled


def _set(
    campaigns: Collection[int], came: CampaignState, to: CampaignState, reason: str, by: str, now: datetime
) -> int:
    rows = Campaign.objects.filter(pk__in=campaigns, state=came)
    return rows.update(state=to, reason=reason[:200], changed_by=by[:150], changed_at=now)
