"""Verbs of not being written to: suppress an address, opt out, resume, hard bounce, complaint (reliability R18)."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from surveys.actions.evidence import move_by_evidence
from surveys.actions.stop_messages import stop_messages
from surveys.actions.watch import watch
from surveys.enums import Channel, DeliveryState, SuppressionReason
from surveys.models import Customer, Delivery, Suppression
from surveys.policy.basis import Basis
from surveys.policy.reasons import Reason, reason_of_suppression
from surveys.queries.dispatch import OURS

HASH_FIELD = {Channel.EMAIL: "email_hash", Channel.SMS: "phone_hash"}
CONSENT_FIELD = {Channel.EMAIL: "consent_email", Channel.SMS: "consent_sms"}
BASIS_FIELD = {Channel.EMAIL: "basis_email", Channel.SMS: "basis_sms"}


def suppress(address_hash: bytes, channel: str, reason: str, source: str, now: datetime) -> bool:
    """Write nothing more to this address by this channel ("" = all); False where that was so already.

    Open invitations by that channel are closed and their waiting messages stopped, in the same transaction.
    """
    key = {"address_hash": address_hash, "channel": channel, "reason": reason}
    with transaction.atomic():
        _, created = Suppression.objects.get_or_create(**key, defaults={"source": source, "since": now})
        again = not created and bool(
            Suppression.objects.filter(**key, until__isnull=False).update(since=now, until=None, source=source)
        )
        for each in [Channel(channel)] if channel else Channel:
            stop_messages(_people(address_hash, channel), each, reason_of_suppression(reason))
    return created or again


def _people(address_hash: bytes, channel: str) -> Q:
    """Whose invitations a suppression concerns: for one channel its address; for all, the person who has it."""
    fields = [HASH_FIELD[Channel(channel)]] if channel else HASH_FIELD.values()
    return reduce(or_, (Q(**{f"customer__{field}": address_hash}) for field in fields))


def lift(address_hash: bytes, channel: str, reason: str, now: datetime) -> bool:
    """End the suppression of this address for this reason; the row stays as its history. False: there was none."""
    rows = Suppression.objects.filter(address_hash=address_hash, channel__in={channel, ""}, reason=reason)
    return bool(rows.filter(Q(until__isnull=True) | Q(until__gt=now)).update(until=now))


def opt_out_address(address_hash: bytes, channel: Channel, source: str, now: datetime) -> bool:
    """Whoever has this address has said stop; False where that was so already (for "one confirmation only")."""
    with transaction.atomic():
        customers = Customer.objects.filter(**{HASH_FIELD[channel]: address_hash, CONSENT_FIELD[channel]: True})
        customers.update(**{CONSENT_FIELD[channel]: False, BASIS_FIELD[channel]: {}})
        return suppress(address_hash, channel, SuppressionReason.OPT_OUT, source, now)


def opt_out(customer: Customer, channels: Iterable[Channel], source: str, now: datetime) -> None:
    """The customer wants no more asks by these channels, whether or not we hold an address for them."""
    with transaction.atomic():
        for channel in channels:
            Customer.objects.filter(pk=customer.pk).update(**{CONSENT_FIELD[channel]: False, BASIS_FIELD[channel]: {}})
            address_hash = getattr(customer, HASH_FIELD[channel])
            if address_hash:
                opt_out_address(bytes(address_hash), channel, source, now)
            else:
                stop_messages(Q(customer=customer), channel, Reason.OPTED_OUT)


def resume(customer: Customer, channels: Iterable[Channel], basis: Basis, now: datetime) -> None:
    """The customer said himself that he may be asked by these channels; bounces, complaints and never-ask stay."""
    with transaction.atomic():
        for channel in channels:
            told = {CONSENT_FIELD[channel]: True, BASIS_FIELD[channel]: basis.document()}
            Customer.objects.filter(pk=customer.pk).update(**told)
            address_hash = getattr(customer, HASH_FIELD[channel])
            if address_hash:
                lift(bytes(address_hash), channel, SuppressionReason.OPT_OUT, now)


def resume_address(address_hash: bytes, channel: Channel, basis: Basis, now: datetime) -> bool:
    """START by somebody who had said STOP: only then is it a consent; False where nothing was lifted."""
    with transaction.atomic():
        lifted = lift(address_hash, channel, SuppressionReason.OPT_OUT, now)
        if lifted:
            customers = Customer.objects.filter(**{HASH_FIELD[channel]: address_hash})
            customers.update(**{CONSENT_FIELD[channel]: True, BASIS_FIELD[channel]: basis.document()})
    return lifted


def hard_bounce(delivery: Delivery, cause: str, now: datetime) -> bool:
    """The address does not exist: mark the message (unless it failed at once) and suppress the address."""
    return _end_address(delivery, DeliveryState.BOUNCED, SuppressionReason.BOUNCE, cause, now)


def complaint(delivery: Delivery, cause: str, now: datetime) -> bool:
    """The customer called the message spam: mark it and suppress the address."""
    return _end_address(delivery, DeliveryState.COMPLAINED, SuppressionReason.COMPLAINT, cause, now)


def _end_address(delivery: Delivery, state: DeliveryState, reason: str, cause: str, now: datetime) -> bool:
    customer = delivery.invitation.customer
    address_hash = getattr(customer, HASH_FIELD[Channel(delivery.channel)])
    with transaction.atomic():
        move_by_evidence(delivery.pk, state, cause)
        if not address_hash:
            return False
        ended = suppress(bytes(address_hash), delivery.channel, reason, f"{OURS}{delivery.public_id}", now)
        watch(delivery.channel, now)
        return ended
