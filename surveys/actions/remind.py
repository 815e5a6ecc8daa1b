"""Plans the one reminder of an ask that has not been answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F

from surveys.actions.decide_candidates import Candidate
from surveys.actions.decide_known import Circumstances
from surveys.actions.deliver_check import country_of, window_of
from surveys.actions.invite import wake_workers
from surveys.enums import CONVERSATION_LIVE, DELIVERY_LEFT_US, DeliveryPurpose, DeliveryState, InvitationState
from surveys.models import Delivery, Invitation
from surveys.policy.frequency import Asked, check_reminder
from surveys.policy.window import NeverOpen, next_allowed
from surveys.queries.history import lock_customers

MANY: Final = 1000
# A message that bounced or was complained about is not followed by another one.
REACHED: Final = frozenset(DELIVERY_LEFT_US) - {
    DeliveryState.BOUNCED,
    DeliveryState.UNDELIVERED,
    DeliveryState.COMPLAINED,
}


def plan_reminders(now: datetime) -> int:
    """Queue a reminder for live invitations whose first message left the rule's `reminder` ago; how many.

    Run again it plans nothing twice: one reminder per invitation is a constraint of the database. A reminder counts in
    the limits; one that they block is looked at again by the next run, as long as the link lives.
    """
    planned, last = 0, 0
    while rows := _unanswered(now, last):
        planned += _plan(rows, now)
        last = rows[-1].pk
    return planned


def _unanswered(now: datetime, after: int) -> list[Delivery]:
    """First messages to remind of, some at a time, in the order of their ids."""
    firsts = Delivery.objects.filter(
        pk__gt=after,
        purpose=DeliveryPurpose.FIRST,
        state__in=REACHED,
        invitation__state=InvitationState.LIVE,
        invitation__expires_at__gt=now,
        invitation__rule__reminder__isnull=False,
        updated_at__lte=now - F("invitation__rule__reminder"),
    ).exclude(invitation__deliveries__purpose=DeliveryPurpose.REMINDER)
    firsts = firsts.exclude(invitation__conversation__state__in=CONVERSATION_LIVE)
    related = ("invitation__customer", "invitation__rule__survey", "invitation__run")
    return list(firsts.select_related(*related).order_by("pk")[:MANY])


@transaction.atomic
def _plan(firsts: Sequence[Delivery], now: datetime) -> int:
    """Plan the reminders of these messages that the limits allow, while nobody else decides about their customers."""
    lock_customers({each.invitation.customer_id for each in firsts})
    asks = {each.pk: _ask(each.invitation) for each in firsts}
    known = Circumstances.of([each for each in asks.values() if each], now)
    found = (_reminder(first, asks[first.pk], known) for first in firsts)
    reminders = [each for each in found if each]
    Delivery.objects.bulk_create(reminders, ignore_conflicts=True)
    wake_workers(sum(each.next_at <= now for each in reminders))
    return len(reminders)


def _ask(invitation: Invitation) -> Candidate | None:
    """The ask that the invitation was made of, as far as limits matter."""
    if invitation.rule is None:
        return None
    return Candidate(invitation.rule, invitation.customer, invitation.occasion, invitation.due_at, run=invitation.run)


def _reminder(first: Delivery, ask: Candidate | None, known: Circumstances) -> Delivery | None:
    """The reminder at the next hour that is allowed; None where the link will not live so long, or a limit blocks."""
    invitation = first.invitation
    at = _next_hour(invitation, known.now)
    if ask is None or at is None or at >= invitation.expires_at:
        return None
    kind, history = ask.rule.survey.kind, known.history[ask.customer.pk]
    own, limits = Asked(kind, invitation.due_at), known.limits_for(ask)
    if not check_reminder(kind, at, history, own, limits, room_wanted=known.room_wanted(ask)).allowed:
        return None
    history.append(Asked(kind, at, reminder=True))
    purpose, campaign = DeliveryPurpose.REMINDER, first.campaign_id
    return Delivery(
        invitation=invitation, campaign_id=campaign, channel=invitation.channel, purpose=purpose, next_at=at
    )


def _next_hour(invitation: Invitation, now: datetime) -> datetime | None:
    customer, window = invitation.customer, window_of(invitation.rule)
    try:
        return next_allowed(now, customer.time_zone, window, country_of(customer), settings.TIME_ZONE)
    except NeverOpen:
        return None
