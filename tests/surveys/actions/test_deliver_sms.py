"""Sending by SMS over a provider's HTTP API on loopback, and the caps of a paid channel."""

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from surveys.actions.deliver import deliver_due
from surveys.models import ContactPolicy, Delivery, Invitation, SmsPass, Suppression
from tests.asking import queued

pytestmark = pytest.mark.django_db


class Provider(ThreadingHTTPServer):
    """Takes messages; `script` holds (status, headers, body) for the next ones."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken: list[dict[str, str]] = []
        self.script: list[tuple[int, dict[str, str], dict[str, Any]]] = []


class Handler(BaseHTTPRequestHandler):
    """One message a request."""

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        provider = self.server
        assert isinstance(provider, Provider)
        if provider.script:
            status, headers, body = provider.script.pop(0)
        else:
            provider.taken.append({key: values[0] for key, values in form.items()})
            status, headers, body = 201, {}, {"sid": f"SM{len(provider.taken)}", "num_segments": "1"}
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    server = Provider()
    Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_PROVIDER = "twilio"
    settings.SMS_API_URL = f"http://127.0.0.1:{server.server_port}"
    settings.SMS_ACCOUNT, settings.SMS_SECRET, settings.SMS_FROM = "AC1", "secret", "+4930555"
    yield server
    server.shutdown()
    server.server_close()


def to_the_same_number(delivery: Delivery) -> Delivery:
    """Another due SMS to the customer of this one."""
    (other,) = queued(1, channel="sms")
    Invitation.objects.filter(pk=other.invitation_id).update(customer=delivery.invitation.customer)
    return other


def test_deliver_sms_is_sent_with_receipt_address_and_segments(provider: Provider) -> None:
    (delivery,) = queued(1, channel="sms")
    assert deliver_due() == {"claimed": 1, "sent": 1}
    delivery.refresh_from_db()
    assert (delivery.provider, delivery.provider_id, delivery.segments) == ("twilio", "SM1", 1)
    (message,) = provider.taken
    assert message["To"] == delivery.invitation.customer.phone
    assert message["StatusCallback"] == f"http://testserver/hooks/twilio/?ref={delivery.public_id}"
    assert message["Body"].endswith(" STOP to end") is True


def test_deliver_sms_too_many_requests_waits_as_long_as_told(provider: Provider) -> None:
    (delivery,) = queued(1, channel="sms")
    provider.script = [(429, {"Retry-After": "77"}, {"code": 20429, "message": "slow down"})]
    assert deliver_due() == {"claimed": 1, "queued": 1}
    delivery.refresh_from_db()
    assert 75 < (delivery.next_at - timezone.now()).total_seconds() <= 77


def test_deliver_sms_too_many_requests_holds_the_rest_of_the_batch_as_long(provider: Provider) -> None:
    queued(4, channel="sms")
    provider.script = [(429, {"Retry-After": "77"}, {"code": 20429, "message": "slow down"})]
    assert deliver_due() == {"claimed": 4, "queued": 4}
    waits = [(each.next_at - timezone.now()).total_seconds() for each in Delivery.objects.all()]
    assert [75 < wait <= 77 for wait in waits] == [True] * 4


def test_deliver_sms_opt_out_kept_by_the_carrier_is_ours_too(provider: Provider) -> None:
    (delivery,) = queued(1, channel="sms")
    provider.script = [(400, {}, {"code": 21610, "message": "unsubscribed"})]
    assert deliver_due() == {"claimed": 1, "failed": 1}
    row = Suppression.objects.get()
    assert (bytes(row.address_hash), row.channel, row.reason) == (
        bytes(delivery.invitation.customer.phone_hash or b""),
        "sms",
        "opt_out",
    )


def test_deliver_sms_accepted_without_id_is_unknown(provider: Provider) -> None:
    (delivery,) = queued(1, channel="sms")
    provider.script = [(200, {}, {})]
    assert deliver_due() == {"claimed": 1, "unknown": 1}
    delivery.refresh_from_db()
    assert delivery.provider_id == ""


@pytest.mark.django_db(transaction=True)
def test_deliver_sms_id_given_twice_is_recorded_without_it(provider: Provider) -> None:
    first, second = queued(2, channel="sms")
    provider.script = [(201, {}, {"sid": "SM-same"}), (201, {}, {"sid": "SM-same"})]
    assert deliver_due() == {"claimed": 2, "sent": 2}
    assert list(Delivery.objects.order_by("pk").values_list("state", "provider_id")) == [
        ("sent", "SM-same"),
        ("sent", ""),
    ]
    assert (first.pk < second.pk) is True


def test_deliver_sms_second_to_a_number_within_a_day_waits(provider: Provider) -> None:
    (first,) = queued(1, channel="sms")
    other = to_the_same_number(first)
    assert deliver_due() == {"claimed": 2, "sent": 1, "queued": 1}
    other.refresh_from_db()
    first.refresh_from_db()
    assert first.sent_at is not None
    wait = other.next_at - first.sent_at
    assert timedelta(hours=23, minutes=59) < wait <= timedelta(hours=24, seconds=5)
    assert len(provider.taken) == 1


def test_deliver_sms_fourth_to_a_number_within_thirty_days_is_too_many(provider: Provider) -> None:
    (delivery,) = queued(1, channel="sms")
    now = timezone.now()
    for days in (2, 10, 20):
        earlier = to_the_same_number(delivery)
        at = now - timedelta(days=days)
        Delivery.objects.filter(pk=earlier.pk).update(state="sent", sent_at=at, updated_at=at)
        number = bytes(delivery.invitation.customer.phone_hash or b"")
        SmsPass.objects.create(delivery=earlier, phone_hash=number, prefix="+4915112", segments=1, at=at)
    Invitation.objects.filter(pk=delivery.invitation_id).update(expires_at=now + timedelta(days=5))
    assert deliver_due() == {"claimed": 1, "suppressed": 1}
    delivery.refresh_from_db()
    assert (delivery.error, provider.taken) == ("policy", [])


def test_deliver_sms_policy_without_limits_lifts_the_caps(provider: Provider) -> None:
    (first,) = queued(1, channel="sms")
    other = to_the_same_number(first)
    ContactPolicy.objects.create(limits={})
    assert deliver_due() == {"claimed": 2, "sent": 2}
    assert other.invitation_id != first.invitation_id


def test_deliver_sms_without_provider_waits_for_an_operator(settings: Any) -> None:
    settings.SMS_PROVIDER = ""
    (delivery,) = queued(1, channel="sms")
    assert deliver_due() == {"claimed": 1, "queued": 1}
    delivery.refresh_from_db()
    assert (delivery.attempts, delivery.deaths) == (0, 0)
    assert delivery.events.last().cause == 'channel paused: No carrier is set up for the channel "sms".'
