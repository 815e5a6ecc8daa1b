"""SMS by the HTTP API of Vonage (Nexmo) and of those compatible with it: sending, receipts, inbound, signatures."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final

import requests

from surveys.channels.base import (
    REPLAY_SECONDS,
    ChannelFailure,
    DeliveryClass,
    Message,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    UnknownOutcome,
)
from surveys.channels.http import json_of
from surveys.channels.sms.base import Call, Inbound, StatusReport, segments
from surveys.channels.sms.http import HttpSmsChannel

REFERENCE: Final = "client-ref"  # comes back with each receipt
DEAD_NUMBER: Final = frozenset({"3", "9"})  # absent for good; illegal number
OPTED_OUT: Final = ""  # this API tells of no opt-out of its own
_STATES: Final = {
    "accepted": "queued",
    "buffered": "sending",
    "delivered": "delivered",
    "expired": "undelivered",
    "failed": "undelivered",
    "rejected": "undelivered",
}
_ACCOUNT: Final = frozenset({"4", "8", "9", "14"})  # log-in, account barred, no credit, our own signature
_LATER: Final = frozenset({"1", "5", "10"})  # too fast, the provider's own error, too many connections
_BAD_NUMBER: Final = frozenset({"33"})  # number deactivated


class VonageChannel(HttpSmsChannel):
    """Class L: receipts carry our reference, so an unknown outcome can be settled by them."""

    name: ClassVar[str] = "vonage"
    delivery_class: ClassVar[DeliveryClass] = "L"

    def _log_in(self, session: requests.Session) -> None:
        """The log-in is part of each form."""

    def _url(self) -> str:
        return f"{self.account.base_url.rstrip('/')}/sms/json"

    def _form(self, message: Message) -> dict[str, str]:
        account, text = self.account, message.filled(message.text)
        form = {"api_key": account.account, "api_secret": account.secret, "text": text}
        form |= {
            "to": message.recipient.removeprefix("+"),
            "from": (message.sender or account.sender).removeprefix("+"),
        }
        form[REFERENCE] = message.message_id
        if segments(text).encoding == "UCS-2":
            form["type"] = "unicode"
        if account.status_callback:
            form["callback"] = account.status_callback
        return form

    def _receipt(self, response: requests.Response, message: Message) -> Receipt:
        """200 says nothing yet: each part has a status. The first part's id names the message."""
        parts = json_of(response).get("messages")
        if not isinstance(parts, list) or not parts or not all(isinstance(part, dict) for part in parts):
            raise UnknownOutcome("The provider answered without saying what became of the message.", "200")
        status = str(parts[0].get("status", ""))
        if status != "0":
            raise _refusal(status, str(parts[0].get("error-text", "")), response)
        provider_id = str(parts[0].get("message-id") or "")
        if not provider_id:
            raise UnknownOutcome("The provider accepted the request without a readable id.", "200")
        return Receipt(provider_id, len(parts))


def _refusal(status: str, words: str, response: requests.Response) -> ChannelFailure:
    if not status.isdigit():
        return UnknownOutcome(f"A status that is no number: {words}", status[:20])
    if status in _LATER:
        told = response.headers.get("Retry-After", "")
        return TemporaryFailure(words, status, retry_after=float(told) if told.isdigit() else None)
    if status in _ACCOUNT:
        return TemporaryFailure(words, status, account_fault=True)
    return PermanentFailure(words, status, hard_bounce=status in _BAD_NUMBER)


# ---- what the provider sends to us -----------------------------------------------------------------------------------


def signature(form: Mapping[str, Sequence[str]], secret: str) -> str:
    """HMAC-SHA256 in hex over "&key=value" of all fields but sig, sorted; & and = in values become underscores.

    Source: Vonage, "Signing messages" (the account's signature method must be SHA-256 HMAC).
    """
    pairs = ((key, values[-1]) for key, values in sorted(form.items()) if key != "sig" and values)
    text = "".join(f"&{key}={value.replace('&', '_').replace('=', '_')}" for key, value in pairs)
    return hmac.digest(secret.encode(), text.encode("utf-8", "surrogatepass"), "sha256").hex()


def is_genuine(call: Call, secret: str, now: datetime) -> bool:
    """Signed by the provider within the last five minutes. Without a secret, signature or time never: fail closed."""
    given = call.form.get("sig", [""])[-1].lower()
    at = call.form.get("timestamp", [""])[-1]
    if not secret or not given or not at.isascii() or not at.isdigit():
        return False
    if abs(now.timestamp() - int(at[:12])) > REPLAY_SECONDS:
        return False
    return hmac.compare_digest(signature(call.form, secret).encode(), given.encode("utf-8", "surrogatepass"))


def read(form: Mapping[str, str], reference: str) -> StatusReport | Inbound:  # noqa: ARG001 - ours comes in the form
    """What a call tells; ValueError where it names no message. Receipts carry a status, inbound messages a text."""
    provider_id = form.get("messageId") or form.get("message-id") or ""
    if not provider_id:
        raise ValueError("The callback names no message: messageId is missing.")
    if "status" in form:
        status = form["status"].lower()
        return StatusReport(
            provider_id, _STATES.get(status, ""), status, form.get("err-code", ""), form.get(REFERENCE, "")
        )
    if not form.get("msisdn"):
        raise ValueError("The inbound message lacks msisdn.")
    return Inbound(provider_id, f"+{form['msisdn'].lstrip('+')}", form.get("to", ""), form.get("text", ""))


def answer(text: str) -> None:  # noqa: ARG001 - providers alike
    """Nothing in our reply to a call reaches whoever wrote: an answer is a message of its own."""
    return
