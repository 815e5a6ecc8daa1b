"""What every channel is: a message in, a receipt out, and failures that tell what is certain (reliability R2, R4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Literal, Protocol, Self

# K: retries are safe by an idempotency key. L: an outcome can be looked up by our reference. N: neither (SMTP).
DeliveryClass = Literal["K", "L", "N"]

REPLAY_SECONDS: Final = 300.0  # a signed callback that is older than this, or so far ahead, counts as played again

_BREAKS = frozenset("\r\n\0\v\f\x1c\x1d\x1e\x85\u2028\u2029")


class UnsafeMessage(ValueError):
    """A line break or NUL where one line must stand: it could add headers or recipients."""


@dataclass(frozen=True)
class Message:
    """One message to one recipient, ready to leave. E-mail uses all of it, SMS recipient, text and message_id.

    `message_id` stays the same on every attempt: "<uuid@domain>" for e-mail, our delivery's id for SMS. `text` and
    `html` may hold marks, which stand for the recipient's own addresses: many messages share one text so.
    """

    recipient: str
    text: str
    message_id: str
    subject: str = ""
    html: str = ""
    language: str = ""
    sender: str = ""
    unsubscribe_url: str = ""
    reply_to: str = ""
    bounce_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)

    def filled(self, text: str) -> str:
        """The text with the recipient's own addresses in place of the marks."""
        for mark, value in self.marks.items():
            text = text.replace(mark, value)
        return text

    def __post_init__(self) -> None:
        lines = {
            "recipient": self.recipient,
            "message_id": self.message_id,
            "subject": self.subject,
            "language": self.language,
            "sender": self.sender,
            "reply_to": self.reply_to,
            "bounce_to": self.bounce_to,
            "unsubscribe_url": self.unsubscribe_url,
        }
        if not _BREAKS.isdisjoint(
            "".join((*lines.values(), *self.headers, *self.headers.values(), *self.marks.values()))
        ):
            self._refuse(lines)

    def _refuse(self, lines: Mapping[str, str]) -> None:
        named = [*lines.items(), *self.headers.items(), *((key, key) for key in self.headers), *self.marks.items()]
        for name, value in named:
            if _BREAKS & set(value):
                raise UnsafeMessage(f"The {name!a} of the message has a line break or NUL in it: {value[:60]!a}.")


@dataclass(frozen=True)
class Receipt:
    """The carrier took the message over: its own id, SMS segments where they count, its last words."""

    provider_id: str = ""
    segments: int | None = None
    detail: str = ""


class ChannelFailure(Exception):
    """A message did not go the plain way; `code` is the carrier's own, `detail` its words without addresses."""

    def __init__(self, detail: str, code: str = "") -> None:
        super().__init__(detail)
        self.detail = detail[:300]
        self.code = code


class TemporaryFailure(ChannelFailure):
    """Certainly not sent; may be tried again, not before `retry_after` seconds where the carrier names them.

    `channel_fault`: the fault is ours or the carrier's (log-in, account, connection), not this recipient's; after a
    few of them the channel should pause. `account_fault`: it will not pass by itself (wrong key, no credit).
    """

    def __init__(
        self,
        detail: str,
        code: str = "",
        *,
        retry_after: float | None = None,
        channel_fault: bool = False,
        account_fault: bool = False,
    ) -> None:
        super().__init__(detail, code)
        self.retry_after = retry_after
        self.channel_fault = channel_fault or account_fault
        self.account_fault = account_fault


class PermanentFailure(ChannelFailure):
    """Certainly not sent, and trying again is useless.

    `hard_bounce`: the address does not exist. `opted_out`: the carrier keeps an opt-out of this address.
    """

    def __init__(self, detail: str, code: str = "", *, hard_bounce: bool = False, opted_out: bool = False) -> None:
        super().__init__(detail, code)
        self.hard_bounce = hard_bounce
        self.opted_out = opted_out


class UnknownOutcome(ChannelFailure):
    """The connection died or timed out after the body began to leave: it may have been accepted. Never resend."""


class Channel(Protocol):
    """A carrier. open() and close() frame a batch; send() is called between them, one message at a time."""

    @property
    def name(self) -> str:
        """As it is called in settings and on the rows of its messages."""
        ...

    @property
    def delivery_class(self) -> DeliveryClass:
        """What a message of unknown fate may come to."""
        ...

    def open(self) -> None:
        """Connect. TemporaryFailure where that is not possible."""

    def send(self, message: Message) -> Receipt:
        """Hand one message over. TemporaryFailure, PermanentFailure or UnknownOutcome otherwise."""
        ...

    def close(self) -> None:
        """Disconnect; never raises."""

    def __enter__(self) -> Self:
        """Open."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""


class OpenClose:
    """`with channel:` opens and closes it."""

    def open(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
