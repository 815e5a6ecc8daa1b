"""A message as MIME: text and HTML, fixed Message-ID, one-click unsubscribe (RFC 2369, RFC 8058).

What many messages share is made once by Django's EmailMessage, with place-holders as long as what will stand there;
each message is poured into that mould. So there is one way to make a mail, and a thousand cost as much as a few.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.generator import BytesGenerator
from email.utils import formatdate, parseaddr
from functools import lru_cache
from io import BytesIO
from typing import Final

from django.core.mail import EmailMultiAlternatives

from surveys.channels.base import Message, UnsafeMessage

_UNSAFE: Final = re.compile(r"[\s,;<>\"]")
_ATOMS: Final = r"[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*"
_PLAIN: Final = re.compile(rf"{_ATOMS}@{_ATOMS}")  # nearly every address: nothing in it that a header would heed


def build(message: Message, sender: str) -> bytes:
    """The whole message with CRLF line ends, as it goes over the wire before dot-stuffing."""
    own = _own_headers(message) | dict(message.marks)
    shape = Shape(
        subject=message.subject,
        text=message.text,
        html=message.html,
        language=message.language,
        sender=sender,
        reply_to=message.reply_to,
        headers=tuple(message.headers.items()),
        one_click=bool(message.unsubscribe_url),
        marks=tuple((mark, len(value)) for mark, value in message.marks.items()),
    )
    mould = _mould(shape) if "".join(own.values()).isascii() else None
    return mould.pour(own) if mould else _wire(email_of(message, sender))


def email_of(message: Message, sender: str) -> EmailMultiAlternatives:
    """The message as Django's backends take it."""
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.filled(message.text),
        from_email=sender,
        to=[only_address(message.recipient)],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers=_shared_headers(message) | _own_headers(message),
    )
    if message.html:
        mail.attach_alternative(message.filled(message.html), "text/html")
    return mail


def _shared_headers(message: Message) -> dict[str, str]:
    headers = {"Auto-Submitted": "auto-generated", **message.headers}  # RFC 3834: no out-of-office replies
    if message.language:
        headers["Content-Language"] = message.language
    if message.unsubscribe_url:
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _own_headers(message: Message) -> dict[str, str]:
    """Headers that differ from one recipient to the next."""
    own = {"To": only_address(message.recipient), "Message-ID": message.message_id, "Date": formatdate()}
    if message.unsubscribe_url:
        own["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
    return own


def only_address(text: str) -> str:
    """The text itself if it is one bare address: never a display name, never a list."""
    if _PLAIN.fullmatch(text):
        return text
    if parseaddr(text)[1] != text or text.count("@") != 1 or _UNSAFE.search(text):
        raise UnsafeMessage(f"The recipient {text[:60]!a} is not one bare address.")
    return text


def dot_stuff(data: bytes) -> bytes:
    """The data as SMTP wants it (RFC 5321, 4.5.2): leading dots doubled, final line end, terminating dot."""
    stuffed = b"." + data if data.startswith(b".") else data
    stuffed = stuffed.replace(b"\n.", b"\n..")
    return stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n"


@dataclass(frozen=True)
class Shape:
    """All that messages of one mould share; of the recipients' own only the marks and how long they become."""

    subject: str
    text: str
    html: str
    language: str
    sender: str
    reply_to: str
    headers: tuple[tuple[str, str], ...]
    one_click: bool
    marks: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Mould:
    """The finished bytes, cut where something of the recipient's own stands; `names` tells what."""

    pieces: tuple[bytes, ...]
    names: tuple[str, ...]

    def pour(self, own: Mapping[str, str]) -> bytes:
        """The mail of one recipient."""
        values = {name: value.encode("ascii") for name, value in own.items()}
        mail = [self.pieces[0]]
        for name, piece in zip(self.names, self.pieces[1:], strict=True):
            mail += (values[name], piece)
        return b"".join(mail)


@lru_cache(maxsize=128)
def _mould(shape: Shape) -> Mould | None:
    """The mould of this shape; None where a place-holder did not come through whole (folded, quoted-printable)."""
    marks = {mark: _holder(number, length) for number, (mark, length) in enumerate(shape.marks)}
    message = Message(
        recipient=f"{_holder(10, 20)}@example.org",
        text=shape.text,
        message_id=f"<{_holder(11, 30)}>",
        subject=shape.subject,
        html=shape.html,
        language=shape.language,
        reply_to=shape.reply_to,
        headers=dict(shape.headers) | {"Date": _holder(12, 30)},
        unsubscribe_url=_holder(13, 30) if shape.one_click else "",
        marks=marks,
    )
    headers = _own_headers(message) | {"Date": message.headers["Date"]}
    mail = email_of(message, shape.sender)
    mail.extra_headers.update(headers)
    expected = len(headers) + sum(shape.text.count(mark) + shape.html.count(mark) for mark in marks)
    return _cut(_wire(mail), {value.encode(): name for name, value in (headers | marks).items()}, expected)


def _holder(number: int, length: int) -> str:
    """A word of this length that stands nowhere else (never shorter than can be told apart)."""
    return f"Zq{number:02}".ljust(length - 1, "x") + "Z"


def _cut(wire: bytes, holders: Mapping[bytes, str], expected: int) -> Mould | None:
    either = re.compile(b"|".join(map(re.escape, holders)))
    names = [holders[found] for found in either.findall(wire)]
    return Mould(tuple(either.split(wire)), tuple(names)) if len(names) == expected else None


def _wire(mail: EmailMultiAlternatives) -> bytes:
    wire = BytesIO()
    BytesGenerator(wire, mangle_from_=False).flatten(mail.message(), linesep="\r\n")
    return wire.getvalue()
