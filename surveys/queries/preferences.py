"""What a customer's preferences page shows: the ways in which we could ask, and whether we may."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from cxsurvey.lib.masking import mask_email, mask_phone
from cxsurvey.lib.tokens import digest, looks_like_token
from surveys.enums import Channel, SuppressionReason, SurveyKind
from surveys.models import Customer, Invitation, Suppression


@dataclass(frozen=True)
class Way:
    """One channel to a customer: the address, unreadable for others, whether asking by it is allowed, and what about.

    `kinds` are those of surveys, each with whether it is wanted by this channel.
    """

    channel: Channel
    address: str
    allowed: bool
    kinds: tuple[tuple[SurveyKind, bool], ...] = ()


def invitation_of_preferences(token: str) -> Invitation | None:
    """The invitation whose preferences link this is, in whatever state: stopping must always work."""
    if not looks_like_token(token):
        return None
    return Invitation.objects.select_related("customer").filter(preferences_hash=digest(token)).first()


def ways_to_ask(customer: Customer, now: datetime) -> list[Way]:
    """The channels for which we have an address of this customer. One query."""
    hashes = {Channel.EMAIL: customer.email_hash, Channel.SMS: customer.phone_hash}
    stopped = _opted_out([bytes(each) for each in hashes.values() if each], now)
    every = [
        (Channel.EMAIL, customer.email, mask_email, bool(customer.consent_email and customer.basis_email)),
        (Channel.SMS, customer.phone, mask_phone, bool(customer.consent_sms and customer.basis_sms)),
    ]
    return [
        Way(
            channel,
            mask(address),
            consent and not {(hashes[channel], channel), (hashes[channel], "")} & stopped,
            tuple((kind, f"{channel}:{kind}" not in customer.refuses) for kind in SurveyKind),
        )
        for channel, address, mask, consent in every
        if address
    ]


def _opted_out(hashes: list[bytes], now: datetime) -> set[tuple[bytes | None, str]]:
    rows = Suppression.objects.filter(address_hash__in=hashes, reason=SuppressionReason.OPT_OUT)
    active = rows.filter(Q(until__isnull=True) | Q(until__gt=now)).values_list("address_hash", "channel")
    return {(bytes(address_hash), channel) for address_hash, channel in active}
