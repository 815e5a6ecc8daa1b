"""Where a request comes from: its network address as a keyed hash, its program, and a sealed note on its own form."""

import hmac
import ipaddress
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest

MAX_AGENT: Final = 200
SEAL_BYTES: Final = 12


def address_of(request: HttpRequest) -> str:
    """The network address: of the connection, or behind a proxy the one that the proxy wrote, never an earlier one.

    An IPv6 address is cut to its network (/64), which is what one household or office has.
    """
    text = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        text = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip() or text
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)


def address_hash(request: HttpRequest) -> bytes:
    """The address in a form that can be compared but not read."""
    return hmac.digest(settings.ADDRESS_KEY.encode(), b"cxsurvey.visitor\0" + address_of(request).encode(), "sha256")


def agent_of(request: HttpRequest) -> str:
    """What the program calls itself, short and free of control characters."""
    text = request.headers.get("User-Agent", "")[:MAX_AGENT]
    return "".join(each for each in text if each.isprintable())


def seal(occasion: str, now: datetime, chosen: str = "") -> str:
    """A note for a hidden field: when the page was made and what its link had chosen. Nobody else can make one."""
    body = f"{int(now.timestamp() * 1000):x}.{chosen}"
    return f"{body}.{_seal(occasion, body)}"


def unseal(occasion: str, note: str) -> tuple[datetime, str] | None:
    """What seal() was given for the same occasion; None for anything else."""
    body, _, sealed = note.rpartition(".")
    if not body or not hmac.compare_digest(sealed.encode("utf-8", "replace"), _seal(occasion, body).encode()):
        return None
    moment, _, chosen = body.partition(".")
    return datetime.fromtimestamp(int(moment, 16) / 1000, UTC), chosen


def _seal(occasion: str, body: str) -> str:
    message = f"cxsurvey.page\0{occasion}\0{body}".encode("utf-8", "replace")
    return urlsafe_b64encode(hmac.digest(settings.TOKEN_KEY.encode(), message, "sha256")[:SEAL_BYTES]).decode("ascii")
