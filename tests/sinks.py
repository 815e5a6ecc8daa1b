"""A mail server on loopback that records what it accepts, and refuses or cuts when told to."""

import email
import email.policy
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

CUT = "cut"  # after DATA: accepted, but the reply never comes


class MailSink:
    """Accepted messages in order; `script` holds replies to DATA (or CUT), `rcpt` replies to RCPT, first come."""

    def __init__(self) -> None:
        self.port = 0
        self.contents: list[bytes] = []
        self.recipients: list[str] = []
        self.connections: set[Any] = set()
        self.script: list[str] = []
        self.rcpt: list[str] = []

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.rcpt.pop(0) if self.rcpt else "250 OK"
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        reply = self.script.pop(0) if self.script else "250 OK"
        self.connections.add(session.peer)
        if reply in (CUT,) or reply.startswith("250"):
            self.contents.append(cast("bytes", envelope.original_content))
            self.recipients.extend(envelope.rcpt_tos)
        if reply == CUT:
            cast("Any", server.transport).abort()
        return reply

    @property
    def message_ids(self) -> list[str]:
        """The UUIDs in the Message-IDs accepted."""
        found = (re.search(rb"(?mi)^Message-ID: <([0-9a-f-]{36})@", content) for content in self.contents)
        return [match[1].decode() for match in found if match]

    def mail(self, number: int = 0) -> EmailMessage:
        """One accepted message, parsed."""
        parsed = email.message_from_bytes(self.contents[number], policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_sink() -> Iterator[MailSink]:
    """A sink that listens, in a thread of this process."""
    sink = MailSink()
    sink.port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, ready_timeout=30)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@pytest.fixture(name="mail_sink")
def mail_sink_fixture(settings: Any) -> Iterator[MailSink]:
    """A sink that the installation's e-mail goes to."""
    with running_sink() as sink:
        settings.EMAIL_URL = sink.url
        yield sink
