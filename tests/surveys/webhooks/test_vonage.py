"""The other SMS provider at our door: signed within five minutes, receipts by our reference, answers as messages."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from surveys.actions.callbacks import process_callbacks
from surveys.actions.inbound import address_hash_of
from surveys.channels.sms.vonage import signature
from surveys.models import Delivery, ProviderCallback, Suppression
from surveys.standins.sms import VonageProvider
from tests.factories import CustomerFactory, DeliveryFactory, InvitationFactory
from tests.fixtures_standins import SMS_SECRET

pytestmark = pytest.mark.django_db
PATH = "/hooks/vonage/"
NUMBER = "+491713920001"


def post(secret: str = SMS_SECRET, age: int = 0, as_json: bool = False, **fields: str):
    at = datetime.now(UTC) - timedelta(seconds=age)
    form = {key.replace("_", "-"): value for key, value in fields.items()} | {"timestamp": str(int(at.timestamp()))}
    form["sig"] = signature({key: [value] for key, value in form.items()}, secret).upper()
    if as_json:
        return Client().post(PATH, json.dumps(form), content_type="application/json")
    return Client().post(PATH, urlencode(form), content_type="application/x-www-form-urlencoded")


def waiting(state: str = "queued", **fields) -> Delivery:
    customer = CustomerFactory(phone=NUMBER, phone_hash=address_hash_of(NUMBER))
    return DeliveryFactory(invitation=InvitationFactory(customer=customer, channel="sms"), channel="sms", state=state,
                           **fields)  # fmt: skip


@pytest.mark.parametrize("as_json", [False, True])
def test_hook_receipt_by_our_reference_settles_an_unknown(vonage_provider: VonageProvider, as_json: bool) -> None:
    delivery = waiting("unknown", provider="vonage")
    reference = str(delivery.public_id)
    answer = post(as_json=as_json, messageId="A1", status="delivered", msisdn="491713920001", client_ref=reference)
    assert answer.status_code == 200
    assert process_callbacks(10, datetime.now(UTC))["processed"] == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.provider_id) == ("delivered", "A1")
    assert "491713920001" not in str(ProviderCallback.objects.get().payload)


def test_hook_stop_is_obeyed_and_confirmed_once_by_a_message(vonage_provider: VonageProvider) -> None:
    delivery = waiting()
    post(messageId="A1", msisdn="491713920001", to="1500", text="Stop.")
    post(messageId="A2", msisdn="491713920001", to="1500", text="STOP")
    delivery.refresh_from_db()
    assert (delivery.state, Suppression.objects.count()) == ("suppressed", 1)
    assert [message.to for message in vonage_provider.messages] == [NUMBER]
    assert vonage_provider.messages[0].text.endswith("START to get them again.")


def test_hook_replayed_a_hundred_times_has_one_effect(vonage_provider: VonageProvider) -> None:
    waiting()
    for _ in range(100):
        assert post(messageId="A9", msisdn="491713920001", to="1500", text="STOP").status_code == 200
    assert (ProviderCallback.objects.count(), len(vonage_provider.messages)) == (1, 1)


@pytest.mark.parametrize(("secret", "age"), [("other", 0), (SMS_SECRET, 301), (SMS_SECRET, -301)])
def test_hook_forged_or_old_is_refused(vonage_provider: VonageProvider, secret: str, age: int) -> None:
    delivery = waiting()
    assert post(secret, age, messageId="A1", msisdn="491713920001", text="STOP").status_code == 403
    delivery.refresh_from_db()
    assert (delivery.state, Suppression.objects.count(), ProviderCallback.objects.count()) == ("queued", 0, 0)


def test_hook_without_secret_or_of_another_provider_is_closed(vonage_provider: VonageProvider, settings) -> None:
    settings.SMS_SIGNATURE_SECRET = ""
    assert post("", messageId="A1", msisdn="491713920001", text="STOP").status_code == 503
    settings.SMS_PROVIDER, settings.SMS_SIGNATURE_SECRET = "twilio", SMS_SECRET
    assert post(messageId="A1", msisdn="491713920001", text="STOP").status_code == 503
