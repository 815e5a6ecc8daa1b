"""Mail by a provider's API against a server on loopback: our reference, the key, and what each answer means."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from surveys.channels.base import ChannelFailure, Message, PermanentFailure, TemporaryFailure, UnknownOutcome
from surveys.channels.email.anymail import AnymailChannel

MESSAGE = Message(recipient="ann@example.net", text="Hi", message_id="<d-1@example.org>", subject="Your call",
                  unsubscribe_url="https://us.example/p/x/")  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    """Answers each POST as told; notes headers and body."""

    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.seen.append((dict(self.headers), json.loads(body)))
        if server.status == 0:
            self.connection.close()
            return
        self.send_response(server.status)
        self.end_headers()
        self.wfile.write(server.reply)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def api(settings: Any) -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.seen, server.status, server.reply = [], 200, b'{"id": "re-1"}'
    Thread(target=server.serve_forever, daemon=True).start()
    settings.ANYMAIL = {"RESEND_API_KEY": "k", "RESEND_API_URL": f"http://127.0.0.1:{server.server_port}/"}
    yield server
    server.shutdown()
    server.server_close()


def test_send_carries_reference_key_and_one_click_headers(api: Any) -> None:
    with AnymailChannel("resend", "Us <us@example.org>") as carrier:
        receipts = [carrier.send(MESSAGE) for _ in range(2)]
    assert [receipt.provider_id for receipt in receipts] == ["re-1", "re-1"]
    assert [headers["Idempotency-Key"] for headers, _body in api.seen] == ["d-1", "d-1"]
    (_, first), (_, second) = api.seen
    assert first == second
    assert first["headers"]["List-Unsubscribe"] == "<https://us.example/p/x/>"
    assert first["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("status", "failure", "account"),
    [(401, TemporaryFailure, True), (429, TemporaryFailure, False), (500, TemporaryFailure, False),
     (409, TemporaryFailure, False), (422, PermanentFailure, None), (504, UnknownOutcome, None),
     (0, UnknownOutcome, None)],
)  # fmt: skip
def test_send_refused_or_cut(api: Any, status: int, failure: type[ChannelFailure], account: bool | None) -> None:
    api.status, api.reply = status, b'{"message": "no"}'
    with AnymailChannel("resend", "us@example.org") as carrier, pytest.raises(failure) as caught:
        carrier.send(MESSAGE)
    assert getattr(caught.value, "account_fault", None) is account


def test_send_accepted_with_a_reply_that_cannot_be_read_is_unknown(api: Any) -> None:
    api.reply = b"<html>"
    with AnymailChannel("resend", "us@example.org") as carrier, pytest.raises(UnknownOutcome):
        carrier.send(MESSAGE)
