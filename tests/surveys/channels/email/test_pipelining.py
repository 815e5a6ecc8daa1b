"""All that goes before the body in one go, where the server takes that: the same outcomes as one by one."""

import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from surveys.channels.base import Message, PermanentFailure, TemporaryFailure
from surveys.channels.email.smtp import SmtpChannel, SmtpServer

MESSAGE = Message(recipient="ann@example.net", text="Hello", message_id="<1@example.org>")


class Session(socketserver.StreamRequestHandler):
    """Answers MAIL, RCPT and DATA by script, and notes how many commands lay in one packet."""

    def handle(self) -> None:
        server: Any = self.server
        self.wfile.write(b"220 x\r\n")
        while packet := self.request.recv(65536):
            verbs = [line[:4].upper() for line in packet.split(b"\r\n") if line]
            server.packets.append(verbs)
            if verbs[0] == b"EHLO":
                self.wfile.write(b"250-x\r\n250 PIPELINING\r\n")
            elif verbs[0] == b"MAIL":
                self.wfile.write(server.script.pop(0) if server.script else b"250 a\r\n250 b\r\n354 c\r\n")
            else:
                self.wfile.write(b"250 done\r\n")


@pytest.fixture
def server() -> Iterator[Any]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as made:
        made.daemon_threads = True
        made.packets, made.script = [], []  # type: ignore[attr-defined]
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def channel(server: Any) -> SmtpChannel:
    return SmtpChannel(SmtpServer("127.0.0.1", server.server_address[1], reply_timeout=5), "us@example.org")


def test_send_says_all_before_the_body_in_one_packet(server: Any) -> None:
    with channel(server) as carrier:
        assert carrier.send(MESSAGE).detail == "done"
        assert carrier.send(MESSAGE).detail == "done"
    assert [len(packet) for packet in server.packets if packet[0] == b"MAIL"] == [3, 3]


@pytest.mark.parametrize(
    ("replies", "failure", "hard"),
    [
        (b"250 a\r\n550 5.1.1 nobody\r\n503 no\r\n", PermanentFailure, True),
        (b"250 a\r\n550 5.1.1 nobody\r\n354 go\r\n", PermanentFailure, True),
        (b"250 a\r\n451 later\r\n503 no\r\n", TemporaryFailure, None),
        (b"452 full\r\n503 no\r\n503 no\r\n", TemporaryFailure, None),
    ],
)
def test_send_refused_is_certain_and_the_next_goes_through(
    server: Any, replies: bytes, failure: type, hard: bool | None
) -> None:
    server.script = [replies]
    with channel(server) as carrier:
        with pytest.raises(failure) as caught:
            carrier.send(MESSAGE)
        assert getattr(caught.value, "hard_bounce", None) is hard
        assert carrier.send(MESSAGE).detail == "done"
