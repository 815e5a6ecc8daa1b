"""What every SMS provider shares: segments of a text, states of a message and their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from smpplib import consts, gsm

Encoding = Literal["GSM-7", "UCS-2"]


@dataclass(frozen=True)
class Segments:
    """How a text will be charged: parts, alphabet, and the characters that force UCS-2."""

    count: int
    encoding: Encoding
    foreign: str = ""


def segments(text: str) -> Segments:
    """Segments of a text: 160/153 characters in GSM-7, 70/67 in UCS-2. An empty text is one segment."""
    parts, encoding, _esm = gsm.make_parts(_straight(text), consts.SMPP_ENCODING_DEFAULT)
    if encoding == consts.SMPP_ENCODING_DEFAULT:
        return Segments(max(len(parts), 1), "GSM-7")
    foreign = "".join(dict.fromkeys(char for char in text if not _is_gsm(char)))
    return Segments(max(len(parts), 1), "UCS-2", foreign)


def plain_signs(text: str) -> str:
    """The text with plain quotes, dashes and blanks where these alone force UCS-2: it reads the same, for less."""
    if segments(text).encoding == "GSM-7":
        return text
    plain = text.translate(_PLAIN)
    return plain if segments(plain).encoding == "GSM-7" else text


_PLAIN: Final = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
    }
    | {"\u2013": "-", "\u2014": "-", "\u2011": "-", "\u00a0": " ", "\u202f": " ", "\u2026": "..."}
)


def _is_gsm(char: str) -> bool:
    try:
        gsm.gsm_encode(_straight(char))
    except UnicodeError:
        return False
    return True


def _straight(text: str) -> str:
    """The library's table uses the backtick as a filler, so it would take a backtick for GSM-7: it is not."""
    return text.replace("`", "\u2018")


# Final states never go back, and a later state never becomes an earlier one, in whatever order receipts arrive.
RANK: Final = {"queued": 1, "sending": 2, "sent": 3, "undelivered": 4, "failed": 4, "delivered": 5}


def moves_forward(old: str, new: str) -> bool:
    """Whether a receipt may move a message from the old state to the new one; unknown states never do."""
    return RANK.get(new, 0) > RANK.get(old, 0)


@dataclass(frozen=True)
class StatusReport:
    """A provider's word on one message. `state` is one of RANK, or "" where the provider's word is not known."""

    provider_id: str
    state: str
    status: str
    error_code: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Inbound:
    """A message that somebody sent to us; numbers in E.164."""

    provider_id: str
    sender: str
    recipient: str
    text: str


@dataclass(frozen=True)
class Call:
    """A provider's call of our hook: the public address with its query, the fields, and the headers."""

    url: str
    form: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
