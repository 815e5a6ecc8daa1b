"""The local inbox: every stand-in message is one JSON file in a folder (a mail also its .eml), written atomically."""

import json
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

ID_SHAPE: Final = re.compile(r"[0-9]{19}-[0-9a-f]{8}", re.ASCII)


@dataclass(frozen=True)
class Stored:
    """One message; `direction` is "out" for what we sent and "in" for what a person wrote to us."""

    id: str
    kind: str
    at: str
    direction: str
    sender: str
    recipient: str
    subject: str = ""
    text: str = ""
    html: str = ""

    @property
    def person(self) -> str:
        """Who is not us."""
        return self.recipient if self.direction == "out" else self.sender


class Inbox:
    """Reads and writes the folder; several processes may do so at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add_mail(self, raw: bytes, sender: str, recipients: list[str]) -> Stored:
        """Keep one mail as it came, and what can be shown of it."""
        mail = message_from_bytes(raw, policy=policy.default)
        stored = Stored(
            id=_new_id(),
            kind="email",
            at=datetime.now(UTC).isoformat(),
            direction="out",
            sender=str(mail.get("From", sender)),
            recipient=", ".join(recipients),
            subject=str(mail.get("Subject", "")),
            text=_part(mail, "plain"),
            html=_part(mail, "html"),
        )
        self._write(f"{stored.id}.eml", raw)
        return self._keep(stored)

    def add_sms(self, sender: str, recipient: str, text: str, direction: str = "out") -> Stored:
        """Keep one text message."""
        at = datetime.now(UTC).isoformat()
        return self._keep(Stored(_new_id(), "sms", at, direction, sender, recipient, text=text))

    def messages(self, search: str = "") -> Iterator[Stored]:
        """Newest first; only those with `search` in an address."""
        wanted = search.strip().casefold()
        for path in sorted(self.folder.glob("[0-9]*.json"), reverse=True):
            stored = _read(path)
            if wanted in f"{stored.sender} {stored.recipient}".casefold():
                yield stored

    def thread(self, person: str) -> list[Stored]:
        """All text messages to and from this number, as they came."""
        return [each for each in self.messages(person) if each.kind == "sms" and each.person == person][::-1]

    def get(self, message_id: str) -> Stored | None:
        """The message of this id, or None."""
        path = self.folder / f"{message_id}.json"
        return _read(path) if ID_SHAPE.fullmatch(message_id) and path.is_file() else None

    def raw(self, message_id: str) -> bytes:
        """The mail as it came over the wire; empty for a text message."""
        path = self.folder / f"{message_id}.eml"
        return path.read_bytes() if ID_SHAPE.fullmatch(message_id) and path.is_file() else b""

    def clear(self) -> int:
        """Throw everything away; the number of messages."""
        paths = list(self.folder.glob("[0-9]*.json"))
        for path in paths:
            path.with_suffix(".eml").unlink(missing_ok=True)
            path.unlink(missing_ok=True)
        return len(paths)

    def _keep(self, stored: Stored) -> Stored:
        self._write(f"{stored.id}.json", json.dumps(asdict(stored), ensure_ascii=False).encode())
        return stored

    def _write(self, name: str, content: bytes) -> None:
        """Whole or not at all: a reader never sees half a file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f".{name}"
        unfinished.write_bytes(content)
        unfinished.replace(self.folder / name)


def _new_id() -> str:
    """Sorts by time; the rest keeps two of one moment apart."""
    return f"{time.time_ns():019d}-{secrets.token_hex(4)}"


def _read(path: Path) -> Stored:
    return Stored(**json.loads(path.read_bytes()))


def _part(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):  # a charset that does not exist
        return (part.get_payload(decode=True) or b"").decode("utf-8", "replace")  # type: ignore[union-attr]
