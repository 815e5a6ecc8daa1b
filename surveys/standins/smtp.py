"""A real SMTP server on loopback that delivers to the local inbox, with faults on request."""

import asyncio
import socket
from collections import deque
from dataclasses import dataclass
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from surveys.standins.inbox import Inbox

HOST = "127.0.0.1"


@dataclass(frozen=True)
class SmtpFault:
    """What goes wrong once: at "rcpt" or "data" this reply instead of 250; at "accepted" the mail is kept and the
    connection cut before the sender hears of it."""

    at: str
    reply: str = ""


class SmtpInbox:
    """`with SmtpInbox(inbox) as server:` serves on server.port until the end of the block."""

    def __init__(self, inbox: Inbox, port: int = 0) -> None:
        self.inbox = inbox
        self.port = port or free_port()
        self.faults: deque[SmtpFault] = deque()
        self._controller = Controller(self, hostname=HOST, port=self.port, enable_SMTPUTF8=True, ready_timeout=10)

    @property
    def url(self) -> str:
        """As EMAIL_URL takes it."""
        return f"smtp://{HOST}:{self.port}"

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._controller.start()

    def stop(self) -> None:
        """Serve no more; the port is free afterwards."""
        self._controller.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def fail(self, at: str, reply: str = "", times: int = 1) -> None:
        """Let the next `times` mails go wrong."""
        self.faults.extend([SmtpFault(at, reply)] * times)

    def _fault(self, at: str) -> SmtpFault | None:
        return self.faults.popleft() if self.faults and self.faults[0].at == at else None

    # -- called by aiosmtpd --------------------------------------------------------------------------------------------

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Accept any recipient, unless a fault is due."""
        if fault := self._fault("rcpt"):
            return fault.reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail, unless a fault is due."""
        if fault := self._fault("data"):
            return fault.reply
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        self.inbox.add_mail(content, envelope.mail_from or "", list(envelope.rcpt_tos))
        if self._fault("accepted") and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 2.0.0 OK: kept in the local inbox"


def free_port() -> int:
    """A port of loopback that nobody uses at the moment."""
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])
