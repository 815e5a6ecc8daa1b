"""Reads bounce messages: delivery reports (RFC 3464), complaints (RFC 5965); matched by Message-ID or address."""

import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from typing import Final, Literal
from uuid import UUID

Kind = Literal["failed", "delayed", "delivered", "complaint"]

_UUID: Final = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_MESSAGE_ID: Final = re.compile(rf"<({_UUID})@", re.IGNORECASE)
_VERP: Final = re.compile(r"\+([0-9a-f]{32})@", re.IGNORECASE)
_STATUS: Final = re.compile(r"([245]\.\d{1,3}\.\d{1,3})")
_ADDRESS: Final = re.compile(r"\S+@\S+")
_ACTIONS: Final[dict[str, Kind]] = {
    "failed": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
}


@dataclass(frozen=True)
class Report:
    """One report: about which delivery of ours, what it says, and an id that it has each time it is read."""

    id: str
    delivery: UUID
    kind: Kind
    status: str = ""
    words: str = ""

    @property
    def hard(self) -> bool:
        """Whether the address is no good: bad destination (5.1.x), disabled mailbox (5.2.1)."""
        return self.kind == "failed" and (self.status.startswith("5.1.") or self.status == "5.2.1")


def read_report(raw: bytes) -> Report | None:
    """The report, or None where it is none or about no message of ours (out-of-office replies, spam)."""
    mail = message_from_bytes(raw, policy=policy.compat32)
    delivery = _delivery(mail, raw)
    found = _complaint(mail) or _delivery_status(mail)
    if delivery is None or found is None:
        return None
    kind, status, words = found
    return Report(hashlib.sha256(raw).hexdigest(), delivery, kind, status, words)


def _delivery(mail: Message, raw: bytes) -> UUID | None:
    """Ours by the address it came to (bounces+…@), else by the Message-ID of the mail that it returns."""
    addresses = " ".join(
        str(value) for name in ("To", "Delivered-To", "X-Original-To") for value in mail.get_all(name, [])
    )
    verp = _VERP.search(addresses)
    if verp:
        return UUID(verp[1])
    body = raw.decode("ascii", "replace").partition("\r\n\r\n" if b"\r\n\r\n" in raw else "\n\n")[2]
    named = _MESSAGE_ID.search(body)
    return UUID(named[1]) if named else None


def _complaint(mail: Message) -> tuple[Kind, str, str] | None:
    for part in mail.walk():
        if part.get_content_type() == "message/feedback-report":
            return "complaint", "", "feedback report"
    return None


def _delivery_status(mail: Message) -> tuple[Kind, str, str] | None:
    """The first recipient's block of the machine-readable part; we write to one recipient at a time."""
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.get_payload() if part.is_multipart() else []:
            kind = _ACTIONS.get(str(block.get("Action", "")).strip().lower())  # type: ignore[union-attr]
            if kind:
                status = _STATUS.search(str(block.get("Status", "")))  # type: ignore[union-attr]
                words = str(block.get("Diagnostic-Code", ""))  # type: ignore[union-attr]
                return kind, status[1] if status else "", _ADDRESS.sub("(address)", " ".join(words.split()))[:200]
    return None
