"""SMS by the HTTP API of Twilio and of those compatible with it: sending, receipts, inbound messages, signatures."""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final
from urllib.parse import quote, urlencode, urlsplit

import requests
from django.utils.html import format_html

from surveys.channels.base import (
    ChannelFailure,
    DeliveryClass,
    Message,
    PermanentFailure,
    Receipt,
    UnknownOutcome,
)
from surveys.channels.http import json_of, refusal
from surveys.channels.sms.base import Call, Inbound, StatusReport, segments
from surveys.channels.sms.http import HttpSmsChannel

REFERENCE: Final = "ref"  # query key of the receipt address that carries our own id back
INVALID_NUMBER: Final = frozenset({"21211", "21214", "21217", "21614"})
OPTED_OUT: Final = "21610"
DEAD_NUMBER: Final = frozenset({"30005", "30006"})  # unknown number; landline or carrier that takes no SMS
_STATES: Final = {
    "accepted": "queued",
    "scheduled": "queued",
    "queued": "queued",
    "sending": "sending",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
}


class TwilioChannel(HttpSmsChannel):
    """Class L: receipts carry our reference, so an unknown outcome can be settled by them."""

    name: ClassVar[str] = "twilio"
    delivery_class: ClassVar[DeliveryClass] = "L"

    def send(self, message: Message) -> Receipt:
        """POST one message; 400 and its kin are final."""
        response = self._post(self._url(), self._form(message))
        if response.status_code in (200, 201, 202):
            return self._receipt(response, message)
        raise _refusal(response)

    def _log_in(self, session: requests.Session) -> None:
        session.auth = (self.account.account, self.account.secret)

    def _url(self) -> str:
        account = self.account
        return f"{account.base_url.rstrip('/')}/2010-04-01/Accounts/{quote(account.account, safe='')}/Messages.json"

    def _form(self, message: Message) -> dict[str, str]:
        account, text = self.account, message.filled(message.text)
        form = {"To": message.recipient, "From": message.sender or account.sender, "Body": text}
        if account.status_callback:
            joint = "&" if urlsplit(account.status_callback).query else "?"
            reference = urlencode({REFERENCE: message.message_id})
            form["StatusCallback"] = f"{account.status_callback}{joint}{reference}"
        return form

    def _receipt(self, response: requests.Response, message: Message) -> Receipt:
        """The provider's id; taken over without a readable id is unknown until a receipt names our reference."""
        body = json_of(response)
        provider_id = str(body.get("sid") or "")
        if not provider_id:
            raise UnknownOutcome("The provider accepted the request without a readable id.", str(response.status_code))
        told = str(body.get("num_segments") or "")
        count = int(told) if told.isdigit() and int(told) else segments(message.filled(message.text)).count
        return Receipt(provider_id, count, str(body.get("status") or ""))


def _refusal(response: requests.Response) -> ChannelFailure:
    if not 400 <= response.status_code < 500 or response.status_code in (401, 402, 403, 404, 408, 429):
        return refusal(response)
    body = json_of(response)
    code = str(body.get("code") or response.status_code)
    words = str(body.get("message") or response.reason or "")
    return PermanentFailure(words, code, hard_bounce=code in INVALID_NUMBER, opted_out=code == OPTED_OUT)


# ---- what the provider sends to us -----------------------------------------------------------------------------------


def signature(url: str, form: Mapping[str, Sequence[str]], secret: str) -> str:
    """X-Twilio-Signature: HMAC-SHA1 over the exact public URL and the sorted parameters, in base64."""
    parameters = "".join(key + value for key in sorted(form) for value in sorted(set(form[key])))
    digest = hmac.digest(secret.encode(), (url + parameters).encode(), "sha1")
    return b64encode(digest).decode("ascii")


def is_genuine(call: Call, secret: str, now: datetime) -> bool:  # noqa: ARG001 - this scheme knows no time
    """Whether a call really comes from the provider. Without a secret or a signature never: fail closed.

    Nothing in it tells the time: a replay is stopped by its having been handled already.
    """
    given = call.headers.get("X-Twilio-Signature", "")
    if not secret or not given:
        return False
    return hmac.compare_digest(signature(call.url, call.form, secret).encode(), given.encode("utf-8", "surrogatepass"))


def read(form: Mapping[str, str], reference: str) -> StatusReport | Inbound:
    """What a call tells; ValueError where it names no message. A call without MessageStatus is somebody writing."""
    if "MessageStatus" not in form and ("Body" in form or form.get("SmsStatus") == "received"):
        return parse_inbound(form)
    return parse_status(form, reference)


def answer(text: str) -> tuple[str, str]:
    """Our reply to a call, and its content type: TwiML, by which the provider sends `text` back to whoever wrote."""
    body = format_html("<Message>{}</Message>", text) if text else ""
    markup = format_html('<?xml version="1.0" encoding="UTF-8"?><Response>{}</Response>', body)
    return markup, "text/xml; charset=utf-8"


def parse_status(form: Mapping[str, str], reference: str = "") -> StatusReport:
    """A receipt. ValueError where it names no message; words not known are kept with the state ""."""
    provider_id = form.get("MessageSid") or form.get("SmsSid") or ""
    if not provider_id:
        raise ValueError("The receipt names no message: MessageSid is missing.")
    status = (form.get("MessageStatus") or form.get("SmsStatus") or "").lower()
    return StatusReport(provider_id, _STATES.get(status, ""), status, form.get("ErrorCode", ""), reference)


def parse_inbound(form: Mapping[str, str]) -> Inbound:
    """A message that somebody sent to us. ValueError where it names no message or no sender."""
    provider_id = form.get("MessageSid") or form.get("SmsMessageSid") or ""
    if not provider_id or not form.get("From"):
        raise ValueError("The inbound message lacks MessageSid or From.")
    return Inbound(provider_id, form["From"], form.get("To", ""), form.get("Body", ""))
