"""Messages that people send to us: STOP, START and HELP are obeyed, the rest is a reply or for people (G6)."""

import logging
from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cxsurvey.lib.addresses import AddressError, lookup_hash, normalise_phone
from surveys.actions.conversations import hand_over, pause
from surveys.actions.deliver_carriers import carrier_for
from surveys.actions.handled import Handled
from surveys.actions.suppress import opt_out_address, resume_address
from surveys.channels.base import ChannelFailure, Message
from surveys.channels.sms.keywords import Keyword, keyword
from surveys.enums import Channel
from surveys.models import Customer, ProviderCallback
from surveys.policy.basis import Basis

log = logging.getLogger(__name__)

FOR_A_PERSON: Final = "for a person: "


def address_hash_of(number: str) -> bytes:
    """The look-up hash of whoever wrote; short numbers and names are hashed as they are."""
    try:
        number = normalise_phone(number, settings.PHONE_REGION or None)
    except AddressError:
        number = number.strip()
    return lookup_hash("phone", number, settings.ADDRESS_KEY.encode())


def handle_inbound(row: ProviderCallback, now: datetime, *, patient: bool) -> Handled:  # noqa: ARG001 - handlers alike
    """Obey a keyword, and answer it in the customer's language; `reply` is sent with the provider's own reply."""
    address_hash = bytes.fromhex(row.payload["address_hash"])
    meaning = keyword(row.payload["text"])
    with translation.override(_language(address_hash)):
        if meaning == Keyword.STOP:
            return _stop(address_hash, f"{row.provider} {row.event_id}", now)
        if meaning == Keyword.START:
            return _start(address_hash, f"{row.provider} {row.event_id}", now)
        if meaning == Keyword.HELP:
            return Handled("help", reply=_help())
    if meaning == Keyword.AMBIGUOUS:
        pause(address_hash)
        return Handled(FOR_A_PERSON + "may mean stop")
    return Handled("a reply" if hand_over(row, address_hash, now) else FOR_A_PERSON + "a message")


def settle_inbound(rows: Collection[int], by: str, now: datetime) -> int:
    """A person has seen to these messages; the number settled."""
    open_rows = ProviderCallback.objects.filter(pk__in=rows, kind="inbound", settled_at=None)
    return open_rows.update(settled_at=now, settled_by=by[:150])


def opt_out_senders(rows: Collection[int], by: str, now: datetime) -> int:
    """A person has understood these messages as a stop: obey it; the number of messages settled."""
    with transaction.atomic():
        for row in ProviderCallback.objects.filter(pk__in=rows, kind="inbound", settled_at=None):
            source = f"{row.provider} {row.event_id}, read by {by}"
            opt_out_address(bytes.fromhex(row.payload["address_hash"]), Channel.SMS, source[:200], now)
        return settle_inbound(rows, by, now)


def answer_by_message(row_id: int, number: str, text: str) -> bool:
    """Send the answer as a message of its own, where the provider takes none in our reply; at most once.

    Whoever wrote has asked for it, so neither caps nor hours hold it back; a stop that it confirms is obeyed already.
    """
    message = Message(recipient=number, text=text, message_id=f"answer-{row_id}")
    try:
        with carrier_for(Channel.SMS) as carrier:
            carrier.send(message)
    except (ChannelFailure, ValueError) as failure:
        log.warning("The answer to callback %s could not be sent: %s", row_id, failure)
        return False
    return True


def _stop(address_hash: bytes, source: str, now: datetime) -> Handled:
    """One confirmation, without anything else in it; whoever had stopped before gets no second one."""
    if not opt_out_address(address_hash, Channel.SMS, source, now):
        return Handled("stop, as before")
    text = _("%(sender)s: you will get no more text messages from us. START to get them again.")
    return Handled("stop", reply=text % {"sender": _sender()})


def _start(address_hash: bytes, source: str, now: datetime) -> Handled:
    if not resume_address(address_hash, Channel.SMS, Basis.of(source, now, "START"), now):
        return Handled("start, but had not stopped")
    text = _("%(sender)s: you may get short questions from us again. STOP to end.")
    return Handled("start", reply=text % {"sender": _sender()})


def _help() -> str:
    text = _("%(sender)s: short questions after you were in touch with us. STOP to end.")
    return text % {"sender": _sender()}


def _sender() -> str:
    return str(settings.SMS_SENDER_NAME or settings.SENDER_NAME)


def _language(address_hash: bytes) -> str:
    customer = Customer.objects.filter(phone_hash=address_hash).only("language").order_by("pk").first()
    short = customer.language.partition("-")[0].lower() if customer else ""
    return short if short in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
