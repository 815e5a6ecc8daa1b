"""The recheck of claimed messages: what was true when they were planned may not be true now (reliability R3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings

from cxsurvey.lib.addresses import country_of_phone
from cxsurvey.lib.periods import ALWAYS, Window, parse_window
from surveys.actions.deliver_limits import limits_now
from surveys.enums import Channel, DeliveryPurpose
from surveys.models import Customer, Delivery, Rule
from surveys.policy.channel_choice import Reachable
from surveys.policy.frequency import ALLOWED
from surveys.policy.may_send import Claimed
from surveys.queries.due import never_ask_flags, suppressed_channels

AT_ONCE = timedelta(hours=1)
HASHES = {Channel.EMAIL: "email_hash", Channel.SMS: "phone_hash"}


def facts_of(deliveries: Sequence[Delivery], now: datetime) -> dict[int, Claimed]:
    """What decides whether each of these messages may leave, by delivery id. A constant number of queries."""
    customers = [delivery.invitation.customer for delivery in deliveries]
    suppressed = suppressed_channels(hashes_of(customers), now)
    flags = never_ask_flags({each.pk for each in customers}, now)
    limits = limits_now(deliveries, now)
    return {
        delivery.pk: Claimed(
            channel=delivery.channel,
            invitation_state=delivery.invitation.state,
            expires_at=delivery.invitation.expires_at,
            customer=reachable(delivery.invitation.customer, suppressed, now, flags),
            kind=delivery.invitation.survey.kind,
            window=ALWAYS if _replies(delivery, now) else window_of(delivery.invitation.rule),
            zone=delivery.invitation.customer.time_zone,
            country=country_of(delivery.invitation.customer),
            fallback_zone=settings.TIME_ZONE,
            frequency=limits.get(delivery.pk, ALLOWED),
            closing=delivery.closing,
        )
        for delivery in deliveries
    }


def _replies(delivery: Delivery, now: datetime) -> bool:
    """Whether it answers somebody who has written a moment ago, and so may leave at whatever hour that was."""
    return delivery.purpose == DeliveryPurpose.CONVERSATION and now - delivery.created_at < AT_ONCE


def hashes_of(customers: Sequence[Customer]) -> set[bytes]:
    """The hashes of all their addresses."""
    found = (getattr(customer, name) for customer in customers for name in HASHES.values())
    return {bytes(each) for each in found if each}


def reachable(
    customer: Customer, suppressed: Mapping[bytes, Mapping[str, str]], now: datetime, flags: Mapping[int, str]
) -> Reachable:
    """How the customer may be reached. A suppression of all channels holds for the person, not for one address.

    `flags` are never-ask flags by customer id.
    """
    closed: dict[str, str] = {}
    for channel, name in HASHES.items():
        entries = suppressed.get(bytes(getattr(customer, name) or b""), {})
        closed |= {key: reason for key, reason in entries.items() if key in ("", channel)}
    addresses = {Channel.EMAIL: customer.email, Channel.SMS: customer.phone}
    consents = {
        Channel.EMAIL: customer.consent_email and customer.basis_email,  # a consent that rests on nothing is none
        Channel.SMS: customer.consent_sms and customer.basis_sms,
    }
    return Reachable(
        addresses=frozenset(channel for channel, address in addresses.items() if address),
        consents=frozenset(channel for channel, given in consents.items() if given),
        suppressed=closed,
        prefers=customer.preferred_channel,
        never_ask=flags.get(customer.pk, ""),
        paused=customer.paused_until is not None and customer.paused_until > now,
        refuses=frozenset(customer.refuses),
    )


def window_of(rule: Rule | None) -> Window:
    """The hours of the rule; a rule that has been deleted meanwhile holds nothing back."""
    return _window(rule.window) if rule else ALWAYS


def country_of(customer: Customer) -> str:
    """Where the customer probably is, for the hours, if no time zone is known."""
    return "" if customer.time_zone or not customer.phone else country_of_phone(customer.phone) or ""


@lru_cache(maxsize=256)
def _window(text: str) -> Window:
    return parse_window(text)
