"""What is certain when a request to a provider breaks, and what its HTTP status means for the message (R4)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

from surveys.channels.base import ChannelFailure, TemporaryFailure, UnknownOutcome


def failure_of(error: requests.RequestException) -> ChannelFailure:
    """A request without a usable reply: not sent where it never began, else unknown."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError | requests.exceptions.InvalidURL):
        return TemporaryFailure(f"No connection to the provider: {_kind(error)}", channel_fault=True)
    if isinstance(error, requests.ConnectionError):
        if never_connected(error):
            return TemporaryFailure(f"No connection to the provider: {_kind(error)}", channel_fault=True)
        return UnknownOutcome(f"The connection was lost after the request began: {_kind(error)}")
    return UnknownOutcome(f"No usable reply after the request began: {_kind(error)}")


def refusal(response: requests.Response) -> ChannelFailure:
    """What an HTTP status outside 200 to 202 means for a message, whoever the provider is; 400 is its own to tell."""
    status = response.status_code
    body = json_of(response)
    code = str(body.get("code") or status)
    words = str(body.get("message") or response.reason or "")
    if status == 504:  # a gateway gave up waiting: the provider behind it may have taken the message
        return UnknownOutcome(f"The provider's gateway timed out: {words}", code)
    if status in (408, 429) or status >= 500:
        return TemporaryFailure(words, code, retry_after=retry_after(response), channel_fault=status >= 500)
    if status in (401, 402, 403):
        return TemporaryFailure(words, code, account_fault=True)
    return TemporaryFailure(words, code, channel_fault=True)


def json_of(response: requests.Response) -> Mapping[str, object]:
    """The reply as an object; empty where it is none."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def retry_after(response: requests.Response) -> float | None:
    """Seconds to wait: the header is a count of seconds or a date."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    try:
        return max((parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def never_connected(error: requests.ConnectionError) -> bool:
    """Whether the request certainly never began: no address, refused, unreachable."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, NewConnectionError | NameResolutionError)


def _kind(error: Exception) -> str:
    """The name of a connection error: its text would carry the address of the account."""
    cause = error.args[0] if error.args else error
    return type(getattr(cause, "reason", cause)).__name__
