"""The SMS provider's HTTP API against a real server on loopback, with every fault it can have."""

import base64
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from surveys.channels.base import ChannelFailure, Message, PermanentFailure, Receipt, TemporaryFailure, UnknownOutcome
from surveys.channels.sms.base import Call, Inbound, StatusReport
from surveys.channels.sms.http import SmsAccount
from surveys.channels.sms.twilio import (
    TwilioChannel,
    is_genuine,
    parse_inbound,
    parse_status,
    signature,
)

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def is_signed(url: str, form: dict[str, list[str]], secret: str, given: str) -> bool:
    return is_genuine(Call(url, form, {"X-Twilio-Signature": given}), secret, NOW)


MESSAGE = Message(recipient="+491701234567", text="How was it? 0-10", message_id="d-1")
OK = json.dumps({"sid": "SM1", "status": "queued", "num_segments": "2"})


class Provider(ThreadingHTTPServer):
    """Answers each POST with the next scripted reply: (status, body, headers), "cut" or "stall"."""

    daemon_threads = True
    status, body, fault = 201, OK, ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.headers: dict[str, str] = {}
        self.posts: list[tuple[str, str, dict[str, list[str]]]] = []
        self.release = threading.Event()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Provider

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.posts.append((self.path, self.headers["Authorization"], form))
        if self.server.fault == "stall":
            self.server.release.wait(10)
        if self.server.fault:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        content = self.server.body.encode()
        self.send_response(self.server.status)
        for name, value in {**self.server.headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    thread = threading.Thread(target=provider.serve_forever, args=(0.02,))
    thread.start()
    yield provider
    provider.release.set()
    provider.shutdown()
    thread.join()
    provider.server_close()


@pytest.fixture
def account(provider: Provider) -> SmsAccount:
    return SmsAccount(
        f"http://127.0.0.1:{provider.server_port}/",
        "AC/1",
        "secret",
        "+4915005550",
        "https://survey.example/hooks/sms/",
        reply_timeout=5.0,
    )


@pytest.fixture
def channel(account: SmsAccount) -> Iterator[TwilioChannel]:
    with TwilioChannel(account) as channel:
        yield channel


def test_send_201_posts_the_form_and_keeps_the_id(channel: TwilioChannel, provider: Provider) -> None:
    assert channel.send(MESSAGE) == Receipt("SM1", 2, "queued")
    path, login, form = provider.posts[0]
    assert path == "/2010-04-01/Accounts/AC%2F1/Messages.json"
    assert login == "Basic " + base64.b64encode(b"AC/1:secret").decode()
    assert form == {
        "To": ["+491701234567"],
        "From": ["+4915005550"],
        "Body": ["How was it? 0-10"],
        "StatusCallback": ["https://survey.example/hooks/sms/?ref=d-1"],
    }


def test_send_own_sender_no_callback_and_own_count(account: SmsAccount, provider: Provider) -> None:
    provider.body = json.dumps({"sid": "SM2"})
    with TwilioChannel(replace(account, status_callback="")) as channel:
        assert channel.send(replace(MESSAGE, sender="Shop", text="x" * 161)) == Receipt("SM2", 2, "")
    assert provider.posts[0][2] == {"To": ["+491701234567"], "From": ["Shop"], "Body": ["x" * 161]}


@pytest.mark.parametrize(
    ("status", "code", "failure", "facts"),
    [
        (400, 21211, PermanentFailure, {"hard_bounce": True, "opted_out": False}),
        (400, 21610, PermanentFailure, {"hard_bounce": False, "opted_out": True}),
        (400, 21602, PermanentFailure, {"hard_bounce": False, "opted_out": False}),
        (401, 20003, TemporaryFailure, {"channel_fault": True, "retry_after": None}),
        (402, 20005, TemporaryFailure, {"channel_fault": True}),
        (408, 20408, TemporaryFailure, {"channel_fault": False}),
        (429, 20429, TemporaryFailure, {"channel_fault": False, "retry_after": 7.0}),
        (500, 20500, TemporaryFailure, {"channel_fault": True}),
        (503, 20503, TemporaryFailure, {"channel_fault": True, "retry_after": 7.0}),
        (504, 20504, UnknownOutcome, {}),
        (302, 302, TemporaryFailure, {"channel_fault": True}),
    ],
)
def test_send_other_reply_is_what_it_means(
    channel: TwilioChannel,
    provider: Provider,
    status: int,
    code: int,
    failure: type[ChannelFailure],
    facts: dict[str, object],
) -> None:
    provider.status, provider.body = status, json.dumps({"code": code, "message": "because"})
    if status in (429, 503):
        provider.headers = {"Retry-After": "7"}
    if status == 302:
        provider.headers = {"Location": "http://127.0.0.1:1/"}
    with pytest.raises(failure) as caught:
        channel.send(MESSAGE)
    assert caught.value.code == str(code)
    assert {name: getattr(caught.value, name) for name in facts} == facts
    assert len(provider.posts) == 1


def test_send_502_page_of_html_is_temporary(channel: TwilioChannel, provider: Provider) -> None:
    provider.status, provider.body = 502, "<html>bad gateway</html>"
    with pytest.raises(TemporaryFailure) as caught:
        channel.send(MESSAGE)
    assert (caught.value.code, caught.value.detail) == ("502", "Bad Gateway")


@pytest.mark.parametrize("body", ["", "thanks", "[]", "{}", '{"sid": null}'])
def test_send_accepted_without_readable_id_is_unknown(channel: TwilioChannel, provider: Provider, body: str) -> None:
    provider.status, provider.body = 200, body
    with pytest.raises(UnknownOutcome):
        channel.send(MESSAGE)


def test_send_connection_cut_after_the_request_is_unknown_and_not_repeated(
    channel: TwilioChannel, provider: Provider
) -> None:
    provider.fault = "cut"
    with pytest.raises(UnknownOutcome):
        channel.send(MESSAGE)
    assert len(provider.posts) == 1


def test_send_time_out_after_the_request_is_unknown_and_not_repeated(account: SmsAccount, provider: Provider) -> None:
    provider.fault = "stall"
    with TwilioChannel(replace(account, reply_timeout=0.2)) as channel, pytest.raises(UnknownOutcome):
        channel.send(MESSAGE)
    assert len(provider.posts) == 1


def test_send_nobody_listening_is_temporary_and_hides_the_account(account: SmsAccount) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    channel = TwilioChannel(replace(account, base_url=f"http://127.0.0.1:{port}"))
    with pytest.raises(TemporaryFailure) as caught:
        channel.send(MESSAGE)
    channel.close()
    assert caught.value.channel_fault is True
    assert caught.value.detail == "No connection to the provider: NewConnectionError"


def test_signature_is_the_published_example() -> None:
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    form = {
        "CallSid": ["CA1234567890ABCDE"],
        "Caller": ["+14158675310"],
        "Digits": ["1234"],
        "From": ["+14158675310"],
        "To": ["+18005551212"],
    }
    assert signature(url, form, "12345") == "GvWf1cFY/Q7PnoempGyD5oXAezc="
    assert is_signed(url, form, "12345", "GvWf1cFY/Q7PnoempGyD5oXAezc=") is True


@pytest.mark.parametrize(
    ("url", "body", "secret", "given"),
    [
        ("https://x/hook", {"A": ["1"]}, "other", None),
        ("https://x/hook/", {"A": ["1"]}, "s3cret", None),
        ("https://x/hook", {"A": ["2"]}, "s3cret", None),
        ("https://x/hook", {"A": ["1"], "B": [""]}, "s3cret", None),
        ("https://x/hook", {"A": ["1"]}, "", None),
        ("https://x/hook", {"A": ["1"]}, "s3cret", ""),
        ("https://x/hook", {"A": ["1"]}, "s3cret", "é\ud800"),
    ],
)
def test_is_signed_anything_changed_or_missing_is_false(
    url: str, body: dict[str, list[str]], secret: str, given: str | None
) -> None:
    right = signature("https://x/hook", {"A": ["1"]}, "s3cret")
    assert is_signed("https://x/hook", {"A": ["1"]}, "s3cret", right) is True
    assert (
        is_signed(url, {**body, "Z": ["1"]} if "B" in body else body, secret, right if given is None else given)
        is False
    )


def test_parse_status_known_unknown_and_nameless() -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "Undelivered", "ErrorCode": "30003"}
    assert parse_status(form, "d-1") == StatusReport("SM1", "undelivered", "undelivered", "30003", "d-1")
    assert parse_status({"SmsSid": "SM1", "SmsStatus": "teleported"}) == StatusReport("SM1", "", "teleported")
    with pytest.raises(ValueError) as caught:
        parse_status({"MessageStatus": "sent"})
    assert str(caught.value) == "The receipt names no message: MessageSid is missing."


def test_parse_inbound_message_and_nameless() -> None:
    form = {"MessageSid": "SM9", "From": "+491701234567", "To": "+4915005550", "Body": "STOP"}
    assert parse_inbound(form) == Inbound("SM9", "+491701234567", "+4915005550", "STOP")
    with pytest.raises(ValueError) as caught:
        parse_inbound({"MessageSid": "SM9"})
    assert str(caught.value) == "The inbound message lacks MessageSid or From."
