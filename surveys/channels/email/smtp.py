"""SMTP over one reused connection, driven verb by verb, so that it is known what is certain when it breaks."""

import smtplib
import ssl
from dataclasses import dataclass
from email.utils import parseaddr
from functools import lru_cache
from typing import ClassVar, Final
from urllib.parse import unquote, urlsplit

from surveys.channels.base import (
    DeliveryClass,
    Message,
    OpenClose,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    UnknownOutcome,
    UnsafeMessage,
)
from surveys.channels.email.mime import build, dot_stuff, only_address

DATA_GO_AHEAD = 354
CLOSING = 421
LOST = (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException, OSError)


@dataclass(frozen=True)
class SmtpServer:
    """Where and how to connect; times in seconds (reliability R4)."""

    host: str
    port: int = 25
    username: str = ""
    password: str = ""
    security: str = "none"  # none, starttls, tls
    connect_timeout: float = 10.0
    reply_timeout: float = 60.0
    local_hostname: str | None = None

    @classmethod
    def from_url(cls, url: str) -> "SmtpServer":
        """smtp://user:password@host:port, smtp+tls://… (STARTTLS) or smtps://…; parts are percent-decoded."""
        parts = urlsplit(url)
        kinds = {"smtp": ("none", 25), "smtp+tls": ("starttls", 587), "smtps": ("tls", 465)}
        if parts.scheme not in kinds or not parts.hostname:
            raise ValueError("The mail server must be given as smtp://, smtp+tls:// or smtps:// and a host name.")
        security, port = kinds[parts.scheme]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, parts.port or port, user, password, security)


@dataclass(frozen=True)
class Step:
    """A command, and the replies that let us go on."""

    command: str
    expected: tuple[int, ...] = (250,)


DATA: Final = Step("DATA", (DATA_GO_AHEAD,))


class SmtpChannel(OpenClose):
    """Class N: no key and no look-up, so an unknown outcome is never sent again by itself."""

    name: ClassVar[str] = "smtp"
    delivery_class: ClassVar[DeliveryClass] = "N"

    def __init__(self, server: SmtpServer, sender: str) -> None:
        self.server = server
        self.sender = sender
        self._connection: smtplib.SMTP | None = None
        self._used = self._greeted = False

    def open(self) -> None:
        self.close()
        try:
            self._connection = self._connect()
        except smtplib.SMTPAuthenticationError as error:
            raise TemporaryFailure(_words(error.smtp_error), str(error.smtp_code), channel_fault=True) from error
        except (smtplib.SMTPException, OSError) as error:
            raise TemporaryFailure(f"No connection to the mail server: {error}", channel_fault=True) from error
        self._used = False

    def close(self) -> None:
        """Say goodbye and forget the connection, whatever state it is in."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (smtplib.SMTPException, OSError):
            connection.close()

    def send(self, message: Message) -> Receipt:
        """One recipient, one message. Before DATA all failures are certain; after it only a reply is."""
        try:
            data = dot_stuff(build(message, message.sender or self.sender))
            recipient = only_address(message.recipient)
        except (UnsafeMessage, UnicodeError, ValueError) as error:
            raise PermanentFailure(str(error)) from error
        back = message.bounce_to or _address(message.sender or self.sender)
        return self._transmit(self._start(back, recipient, eight_bit=not data.isascii()), data)

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        options = {"timeout": server.connect_timeout, "local_hostname": server.local_hostname}
        tls = ssl.create_default_context() if server.security != "none" else None  # reads all certificates: not cheap
        if server.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, context=tls, **options)  # type: ignore[arg-type]
        else:
            connection = smtplib.SMTP(server.host, server.port, **options)  # type: ignore[arg-type]
        try:
            if server.security == "starttls":
                connection.starttls(context=tls)
            connection.ehlo_or_helo_if_needed()
            if server.username:
                connection.login(server.username, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _start(self, sender: str, recipient: str, *, eight_bit: bool) -> smtplib.SMTP:
        """Say all before the body. A connection that sat idle may be gone: then connect once more, nothing was said."""
        if self._connection is None:
            self.open()
        elif self._used:
            try:
                return self._envelope(sender, recipient, eight_bit=eight_bit)
            except TemporaryFailure as failure:
                if self._greeted or failure.code not in ("", str(CLOSING)):
                    raise
            self.open()
        return self._envelope(sender, recipient, eight_bit=eight_bit)

    def _envelope(self, sender: str, recipient: str, *, eight_bit: bool) -> smtplib.SMTP:
        """MAIL, RCPT and DATA: in one go where the server takes that (RFC 2920), else one after the other."""
        connection = self._connection
        assert connection is not None  # noqa: S101 - opened by the caller; for the type checker
        self._greeted = False
        body = " BODY=8BITMIME" if eight_bit and connection.has_extn("8bitmime") else ""
        steps = (Step(f"MAIL FROM:<{sender}>{body}"), Step(f"RCPT TO:<{recipient}>", (250, 251)), DATA)
        try:
            if connection.has_extn("pipelining"):
                connection.send("".join(f"{step.command}\r\n" for step in steps))
                replies = [connection.getreply() for _ in steps]
                self._check(steps, replies)
            else:
                for step in steps:
                    self._check((step,), [connection.docmd(step.command)])
        except LOST as error:
            self._drop()
            raise TemporaryFailure(f"The connection was lost before the body: {error}") from error
        self._used = True
        return connection

    def _check(self, steps: "tuple[Step, ...]", replies: list[tuple[int, bytes]]) -> None:
        """Anything but the expected reply is a certain failure."""
        for step, (code, reply) in zip(steps, replies, strict=True):
            if code not in step.expected:
                waits_for_a_body = replies[-1][0] == DATA_GO_AHEAD
                self._reset(CLOSING if waits_for_a_body else code)
                raise _refusal(code, reply, at_recipient=step.command.startswith("RCPT"))
            self._greeted = self._used = True

    def _transmit(self, connection: smtplib.SMTP, data: bytes) -> Receipt:
        """The body and the reply to it. Without a reply the outcome is unknown (RFC 1047)."""
        try:
            self._wait_at_most(self.server.reply_timeout)
            connection.send(data)
            code, reply = connection.getreply()
            self._wait_at_most(self.server.connect_timeout)
        except LOST as error:
            self._drop()
            raise UnknownOutcome(f"No reply after DATA: {error}") from error
        if code == 250:
            return Receipt(detail=_words(reply))
        if code < 400:
            self._drop()
            raise UnknownOutcome(f"An unexpected reply after DATA: {code} {_words(reply)}", str(code))
        if code == CLOSING:
            self._drop()
        raise _refusal(code, reply, at_recipient=False)

    def _wait_at_most(self, seconds: float) -> None:
        if self._connection is not None and self._connection.sock is not None:
            self._connection.sock.settimeout(seconds)

    def _reset(self, code: int) -> None:
        """After a refusal the connection serves the next message, unless the server closes it or talks rubbish."""
        if code == CLOSING or code < 200 or self._connection is None:
            self._drop()
            return
        try:
            self._connection.rset()
        except LOST:
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@lru_cache(maxsize=64)
def _address(sender: str) -> str:
    return parseaddr(sender)[1]


def _refusal(code: int, reply: bytes, *, at_recipient: bool) -> PermanentFailure | TemporaryFailure:
    """The failure that a negative reply means: 5xx for good, anything else for now."""
    words = _words(reply)
    if 500 <= code <= 599:
        return PermanentFailure(words, str(code), hard_bounce=at_recipient and _is_hard(code, words))
    return TemporaryFailure(words, str(code), channel_fault=code == CLOSING)


def _is_hard(code: int, words: str) -> bool:
    """Whether a refused recipient does not exist: by the enhanced code where given (RFC 3463), else 550, 551, 553."""
    first = words.split(" ", 1)[0].split(".")
    if len(first) == 3 and first[0] == "5" and first[1].isdigit():
        return first[1] == "1"
    return code in (550, 551, 553)


def _words(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())[:300]
