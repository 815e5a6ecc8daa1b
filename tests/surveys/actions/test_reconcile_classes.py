"""What a message of unknown fate comes to: by key (K), by the carrier's word (L), by neither (N), or by choice (R4)."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from surveys.actions.deliver import deliver_due
from surveys.actions.evidence import move_by_evidence
from surveys.actions.reconcile import reconcile_deliveries
from surveys.enums import DeliveryState
from surveys.models import Customer, Delivery, DeliveryEvent, Invitation
from surveys.standins.sms import SmsProvider
from tests.asking import queued
from tests.fixtures_standins import deliver_receipts
from tests.sinks import CUT, MailSink

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class KeyProvider(ThreadingHTTPServer):
    """Resend's and Brevo's protocol: a known key gets its first answer again. `cuts`: so many replies never come."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, bytes]] = []
        self.accepted: list[str] = []
        self.cuts = 1


class _Handler(BaseHTTPRequestHandler):
    server: KeyProvider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        key = self.headers.get("Idempotency-Key") or json.loads(body).get("headers", {}).get("idempotencyKey", "")
        self.server.asked.append((key, body))
        if key not in self.server.accepted:
            self.server.accepted.append(key)
        if self.server.cuts:
            self.server.cuts -= 1
            self.connection.close()
            return
        content = json.dumps({"id": f"id-{key}", "messageId": f"id-{key}"}).encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@contextmanager
def provider_of(settings: Any, name: str) -> Iterator[KeyProvider]:
    with KeyProvider() as provider:
        threading.Thread(target=provider.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{provider.server_port}/"
        settings.EMAIL_PROVIDER = name
        settings.ANYMAIL = {f"{name.upper()}_API_KEY": "k", f"{name.upper()}_API_URL": url, "REQUESTS_TIMEOUT": (5, 5)}
        yield provider
        provider.shutdown()


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("name", ["resend", "brevo"])
def test_key_is_asked_again_with_the_same_key_and_words_and_sent_once(settings: Any, name: str) -> None:
    with provider_of(settings, name) as provider:
        (delivery,) = queued()
        assert deliver_due() == {"claimed": 1, "unknown": 1}
        Customer.objects.update(language="de")  # what is frozen stays
        assert reconcile_deliveries(timezone.now()) == {"queued": 1}
        assert deliver_due() == {"claimed": 1, "sent": 1}
        (first, words), (second, again) = provider.asked
    assert (first, second, provider.accepted) == (str(delivery.public_id),) * 2 + ([str(delivery.public_id)],)
    assert words == again
    delivery.refresh_from_db()
    assert (delivery.attempts, delivery.provider_id) == (2, f"id-{first}")
    causes = DeliveryEvent.objects.filter(to_state="queued").values_list("from_state", "cause")
    assert list(causes) == [("unknown", "asked again with the same key")]


@pytest.mark.parametrize(("name", "minutes"), [("resend", 24 * 60 - 10), ("brevo", 5)])
def test_key_is_asked_for_no_longer_than_the_provider_keeps_it(settings: Any, name: str, minutes: int) -> None:
    with provider_of(settings, name) as provider:
        queued()
        deliver_due()
        late = timezone.now() + (minutes + 1) * MINUTE
        assert (reconcile_deliveries(late), states()) == ({}, ["unknown"])
        assert reconcile_deliveries(late - 2 * MINUTE) == {"queued": 1}
        Delivery.objects.update(state="unknown")
        assert reconcile_deliveries(late + 25 * HOUR) == {"assumed_sent": 1}
        assert len(provider.asked) == 1


def test_key_gives_up_after_six_tries(settings: Any) -> None:
    with provider_of(settings, "resend") as provider:
        provider.cuts = 100
        queued()
        while deliver_due():
            reconcile_deliveries(timezone.now())
        assert (len(provider.asked), len(provider.accepted), states()) == (6, 1, ["unknown"])


def test_look_up_waits_for_the_carriers_word_and_is_settled_by_it(sms_provider: SmsProvider) -> None:
    sms_provider.fail([{"cut": "after"}])
    (delivery,) = queued(channel="sms")
    assert deliver_due() == {"claimed": 1, "unknown": 1}
    for wait in (MINUTE, 5 * MINUTE, 30 * MINUTE, 6 * HOUR):
        assert reconcile_deliveries(timezone.now() + wait) == {}
    assert set(deliver_receipts(sms_provider)) == {200}
    from surveys.actions.callbacks import process_callbacks

    process_callbacks(10, timezone.now())
    delivery.refresh_from_db()
    assert (delivery.state, bool(delivery.provider_id), len(sms_provider.messages)) == ("delivered", True, 1)


def test_neither_is_never_sent_again_and_settled_by_evidence_or_after_a_day(mail_sink: MailSink) -> None:
    mail_sink.script = [CUT, CUT, CUT]
    answered, bounced, silent = queued(3)
    assert deliver_due() == {"claimed": 3, "unknown": 3}
    Invitation.objects.filter(pk=answered.invitation_id).update(state="answered", answered_at=timezone.now())
    move_by_evidence(bounced.pk, DeliveryState.BOUNCED, "bounce message")
    assert reconcile_deliveries(timezone.now() + 23 * HOUR) == {"sent": 1}
    assert states() == ["sent", "bounced", "unknown"]
    assert reconcile_deliveries(timezone.now() + 25 * HOUR) == {"assumed_sent": 1}
    while deliver_due():
        pass
    assert (len(mail_sink.contents), silent.pk) == (3, Delivery.objects.get(state="assumed_sent").pk)


def test_at_least_once_is_chosen_for_one_channel_and_leaves_the_other_alone(
    mail_sink: MailSink, sms_provider: SmsProvider, settings: Any
) -> None:
    settings.RESEND_UNKNOWN = ["email"]
    mail_sink.script = [CUT]
    sms_provider.fail([{"cut": "after"}])
    queued(1)
    queued(1, channel="sms")
    assert deliver_due() == {"claimed": 2, "unknown": 2}
    assert reconcile_deliveries(timezone.now() + 9 * MINUTE) == {}
    assert reconcile_deliveries(timezone.now() + 11 * MINUTE) == {"queued": 1}
    Delivery.objects.filter(state="queued").update(next_at=timezone.now())
    assert deliver_due() == {"claimed": 1, "sent": 1}
    assert (states(), len(mail_sink.contents), len(sms_provider.messages)) == (["sent", "unknown"], 2, 1)
    assert len(set(mail_sink.message_ids)) == 1  # receivers can tell it is the same


def test_at_least_once_gives_the_carriers_word_six_hours(sms_provider: SmsProvider, settings: Any) -> None:
    settings.RESEND_UNKNOWN = ["sms"]
    sms_provider.fail([{"cut": "after"}])
    queued(channel="sms")
    deliver_due()
    assert reconcile_deliveries(timezone.now() + 5 * HOUR) == {}
    assert reconcile_deliveries(timezone.now() + 7 * HOUR) == {"queued": 1}


@pytest.mark.parametrize("why", ["answered", "expired", "restored", "six tries"])
def test_at_least_once_spares_who_has_answered_and_what_a_person_is_to_decide(
    mail_sink: MailSink, settings: Any, why: str
) -> None:
    settings.RESEND_UNKNOWN = ["email"]
    mail_sink.script = [CUT]
    queued()
    deliver_due()
    if why == "answered":
        Invitation.objects.update(state="answered", answered_at=timezone.now())
    elif why == "expired":
        Invitation.objects.update(due_at=timezone.now() - 2 * DAY, expires_at=timezone.now() - DAY)
    elif why == "restored":
        from surveys.actions.dispatch import hold
        from surveys.enums import HoldCause

        hold("", HoldCause.RESTORE, "put back", "", timezone.now())
    else:
        Delivery.objects.update(attempts=6)
    with time_machine.travel(timezone.now() + HOUR):
        assert reconcile_deliveries(timezone.now()).get("queued", 0) == 0
