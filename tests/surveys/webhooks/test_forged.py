"""Callbacks forged in every way we know, and genuine ones replayed a hundred times (reliability D5): no effect."""

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from surveys.actions.callbacks import process_callbacks
from surveys.channels.sms.twilio import signature
from surveys.models import Customer, Delivery, DeliveryEvent, ProviderCallback, Suppression
from tests.asking import queued
from tests.surveys.channels.email.test_dsn import dsn

pytestmark = pytest.mark.django_db
SECRET, BASE, PATH = "s3cret-of-the-provider", "https://feedback.example", "/hooks/twilio/"
URLENCODED = "application/x-www-form-urlencoded"
NUMBER = "+4915112340000"
Form = dict[str, str]
STOP = {"MessageSid": "SM1", "From": NUMBER, "To": "+15005550006", "Body": "STOP"}
RECEIPT = {"MessageSid": "SM-ours", "MessageStatus": "delivered", "To": NUMBER}
DEAD = {**RECEIPT, "MessageStatus": "undelivered", "ErrorCode": "30005"}  # the number does not exist


@pytest.fixture(autouse=True)
def delivery(settings: Any) -> Delivery:
    settings.SMS_PROVIDER, settings.SMS_SIGNATURE_SECRET, settings.PUBLIC_BASE_URL = "twilio", SECRET, BASE
    (made,) = queued(1, channel="sms")
    Delivery.objects.update(state="sent", attempts=1, provider="twilio", provider_id="SM-ours")
    return made


def sign(form: Form, url: str = BASE + PATH, secret: str = SECRET) -> str:
    return signature(url, {key: [value] for key, value in form.items()}, secret)


def sha256(form: Form) -> str:
    """Another algorithm over the same text."""
    text = BASE + PATH + "".join(key + form[key] for key in sorted(form))
    return base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()).decode()


def post(form: Form, signed: str | None, *, more: str = "", path: str = PATH) -> int:
    headers = {} if signed is None else {"X-Twilio-Signature": signed}
    answer = Client(enforce_csrf_checks=True).post(
        path, urlencode(form) + more, content_type=URLENCODED, headers=headers
    )
    return answer.status_code


def effects() -> tuple[int, int, int, int, str]:
    process_callbacks(100, timezone.now())
    told = (ProviderCallback, Suppression, DeliveryEvent, Customer.objects.filter(consent_sms=False))
    counts = [each.count() if hasattr(each, "count") else each.objects.count() for each in told]
    return (*counts, Delivery.objects.values_list("state", flat=True).get())  # type: ignore[return-value]


@pytest.mark.parametrize("form", [STOP, RECEIPT, DEAD], ids=["stop", "receipt", "dead number"])
def test_forged_is_refused_and_has_no_effect(form: Form) -> None:
    before = effects()
    statuses = [
        post(form, None),
        post(form, ""),
        post(form, " "),
        post(form, "AAAA"),
        post(form, sign(form, secret="another installation's")),
        post(form, sign(form, secret="")),
        post(form, sign(form).swapcase()),
        post(form, sign(form)[:-1]),
        post(form, sha256(form)),
        post(form, "sha256=" + sha256(form)),
        post(form, "none"),
        post({**form, "MessageSid": "SM1 "}, sign(form)),
        post({**form, "Added": "1"}, sign(form)),
        post({key: value for key, value in form.items() if key != "To"}, sign(form)),
        post(form, sign(form), more="&To=%2B1"),
        post(form, sign(form), path=PATH + "?ref=x"),
        *(
            post(form, sign(form, url))
            for url in (
                "http://feedback.example" + PATH, BASE + PATH.rstrip("/"), BASE + ":443" + PATH,
                "https://testserver" + PATH, BASE + "/hooks/vonage/", BASE + PATH + "?", BASE.upper() + PATH,
            )
        ),
    ]  # fmt: skip
    assert set(statuses) == {403}
    assert effects() == before


@pytest.mark.parametrize(
    ("form", "state", "suppressed"), [(RECEIPT, "delivered", 0), (DEAD, "undelivered", 1), (STOP, "sent", 1)]
)
def test_genuine_replayed_a_hundred_times_has_one_effect(form: Form, state: str, suppressed: int) -> None:
    assert post(form, sign(form)) == 200
    once = effects()
    assert (once[1], once[-1]) == (suppressed, state)
    assert {post(form, sign(form)) for _ in range(100)} == {200}
    assert effects() == once


def test_bounce_message_replayed_a_hundred_times_has_one_effect(settings: Any, delivery: Delivery) -> None:
    settings.BOUNCE_SECRET = "bounce-secret"
    raw = dsn("failed", "5.1.1", to=f"bounces+{delivery.public_id.hex}@example.org")
    headers = {"Authorization": "Bearer bounce-secret"}

    def bounce() -> int:
        return Client().post("/hooks/bounces/", raw, content_type="message/rfc822", headers=headers).status_code

    assert bounce() == 204
    once = effects()
    assert {bounce() for _ in range(100)} == {204}
    assert effects() == once


def test_secret_unset_closes_the_door(settings: Any) -> None:
    settings.SMS_SIGNATURE_SECRET = ""
    assert post(STOP, sign(STOP, secret="")) == 503
