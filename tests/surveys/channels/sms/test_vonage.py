"""The other SMS protocol: its forms, its statuses, its signatures with their time."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from surveys.channels.base import Message, PermanentFailure, TemporaryFailure, UnknownOutcome
from surveys.channels.sms import vonage
from surveys.channels.sms.base import Call, Inbound, StatusReport
from surveys.channels.sms.http import SmsAccount
from surveys.channels.sms.vonage import VonageChannel
from surveys.standins.sms import VonageProvider
from tests.fixtures_standins import SMS_ACCOUNT, SMS_SECRET

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
MESSAGE = Message(recipient="+491713920001", text="How was it? 0-10", message_id="d-1")


def channel(provider: VonageProvider, **changes: Any) -> VonageChannel:
    account = {"base_url": provider.url, "account": SMS_ACCOUNT, "secret": SMS_SECRET, "sender": "+15005550006"}
    return VonageChannel(SmsAccount(**account | {"status_callback": "https://us.example/hooks/vonage/"} | changes))


def signed(secret: str = "s3cret", at: datetime = NOW, **fields: str) -> dict[str, list[str]]:
    form = {key.replace("_", "-"): [value] for key, value in fields.items()} | {"timestamp": [str(int(at.timestamp()))]}
    return form | {"sig": [vonage.signature(form, secret)]}


def test_send_is_accepted_with_id_and_parts(vonage_provider: VonageProvider) -> None:
    with channel(vonage_provider) as carrier:
        one = carrier.send(MESSAGE)
        two = carrier.send(Message(recipient="+491713920001", text="ж" * 71, message_id="d-2"))
    first, second = vonage_provider.messages
    assert (one.provider_id, one.segments, two.segments) == (first.sid, 1, 2)
    assert (first.to, first.sender, first.reference, second.reference) == ("+491713920001", "15005550006", "d-1", "d-2")


@pytest.mark.parametrize(
    ("status", "failure", "account"),
    [(429, TemporaryFailure, False), (401, TemporaryFailure, True), (402, TemporaryFailure, True),
     (400, PermanentFailure, None), (503, TemporaryFailure, False)],
)  # fmt: skip
def test_send_refused(vonage_provider: VonageProvider, status: int, failure: type, account: bool | None) -> None:
    vonage_provider.fail([{"status": status}])
    with channel(vonage_provider) as carrier, pytest.raises(failure) as caught:
        carrier.send(MESSAGE)
    assert getattr(caught.value, "account_fault", None) is account


def test_send_with_a_wrong_key_is_a_matter_of_the_account(vonage_provider: VonageProvider) -> None:
    with channel(vonage_provider, secret="wrong") as carrier, pytest.raises(TemporaryFailure) as caught:
        carrier.send(MESSAGE)
    assert (caught.value.account_fault, caught.value.code) == (True, "4")


@pytest.mark.parametrize("cut", ["before", "after"])
def test_send_cut_is_unknown(vonage_provider: VonageProvider, cut: str) -> None:
    vonage_provider.fail([{"cut": cut}])
    with channel(vonage_provider) as carrier, pytest.raises(UnknownOutcome):
        carrier.send(MESSAGE)


def test_signature_is_built_like_the_published_one() -> None:
    """The published vector is of the older MD5 method over the very same text, the secret at its end."""
    text = "&a=1&b=2&timestamp=1461605396"
    assert hashlib.md5((text + "secret").encode()).hexdigest() == "6af838ef94998832dbfc29020b564830"
    form = {"b": ["2"], "a": ["1"], "timestamp": ["1461605396"], "sig": ["x"]}
    assert vonage.signature(form, "secret") == hmac.digest(b"secret", text.encode(), "sha256").hex()


def test_signature_cannot_be_moved_between_fields() -> None:
    assert vonage.signature({"a": ["1&b=2"]}, "k") != vonage.signature({"a": ["1"], "b": ["2"]}, "k")


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_is_genuine_within_five_minutes(seconds: int) -> None:
    call = Call("", signed(at=NOW + timedelta(seconds=seconds), text="hi"), {})
    assert vonage.is_genuine(call, "s3cret", NOW) is True


@pytest.mark.parametrize(
    ("form", "secret"),
    [
        (signed(text="hi"), ""),
        (signed("other", text="hi"), "s3cret"),
        (signed(text="hi") | {"text": ["hi!"]}, "s3cret"),
        (signed(text="hi") | {"more": ["1"]}, "s3cret"),
        (signed(at=NOW - timedelta(seconds=301), text="hi"), "s3cret"),
        (signed(at=NOW + timedelta(seconds=301), text="hi"), "s3cret"),
        (signed(text="hi") | {"sig": [""]}, "s3cret"),
        (signed(text="hi") | {"sig": ["é"]}, "s3cret"),
        ({key: value for key, value in signed(text="hi").items() if key != "timestamp"}, "s3cret"),
        (signed(text="hi") | {"timestamp": ["٣"]}, "s3cret"),
        ({}, "s3cret"),
    ],
)
def test_is_genuine_anything_else_is_false(form: dict[str, list[str]], secret: str) -> None:
    assert vonage.is_genuine(Call("", form, {}), secret, NOW) is False


def test_read_receipt_inbound_and_nameless() -> None:
    receipt = {"messageId": "A1", "status": "delivered", "err-code": "0", "client-ref": "d-1", "msisdn": "491"}
    assert vonage.read(receipt, "") == StatusReport("A1", "delivered", "delivered", "0", "d-1")
    assert vonage.read({"messageId": "A1", "status": "teleported"}, "") == StatusReport("A1", "", "teleported")
    written = {"messageId": "A2", "msisdn": "491713920001", "to": "1500", "text": "STOP"}
    assert vonage.read(written, "") == Inbound("A2", "+491713920001", "1500", "STOP")
    for form in ({"status": "delivered"}, {"messageId": "A3", "text": "hi"}):
        with pytest.raises(ValueError, match=r"lacks|names no"):
            vonage.read(form, "")
