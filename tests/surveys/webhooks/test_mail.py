"""Events of mail providers and bounce messages at our door: verified, kept without addresses, obeyed once."""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from itertools import permutations
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.utils import timezone

from surveys.actions.callbacks import process_callbacks
from surveys.enums import Channel
from surveys.models import Customer, Delivery, ProviderCallback, Suppression
from tests.asking import queued
from tests.surveys.channels.email.test_dsn import dsn

pytestmark = pytest.mark.django_db
SIGNING = "mailgun-signing-key"


def sent(state: str = "sent", **fields: Any) -> Delivery:
    (delivery,) = queued()
    Delivery.objects.filter(pk=delivery.pk).update(state=state, attempts=1, **fields)
    return delivery


def outcome(delivery: Delivery) -> str:
    assert process_callbacks(100, timezone.now())["failed"] == 0
    delivery.refresh_from_db()
    return delivery.state


# -- Postmark: nothing is signed, so basic authentication is asked for ---


@pytest.fixture
def postmark(settings: Any) -> None:
    settings.EMAIL_PROVIDER, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": "hook:secret"}


def from_postmark(delivery: Delivery, kind: str, log_in: str = "hook:secret", **fields: Any):
    body = {"RecordType": kind, "MessageID": "P1", "Recipient": "ann@example.net", "ID": fields.pop("number", 7)}
    body |= {"Metadata": {"delivery": str(delivery.public_id)}, "Email": "ann@example.net", **fields}
    headers = {"Authorization": "Basic " + b64encode(log_in.encode()).decode()} if log_in else {}
    return Client().post("/hooks/postmark/", json.dumps(body), content_type="application/json", headers=headers)


@pytest.mark.usefixtures("postmark")
def test_postmark_delivery_settles_an_unknown() -> None:
    delivery = sent("unknown", provider="postmark")
    assert from_postmark(delivery, "Delivery").status_code == 200
    assert outcome(delivery) == "delivered"
    assert "ann@example.net" not in json.dumps(ProviderCallback.objects.get().payload)


@pytest.mark.usefixtures("postmark")
def test_postmark_hard_bounce_and_complaint_suppress_the_address() -> None:
    delivery = sent()
    from_postmark(delivery, "Bounce", Type="HardBounce", Details="550 5.1.1 ann@example.net unknown")
    assert outcome(delivery) == "bounced"
    assert list(Suppression.objects.values_list("channel", "reason")) == [("email", "bounce")]
    from_postmark(delivery, "SpamComplaint", Type="SpamComplaint", number=8)
    assert outcome(delivery) == "complained"
    assert Suppression.objects.filter(reason="complaint").count() == 1


@pytest.mark.usefixtures("postmark")
def test_postmark_unsubscribed_there_is_an_opt_out_here() -> None:
    delivery = sent()
    from_postmark(delivery, "SubscriptionChange", SuppressSending=True, SuppressionReason="ManualSuppression")
    outcome(delivery)
    assert Customer.objects.get().consent_email is False


@pytest.mark.usefixtures("postmark")
@pytest.mark.parametrize("log_in", ["", "hook:wrong", "other:secret"])
def test_postmark_forged_has_no_effect(log_in: str) -> None:
    delivery = sent()
    assert from_postmark(delivery, "Bounce", log_in, Type="HardBounce").status_code == 403
    assert (outcome(delivery), ProviderCallback.objects.count()) == ("sent", 0)


@pytest.mark.usefixtures("postmark")
def test_postmark_replayed_is_one_row() -> None:
    delivery = sent()
    for _ in range(20):
        assert from_postmark(delivery, "Bounce", Type="HardBounce").status_code == 200
    assert ProviderCallback.objects.count() == 1


@pytest.mark.usefixtures("postmark")
def test_postmark_rubbish_is_refused() -> None:
    headers = {"Authorization": "Basic " + b64encode(b"hook:secret").decode()}
    for body in ("", "[]", '{"RecordType": 1}{'):
        answer = Client().post("/hooks/postmark/", body, content_type="application/json", headers=headers)
        assert answer.status_code == 400


def test_provider_without_secret_or_not_ours_is_closed(settings: Any) -> None:
    settings.EMAIL_PROVIDER, settings.ANYMAIL = "postmark", {}
    assert from_postmark(sent(), "Delivery").status_code == 503
    settings.EMAIL_PROVIDER, settings.ANYMAIL = "smtp", {"WEBHOOK_SECRET": "hook:secret"}
    assert from_postmark(Delivery.objects.get(), "Delivery").status_code == 503


# -- Mailgun: signed by anymail's own check ----------------------------------------------------------------------------


def from_mailgun(delivery: Delivery, event: str, key: str = SIGNING, ago: float = 0, **fields: Any):
    at, token = str(int(time.time() - ago)), "t" * 50
    said = {"timestamp": at, "token": token}
    said["signature"] = hmac.new(key.encode(), (at + token).encode(), hashlib.sha256).hexdigest()
    data = {"event": event, "id": f"id-{event}", "timestamp": time.time(), "recipient": "ann@example.net"}
    data |= {"message": {"headers": {"message-id": "m@x"}}, "user-variables": {"delivery": str(delivery.public_id)}}
    body = {"signature": said, "event-data": data | fields}
    return Client().post("/hooks/mailgun/", json.dumps(body), content_type="application/json")


@pytest.fixture
def mailgun(settings: Any) -> None:
    settings.EMAIL_PROVIDER, settings.ANYMAIL = "mailgun", {"MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING}


@pytest.mark.usefixtures("mailgun")
def test_mailgun_signed_is_taken_and_forged_is_not() -> None:
    delivery = sent()
    assert from_mailgun(delivery, "delivered", key="other").status_code == 403
    assert ProviderCallback.objects.count() == 0
    assert from_mailgun(delivery, "delivered").status_code == 200
    assert outcome(delivery) == "delivered"


@pytest.mark.usefixtures("mailgun")
@pytest.mark.parametrize(("ago", "status"), [(290, 200), (-290, 200), (310, 403), (-310, 403), (86_400, 403)])
def test_mailgun_signed_at_another_time_is_refused(ago: float, status: int) -> None:
    delivery = sent()
    assert from_mailgun(delivery, "complained", ago=ago).status_code == status
    assert ProviderCallback.objects.count() == (status == 200)


@pytest.mark.usefixtures("mailgun")
def test_mailgun_signed_at_no_time_is_refused() -> None:
    body = {"signature": {"timestamp": "soon", "token": "t"}, "event-data": {"event": "complained"}}
    body["signature"]["signature"] = hmac.new(SIGNING.encode(), b"soont", hashlib.sha256).hexdigest()
    assert Client().post("/hooks/mailgun/", json.dumps(body), content_type="application/json").status_code == 403


# -- SendGrid: signed with a key of its own, over time and body --------------------------------------------------------


@pytest.mark.parametrize(("ago", "status"), [(0, 200), (290, 200), (310, 403), (-310, 403)])
def test_sendgrid_signed_at_another_time_is_refused(settings: Any, ago: float, status: int) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    settings.EMAIL_PROVIDER = "sendgrid"
    settings.ANYMAIL = {"SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": b64encode(public).decode()}
    event = {"event": "delivered", "sg_event_id": "e1", "email": "ann@example.net", "delivery": str(sent().public_id)}
    body, at = json.dumps([event | {"timestamp": int(time.time())}]), str(int(time.time() - ago))
    signed = b64encode(private.sign((at + body).encode(), ec.ECDSA(hashes.SHA256()))).decode()
    name = "X-Twilio-Email-Event-Webhook-"
    headers = {f"{name}Signature": signed, f"{name}Timestamp": at}
    answer = Client().post("/hooks/sendgrid/", body, content_type="application/json", headers=headers)
    assert (answer.status_code, ProviderCallback.objects.count()) == (status, int(status == 200))


# -- any order ---------------------------------------------------------------------------------------------------------

EVENTS = ("accepted", "delivered", "opened", "failed", "complained")


@pytest.mark.usefixtures("mailgun")
def test_every_order_of_mail_events_ends_in_the_same_state() -> None:
    """All orders of up to five events of a mail, each told twice: 2 x 325 x up to 5 moves, one end per set."""
    from surveys.actions.evidence import move_by_evidence
    from surveys.actions.mail_events import STATES

    told = ("sent", "delivered", "rejected", "bounced", "complained")
    delivery = sent()
    ends: dict[frozenset[str], set[str]] = {}
    for size in range(1, 6):
        for order in permutations(told, size):
            Delivery.objects.update(state="unknown")
            for event in (*order, order[0]):
                move_by_evidence(delivery.pk, STATES[event], event)
            ends.setdefault(frozenset(order), set()).add(Delivery.objects.values_list("state", flat=True).get())
    assert {len(found) for found in ends.values()} == {1}
    assert ends[frozenset(told)] == {"complained"}
    assert ends[frozenset(told[:3])] == {"delivered"}


# -- bounce messages ---------------------------------------------------------------------------------------------------


def post_bounce(raw: bytes, secret: str = "bounce-secret"):
    return Client().post(
        "/hooks/bounces/", raw, content_type="message/rfc822", headers={"Authorization": f"Bearer {secret}"}
    )


@pytest.mark.parametrize(
    ("action", "status", "end", "suppressed"),
    [("failed", "5.1.1", "bounced", 1), ("failed", "5.2.2", "bounced", 0), ("delayed", "4.4.1", "sent", 0),
     ("delivered", "2.0.0", "delivered", 0)],
)  # fmt: skip
def test_bounce_message_moves_its_mail(settings: Any, action: str, status: str, end: str, suppressed: int) -> None:
    settings.BOUNCE_SECRET = "bounce-secret"
    delivery = sent("unknown")
    raw = dsn(action, status, to=f"bounces+{delivery.public_id.hex}@example.org")
    assert [post_bounce(raw).status_code for _ in range(3)] == [204, 204, 204]
    assert outcome(delivery) == end
    assert Suppression.objects.filter(channel=Channel.EMAIL, reason="bounce").count() == suppressed
    assert ProviderCallback.objects.count() == 1


def test_bounce_message_closed_without_secret_and_refused_with_a_wrong_one(settings: Any) -> None:
    raw = dsn("failed", "5.1.1", to=f"bounces+{sent().public_id.hex}@example.org")
    assert post_bounce(raw).status_code == 503
    settings.BOUNCE_SECRET = "bounce-secret"
    assert post_bounce(raw, "wrong").status_code == 403
    assert post_bounce(b"x" * 300_000).status_code == 413
    assert post_bounce(b"no report").status_code == 204
    assert ProviderCallback.objects.count() == 0
