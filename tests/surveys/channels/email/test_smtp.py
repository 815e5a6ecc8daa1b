"""SMTP against a real server on loopback that refuses, cuts and stalls at every verb."""

import asyncio
import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from surveys.channels.base import ChannelFailure, Message, PermanentFailure, TemporaryFailure, UnknownOutcome
from surveys.channels.email.smtp import SmtpChannel, SmtpServer

MESSAGE = Message(
    recipient="ann@example.com",
    subject="Your call on 3 March: 2 questions — grüße",
    text="Hello\n.hidden dot\nBye",
    html="<p>Hello</p>",
    message_id="<0001@survey.example>",
    language="de",
    unsubscribe_url="https://survey.example/p/tok/",
)


class Inbox:
    """What the server took, and what it does instead at a verb: a reply, or "cut"."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.peers: list[Any] = []
        self.mail = self.rcpt = self.data = ""

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.peers.append(session.peer)
        envelope.mail_options.extend(options)
        envelope.mail_from = address
        return self._answer(server, self.mail)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self._answer(server, self.rcpt)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data == "stall":
            await asyncio.sleep(1)
        if not self.data.startswith(("4", "5")):
            self.taken.append(envelope)
        return self._answer(server, self.data if self.data != "stall" else "")

    def _answer(self, server: SMTP, wanted: str) -> str:
        if wanted == "cut":
            cast("asyncio.Transport", server.transport).abort()
        return wanted if wanted not in ("", "cut") else "250 OK taken"

    def parsed(self) -> EmailMessage:
        content = self.taken[0].original_content or b""
        parsed = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox) -> Iterator[SmtpServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield SmtpServer("127.0.0.1", port, reply_timeout=5.0, local_hostname="localhost")
    controller.stop()


@pytest.fixture
def channel(server: SmtpServer) -> Iterator[SmtpChannel]:
    channel = SmtpChannel(server, "Survey <feedback@survey.example>")
    with channel:
        yield channel


def test_send_arrives_whole_with_fixed_id_and_one_click_headers(channel: SmtpChannel, inbox: Inbox) -> None:
    receipt = channel.send(MESSAGE)
    parsed = inbox.parsed()
    names = ("Subject", "From", "To", "Message-ID", "Content-Language", "List-Unsubscribe", "List-Unsubscribe-Post")
    assert receipt.detail == "OK taken"
    assert [str(parsed[name]).strip() for name in names] == [
        "Your call on 3 March: 2 questions — grüße",
        "Survey <feedback@survey.example>",
        "ann@example.com",
        "<0001@survey.example>",
        "de",
        "<https://survey.example/p/tok/>",
        "List-Unsubscribe=One-Click",
    ]
    plain = parsed.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines() == ["Hello", ".hidden dot", "Bye"]
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    assert (inbox.taken[0].mail_from, inbox.taken[0].rcpt_tos) == ("feedback@survey.example", ["ann@example.com"])


def test_send_without_html_or_unsubscribe_has_neither(channel: SmtpChannel, inbox: Inbox) -> None:
    channel.send(replace(MESSAGE, html="", unsubscribe_url="", sender="other@survey.example"))
    parsed = inbox.parsed()
    assert (parsed.get_content_type(), parsed["List-Unsubscribe"]) == ("text/plain", None)
    assert parsed["List-Unsubscribe-Post"] is None
    assert inbox.taken[0].mail_from == "other@survey.example"


def test_send_three_messages_use_one_connection(channel: SmtpChannel, inbox: Inbox) -> None:
    for number in range(3):
        channel.send(replace(MESSAGE, message_id=f"<{number}@survey.example>"))
    assert (len(inbox.taken), len(set(inbox.peers))) == (3, 1)


@pytest.mark.parametrize(
    ("verb", "reply", "failure", "code", "hard"),
    [
        ("mail", "451 4.3.0 later", TemporaryFailure, "451", None),
        ("mail", "550 5.7.1 not you", PermanentFailure, "550", False),
        ("rcpt", "450 4.2.0 busy", TemporaryFailure, "450", None),
        ("rcpt", "452 4.5.3 too many", TemporaryFailure, "452", None),
        ("rcpt", "550 5.1.1 no such user", PermanentFailure, "550", True),
        ("rcpt", "550 no such user", PermanentFailure, "550", True),
        ("rcpt", "550 5.7.1 spam", PermanentFailure, "550", False),
        ("rcpt", "552 5.2.2 full", PermanentFailure, "552", False),
        ("data", "451 4.3.0 later", TemporaryFailure, "451", None),
        ("data", "554 5.6.0 not liked", PermanentFailure, "554", False),
    ],
)
def test_send_refused_is_certain_and_the_connection_serves_the_next(
    channel: SmtpChannel,
    inbox: Inbox,
    verb: str,
    reply: str,
    failure: type[ChannelFailure],
    code: str,
    hard: bool | None,
) -> None:
    setattr(inbox, verb, reply)
    with pytest.raises(failure) as caught:
        channel.send(MESSAGE)
    assert (caught.value.code, caught.value.detail) == (code, reply[4:])
    assert getattr(caught.value, "hard_bounce", None) == hard
    setattr(inbox, verb, "")
    channel.send(replace(MESSAGE, message_id="<next@survey.example>"))
    assert (len(inbox.taken), len(set(inbox.peers))) == (1, 1)


@pytest.mark.parametrize("verb", ["mail", "rcpt"])
def test_send_cut_before_data_is_temporary_and_nothing_arrived(channel: SmtpChannel, inbox: Inbox, verb: str) -> None:
    setattr(inbox, verb, "cut")
    with pytest.raises(TemporaryFailure):
        channel.send(MESSAGE)
    assert inbox.taken == []
    setattr(inbox, verb, "")
    channel.send(MESSAGE)
    assert len(inbox.taken) == 1


def test_send_cut_after_data_is_unknown_and_the_next_reconnects(channel: SmtpChannel, inbox: Inbox) -> None:
    inbox.data = "cut"
    with pytest.raises(UnknownOutcome):
        channel.send(MESSAGE)
    assert len(inbox.taken) == 1  # it had been accepted, which nobody told us
    inbox.data = ""
    channel.send(MESSAGE)
    assert (len(inbox.taken), len(set(inbox.peers))) == (2, 2)


def test_send_reply_later_than_the_time_out_is_unknown(server: SmtpServer, inbox: Inbox) -> None:
    inbox.data = "stall"
    impatient = SmtpChannel(replace(server, reply_timeout=0.2), "a@survey.example")
    with impatient, pytest.raises(UnknownOutcome):
        impatient.send(MESSAGE)


def test_send_on_a_connection_that_died_idle_connects_again(channel: SmtpChannel, inbox: Inbox) -> None:
    channel.send(MESSAGE)
    inbox.mail = "421 4.4.2 idle too long"

    original: Callable[[], None] = channel.open

    def reopen() -> None:
        inbox.mail = ""
        original()

    channel.open = reopen  # type: ignore[method-assign]
    channel.send(MESSAGE)
    assert (len(inbox.taken), len(set(inbox.peers))) == (2, 2)


def test_open_nobody_listening_is_a_fault_of_the_channel(server: SmtpServer) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = replace(server, port=probe.getsockname()[1])
    with pytest.raises(TemporaryFailure) as caught:
        SmtpChannel(closed, "a@survey.example").open()
    assert caught.value.channel_fault is True


def test_open_starttls_not_offered_is_a_fault_of_the_channel(server: SmtpServer) -> None:
    with pytest.raises(TemporaryFailure) as caught:
        SmtpChannel(replace(server, security="starttls"), "a@survey.example").open()
    assert caught.value.channel_fault is True


@pytest.mark.parametrize("recipient", ["a@b.de, c@d.de", "Ann <a@b.de>", "a@b.de c@d.de", "", "ann", '"a b"@c.de'])
def test_send_not_one_bare_recipient_is_refused_unsent(channel: SmtpChannel, inbox: Inbox, recipient: str) -> None:
    with pytest.raises(PermanentFailure):
        channel.send(replace(MESSAGE, recipient=recipient))
    assert (inbox.taken, inbox.peers) == ([], [])


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1", SmtpServer("127.0.0.1", 25)),
        ("smtp+tls://me%40x:p%2Fw@mail.example", SmtpServer("mail.example", 587, "me@x", "p/w", "starttls")),
        ("smtps://mail.example:4650", SmtpServer("mail.example", 4650, security="tls")),
    ],
)
def test_from_url_reads_every_form(url: str, server: SmtpServer) -> None:
    assert SmtpServer.from_url(url) == server


@pytest.mark.parametrize("url", ["", "http://x", "smtp://", "mail.example"])
def test_from_url_other_text_says_what_to_write(url: str) -> None:
    with pytest.raises(ValueError) as caught:
        SmtpServer.from_url(url)
    assert str(caught.value) == ("The mail server must be given as smtp://, smtp+tls:// or smtps:// and a host name.")
