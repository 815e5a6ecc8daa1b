"""Plans the one reminder of an ask that has not been answered."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import F

from surveys.actions.deliver_check import country_of, window_of
from surveys.actions.invite import wake_workers
from surveys.enums import DELIVERY_LEFT_US, DeliveryPurpose, DeliveryState, InvitationState
from surveys.models import Delivery
from surveys.policy.window import NeverOpen, next_allowed

MANY: Final = 1000
# A message that bounced or was complained about is not followed by another one.
REACHED: Final = frozenset(DELIVERY_LEFT_US) - {
    DeliveryState.BOUNCED,
    DeliveryState.UNDELIVERED,
    DeliveryState.COMPLAINED,
}


def plan_reminders(now: datetime) -> int:
    """Queue a reminder for live invitations whose first message left the rule's `reminder` ago; how many.

    Run again it plans nothing twice: one reminder per invitation is a constraint of the database.
    """
    firsts = Delivery.objects.filter(
        purpose=DeliveryPurpose.FIRST,
        state__in=REACHED,
        invitation__state=InvitationState.LIVE,
        invitation__expires_at__gt=now,
        invitation__rule__reminder__isnull=False,
        updated_at__lte=now - F("invitation__rule__reminder"),
    ).exclude(invitation__deliveries__purpose=DeliveryPurpose.REMINDER)
    rows = firsts.select_related("invitation__customer", "invitation__rule").order_by("pk")[:MANY]
    reminders = [each for each in (_reminder(first, now) for first in rows) if each]
    Delivery.objects.bulk_create(reminders, ignore_conflicts=True)
    wake_workers(sum(each.next_at <= now for each in reminders))
    return len(reminders)


def _reminder(first: Delivery, now: datetime) -> Delivery | None:
    """The reminder at the next hour that is allowed; None where the link will not live so long."""
    invitation = first.invitation
    customer = invitation.customer
    window = window_of(invitation.rule)
    try:
        at = next_allowed(now, customer.time_zone, window, country_of(customer), settings.TIME_ZONE)
    except NeverOpen:
        return None
    if at >= invitation.expires_at:
        return None
    purpose, campaign = DeliveryPurpose.REMINDER, first.campaign_id
    return Delivery(
        invitation=invitation, campaign_id=campaign, channel=invitation.channel, purpose=purpose, next_at=at
    )
