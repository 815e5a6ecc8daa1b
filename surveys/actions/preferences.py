"""The verbs of the preferences page: what the customer chose, by channel and kind; recorded with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from surveys.actions.stop_messages import stop_messages
from surveys.actions.suppress import opt_out, resume
from surveys.enums import Channel, InvitationState, StopReason
from surveys.models import Customer, PreferenceChange
from surveys.policy.basis import Basis
from surveys.policy.reasons import Reason
from surveys.queries.preferences import ways_to_ask

SOURCE: Final = "preferences page"
TEXT: Final = "preferences page, 1"  # count up when the page asks for it in other words
PAUSE: Final = timedelta(days=90)


@dataclass(frozen=True)
class Wishes:
    """What a customer says; what he does not name, or None, stays as it is.

    `kinds` are keyed as channel:kind; `paused` True pauses everything from now on for 90 days, False ends a pause.
    """

    channels: Mapping[Channel, bool] = field(default_factory=dict)
    kinds: Mapping[str, bool] = field(default_factory=dict)
    paused: bool | None = None
    language: str | None = None
    preferred: str | None = None
    why: str = ""


@transaction.atomic
def save_preferences(customer: Customer, wishes: Wishes, now: datetime) -> dict[str, Any]:
    """Do what differs from what is so already, record it, and stop what waits against it; the changes by name.

    So a robot that posts the form as it was shown changes nothing.
    """
    known = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    changes = _channels(known, wishes.channels, now)
    fields = _kinds(known, wishes.kinds) | _pause(known, wishes.paused, now) | _plain(known, wishes)
    if fields:
        Customer.objects.filter(pk=known.pk).update(**fields)
    changes |= {name: _told(value) for name, value in fields.items()}
    if changes:
        _stop_waiting(known, fields)
        record(known, changes, SOURCE, now, wishes.why)
    return changes


@transaction.atomic
def stop_everything(customer: Customer, now: datetime, source: str = SOURCE, why: str = "") -> None:
    """No more asks by any channel; written even where it seems stopped already, so that it can be relied on."""
    opt_out(customer, list(Channel), source, now)
    record(customer, dict.fromkeys(Channel.values, False), source, now, why)


@transaction.atomic
def stop_channel(customer: Customer, channel: Channel, source: str, now: datetime) -> None:
    """No more asks by this channel: one click in the mail program. Once recorded, again changes nothing."""
    allowed = any(way.allowed for way in ways_to_ask(customer, now) if way.channel == channel)
    opt_out(customer, [channel], source, now)
    if allowed:
        record(customer, {str(channel): False}, source, now)


def record(customer: Customer, changes: Mapping[str, Any], source: str, now: datetime, why: str = "") -> None:
    """Write down what the customer chose."""
    reason = why if why in StopReason.values else ""
    PreferenceChange.objects.create(customer=customer, at=now, source=source, changes=dict(changes), why=reason)


def _channels(customer: Customer, wanted: Mapping[Channel, bool], now: datetime) -> dict[str, Any]:
    allowed = {way.channel for way in ways_to_ask(customer, now) if way.allowed}
    stopped = [each for each, yes in wanted.items() if not yes and each in allowed]
    resumed = [each for each, yes in wanted.items() if yes and each not in allowed]
    opt_out(customer, stopped, SOURCE, now)
    resume(customer, resumed, Basis.of(SOURCE, now, TEXT), now)
    return {str(each): False for each in stopped} | {str(each): True for each in resumed}


def _kinds(customer: Customer, wanted: Mapping[str, bool]) -> dict[str, Any]:
    refused = {key for key, yes in wanted.items() if not yes}
    kept = [each for each in customer.refuses if not wanted.get(each, False)]
    refuses = sorted({*kept, *refused})
    return {"refuses": refuses} if refuses != sorted(customer.refuses) else {}


def _pause(customer: Customer, paused: bool | None, now: datetime) -> dict[str, Any]:
    is_paused = customer.paused_until is not None and customer.paused_until > now
    if paused is None or paused == is_paused:
        return {}
    return {"paused_until": now + PAUSE if paused else None}


def _plain(customer: Customer, wishes: Wishes) -> dict[str, Any]:
    told = {"language": wishes.language, "preferred_channel": wishes.preferred}
    return {name: value for name, value in told.items() if value is not None and value != getattr(customer, name)}


def _stop_waiting(customer: Customer, fields: Mapping[str, Any]) -> None:
    """Stop the asks that have not left yet and are no longer wanted; a link that he has keeps working."""
    waiting = Q(customer=customer, state=InvitationState.PLANNED)
    for channel in Channel:
        if fields.get("paused_until"):
            stop_messages(waiting, channel, Reason.PAUSED)
        kinds = [each.partition(":")[2] for each in fields.get("refuses", ()) if each.startswith(f"{channel}:")]
        if kinds:
            stop_messages(waiting & Q(survey__kind__in=kinds), channel, Reason.NOT_WANTED)


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
