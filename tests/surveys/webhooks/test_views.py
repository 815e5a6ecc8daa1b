"""The door of provider callbacks: fails closed, takes each callback once, answers at once."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from surveys.actions.inbound import address_hash_of
from surveys.channels.sms.twilio import signature
from surveys.models import Delivery, ProviderCallback, Suppression
from tests.factories import CustomerFactory, DeliveryFactory, InvitationFactory

pytestmark = pytest.mark.django_db
SECRET = "s3cret-of-the-provider"
PATH = "/hooks/twilio/"
FORM = "application/x-www-form-urlencoded"
RECEIPT = {"MessageSid": "SM1", "MessageStatus": "delivered"}
STOP = {"MessageSid": "SM2", "From": "+4915112345678", "To": "+15005550006", "Body": "STOP"}


@pytest.fixture(autouse=True)
def _secret(settings):
    settings.SMS_PROVIDER, settings.SMS_SIGNATURE_SECRET = "twilio", SECRET
    settings.PUBLIC_BASE_URL = "https://feedback.example"


def post(form: dict[str, str], path: str = PATH, secret: str = SECRET, **extra):
    signed = signature("https://feedback.example" + path, {key: [value] for key, value in form.items()}, secret)
    extra.setdefault("headers", {"X-Twilio-Signature": signed})
    return Client(enforce_csrf_checks=True).post(path, urlencode(form), content_type=FORM, **extra)


def test_hook_stores_and_answers_empty():
    response = post(RECEIPT)
    assert (response.status_code, response["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert response.content == b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
    assert list(ProviderCallback.objects.values_list("event_id", flat=True)) == ["SM1:delivered:"]


def test_hook_with_our_reference_is_signed_with_its_query():
    delivery = DeliveryFactory(channel="sms", state="unknown", provider="twilio")
    assert post(RECEIPT, f"{PATH}?ref={delivery.public_id}").status_code == 200
    assert ProviderCallback.objects.get().payload["ref"] == str(delivery.public_id)


def test_hook_replayed_has_one_effect():
    invitation = InvitationFactory(
        customer=CustomerFactory(phone_hash=address_hash_of("+4915112345678")), channel="sms"
    )
    delivery = DeliveryFactory(invitation=invitation, channel="sms")
    replies = [post(STOP).content.decode() for _ in range(5)]
    assert [("<Message>" in reply) for reply in replies] == [True, False, False, False, False]
    assert (ProviderCallback.objects.count(), Suppression.objects.count()) == (1, 1)
    assert Delivery.objects.get(pk=delivery.pk).state == "suppressed"


def test_hook_ignores_the_host_of_the_caller():
    assert (
        post(RECEIPT, headers={"X-Twilio-Signature": signature("http://testserver" + PATH, {}, SECRET)}).status_code
        == 403
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "AAAA"},
        {
            "X-Twilio-Signature": signature(
                "https://feedback.example" + PATH, {k: [v] for k, v in STOP.items()}, "other"
            )
        },
        {
            "X-Twilio-Signature": signature(
                "https://feedback.example/hooks/twilio", {k: [v] for k, v in STOP.items()}, SECRET
            )
        },
    ],
)
def test_hook_with_forged_stop_changes_nothing(headers):
    assert post(STOP, headers=headers).status_code == 403
    assert (ProviderCallback.objects.count(), Suppression.objects.count()) == (0, 0)


@pytest.mark.parametrize("extra", [{"Added": "1"}, {"Body": "STOP "}])
def test_hook_with_changed_body_is_refused(extra):
    signed = signature("https://feedback.example" + PATH, {key: [value] for key, value in STOP.items()}, SECRET)
    assert post(STOP | extra, headers={"X-Twilio-Signature": signed}).status_code == 403


def test_hook_with_a_parameter_twice_is_refused():
    signed = signature("https://feedback.example" + PATH, {key: [value] for key, value in STOP.items()}, SECRET)
    body = urlencode(STOP) + "&Body=hello"
    response = Client().post(PATH, body, content_type=FORM, headers={"X-Twilio-Signature": signed})
    assert response.status_code == 403


def test_hook_without_secret_is_off(settings):
    settings.SMS_SIGNATURE_SECRET = ""
    assert post(RECEIPT, secret="").status_code == 503


def test_hook_of_a_large_body_is_refused():
    assert post({**RECEIPT, "Body": "x" * 256_000}).status_code == 413


@pytest.mark.parametrize(("method", "status"), [("get", 405), ("put", 405)])
def test_hook_takes_only_posts(method, status):
    assert getattr(Client(), method)(PATH).status_code == status


def test_hook_of_another_type_or_provider_is_refused():
    assert Client().post(PATH, "<a/>", content_type="text/xml").status_code == 415
    assert post(RECEIPT, "/hooks/nobody/").status_code == 404


def test_hook_that_names_no_message_says_so():
    response = post({"MessageStatus": "sent"})
    assert (response.status_code, response.content) == (400, b"The receipt names no message: MessageSid is missing.")


def test_hook_answers_help_with_escaped_text(settings):
    settings.SENDER_NAME = "A & B <co>"
    reply = post({"MessageSid": "SM3", "From": "+4915112345678", "Body": "HELP"}).content.decode()
    assert "A &amp; B &lt;co&gt;: short questions" in reply
