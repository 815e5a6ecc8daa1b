"""An SMS provider that speaks the Twilio-compatible HTTP API: sending, receipts, inbound messages, signatures."""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import ClassVar, Final
from urllib.parse import quote, urlencode, urlsplit

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

from surveys.channels.base import (
    ChannelFailure,
    DeliveryClass,
    Message,
    OpenClose,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    UnknownOutcome,
)
from surveys.channels.sms.base import Inbound, StatusReport, segments

REFERENCE: Final = "ref"  # query key of the receipt address that carries our own id back
INVALID_NUMBER: Final = frozenset({"21211", "21214", "21217", "21614"})
OPTED_OUT: Final = "21610"
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


@dataclass(frozen=True)
class HttpApiAccount:
    """Account and addresses; `status_callback` is our public receipt address, blank for none. Times in seconds."""

    base_url: str
    account: str
    secret: str
    sender: str
    status_callback: str = ""
    connect_timeout: float = 10.0
    reply_timeout: float = 60.0


class HttpApiChannel(OpenClose):
    """Class L: receipts carry our reference, so an unknown outcome can be settled by them."""

    name: ClassVar[str] = "httpapi"
    delivery_class: ClassVar[DeliveryClass] = "L"

    def __init__(self, account: HttpApiAccount) -> None:
        self.account = account
        self._session: requests.Session | None = None

    def open(self) -> None:
        self.close()
        self._session = requests.Session()
        self._session.auth = (self.account.account, self.account.secret)
        self._session.trust_env = False  # no proxy or .netrc of the machine may see messages or replace the log-in

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def send(self, message: Message) -> Receipt:
        """POST one message. Only a reply is certain: without one after the request began, the outcome is unknown."""
        response = self._post(self._form(message))
        if response.status_code in (200, 201, 202):
            return self._receipt(response, message)
        raise _refusal(response)

    def _form(self, message: Message) -> dict[str, str]:
        account = self.account
        form = {"To": message.recipient, "From": message.sender or account.sender, "Body": message.filled(message.text)}
        if account.status_callback:
            joint = "&" if urlsplit(account.status_callback).query else "?"
            reference = urlencode({REFERENCE: message.message_id})
            form["StatusCallback"] = f"{account.status_callback}{joint}{reference}"
        return form

    def _post(self, form: dict[str, str]) -> requests.Response:
        if self._session is None:
            self.open()
        account = self.account
        url = f"{account.base_url.rstrip('/')}/2010-04-01/Accounts/{quote(account.account, safe='')}/Messages.json"
        times = (account.connect_timeout, account.reply_timeout)
        assert self._session is not None  # noqa: S101 - opened above; for the type checker
        try:
            return self._session.post(url, data=form, timeout=times, allow_redirects=False)
        except (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.InvalidURL) as error:
            raise TemporaryFailure(f"No connection to the SMS provider: {_kind(error)}", channel_fault=True) from error
        except requests.ConnectionError as error:
            if _never_connected(error):
                words = f"No connection to the SMS provider: {_kind(error)}"
                raise TemporaryFailure(words, channel_fault=True) from error
            raise UnknownOutcome(f"The connection was lost after the request began: {_kind(error)}") from error
        except requests.RequestException as error:
            raise UnknownOutcome(f"No usable reply after the request began: {_kind(error)}") from error

    def _receipt(self, response: requests.Response, message: Message) -> Receipt:
        """The provider's id; taken over without a readable id is unknown until a receipt names our reference."""
        body = _json(response)
        provider_id = str(body.get("sid") or "")
        if not provider_id:
            raise UnknownOutcome("The provider accepted the request without a readable id.", str(response.status_code))
        told = str(body.get("num_segments") or "")
        count = int(told) if told.isdigit() and int(told) else segments(message.filled(message.text)).count
        return Receipt(provider_id, count, str(body.get("status") or ""))


def _refusal(response: requests.Response) -> ChannelFailure:
    """The failure that a reply other than 200 to 202 means."""
    status = response.status_code
    body = _json(response)
    code = str(body.get("code") or status)
    words = str(body.get("message") or response.reason or "")
    if status == 504:  # a gateway gave up waiting: the provider behind it may have taken the message
        return UnknownOutcome(f"The provider's gateway timed out: {words}", code)
    if status in (408, 429) or status >= 500:
        return TemporaryFailure(words, code, retry_after=_retry_after(response), channel_fault=status >= 500)
    if status in (401, 402, 403):
        return TemporaryFailure(words, code, account_fault=True)
    if status == 404 or status < 400:
        return TemporaryFailure(words, code, channel_fault=True)
    return PermanentFailure(words, code, hard_bounce=code in INVALID_NUMBER, opted_out=code == OPTED_OUT)


def _never_connected(error: requests.ConnectionError) -> bool:
    """Whether the request certainly never began: no address, refused, unreachable."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, NewConnectionError | NameResolutionError)


def _json(response: requests.Response) -> Mapping[str, object]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _retry_after(response: requests.Response) -> float | None:
    """Seconds to wait: the header is a count of seconds or a date."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    try:
        return max((parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def _kind(error: Exception) -> str:
    """The name of a connection error: its text would carry the address of the account."""
    cause = error.args[0] if error.args else error
    return type(getattr(cause, "reason", cause)).__name__


# ---- what the provider sends to us -----------------------------------------------------------------------------------


def signature(url: str, form: Mapping[str, Sequence[str]], secret: str) -> str:
    """X-Twilio-Signature: HMAC-SHA1 over the exact public URL and the sorted parameters, in base64."""
    parameters = "".join(key + value for key in sorted(form) for value in sorted(set(form[key])))
    digest = hmac.digest(secret.encode(), (url + parameters).encode(), "sha1")
    return b64encode(digest).decode("ascii")


def is_signed(url: str, form: Mapping[str, Sequence[str]], secret: str, given: str) -> bool:
    """Whether a call really comes from the provider. Without a secret or a signature never: fail closed."""
    if not secret or not given:
        return False
    return hmac.compare_digest(signature(url, form, secret).encode(), given.encode("utf-8", "surrogatepass"))


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
