"""The stand-in SMS provider: the real one's answers, signed receipts, inbound messages, scripted faults."""

import pytest
import requests

from surveys.actions.inbound import address_hash_of
from surveys.channels.base import Message, TemporaryFailure, UnknownOutcome
from surveys.channels.sms.http import SmsAccount
from surveys.channels.sms.twilio import TwilioChannel
from surveys.models import Suppression
from surveys.standins.sms import twiml_text
from tests.factories import CustomerFactory, DeliveryFactory
from tests.fixtures_standins import SMS_ACCOUNT, SMS_SECRET, deliver_receipts, post_to_us

NUMBER = "+4915112345678"


def channel(provider, callback: str = "http://testserver/hooks/twilio/") -> TwilioChannel:
    return TwilioChannel(SmsAccount(provider.url, SMS_ACCOUNT, SMS_SECRET, "+15005550006", callback, reply_timeout=5))


def text(reference: str = "ref-1") -> Message:
    return Message(NUMBER, "How was it? STOP to end", reference)


def test_message_arrives_in_the_inbox_with_receipts_ready(sms_provider, inbox):
    receipt = channel(sms_provider).send(text())
    assert receipt.segments == 1
    assert [(each.recipient, each.text) for each in inbox.messages()] == [(NUMBER, "How was it? STOP to end")]
    sms_provider.flush()
    told = [(url, form["MessageSid"], form["MessageStatus"]) for url, form, _headers in sms_provider.outgoing]
    url = "http://testserver/hooks/twilio/?ref=ref-1"
    assert told == [(url, receipt.provider_id, "sent"), (url, receipt.provider_id, "delivered")]


@pytest.mark.django_db
def test_receipts_are_taken_by_our_own_hook(sms_provider):
    delivery = DeliveryFactory(channel="sms", state="unknown")
    channel(sms_provider).send(text(str(delivery.public_id)))
    assert deliver_receipts(sms_provider) == [200, 200]


def test_foreign_log_in_is_refused(sms_provider):
    url = f"{sms_provider.url}/2010-04-01/Accounts/{SMS_ACCOUNT}/Messages.json"
    response = requests.post(url, data={"To": NUMBER, "Body": "x"}, auth=(SMS_ACCOUNT, "wrong"), timeout=5)
    assert (response.status_code, response.json()["code"], sms_provider.messages) == (401, 20003, [])


@pytest.mark.parametrize(("form", "code"), [({"To": "12", "Body": "x"}, 21211), ({"To": NUMBER}, 21602), ({}, 21211)])
def test_bad_message_is_refused_as_by_the_real_one(sms_provider, form, code):
    url = f"{sms_provider.url}/2010-04-01/Accounts/{SMS_ACCOUNT}/Messages.json"
    response = requests.post(url, data=form, auth=(SMS_ACCOUNT, SMS_SECRET), timeout=5)
    assert (response.status_code, response.json()["code"]) == (400, code)


def test_scripted_refusal_is_met_once(sms_provider):
    requests.post(f"{sms_provider.url}/control/faults", json=[{"status": 429, "code": 20429}], timeout=5)
    with pytest.raises(TemporaryFailure) as caught:
        channel(sms_provider).send(text())
    assert caught.value.code == "20429"
    assert channel(sms_provider).send(text()).provider_id == sms_provider.messages[0].sid


@pytest.mark.parametrize(("cut", "kept"), [("before", 0), ("after", 1)])
def test_cut_connection_leaves_the_sender_in_doubt(sms_provider, cut, kept):
    sms_provider.fail([{"cut": cut}])
    with pytest.raises(UnknownOutcome):
        channel(sms_provider).send(text())
    assert len(sms_provider.messages) == kept


def test_slow_answer_comes_after_the_message_was_taken(sms_provider):
    sms_provider.fail([{"delay": 0.3}])
    hasty = TwilioChannel(SmsAccount(sms_provider.url, SMS_ACCOUNT, SMS_SECRET, "+15005550006", reply_timeout=0.1))
    with pytest.raises(UnknownOutcome):
        hasty.send(text())
    assert len(sms_provider.messages) == 1


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"receipts": []}, []),
        ({"receipts": ["sent", "undelivered"], "error_code": "30005"}, [("sent", ""), ("undelivered", "30005")]),
    ],
)
def test_scripted_receipts(sms_provider, fault, told):
    sms_provider.fail([fault])
    channel(sms_provider).send(text())
    sms_provider.flush()
    said = [(form["MessageStatus"], form.get("ErrorCode", "")) for _url, form, _headers in sms_provider.outgoing]
    assert said == told


def test_message_can_be_looked_up(sms_provider):
    sid = channel(sms_provider).send(text()).provider_id
    base = f"{sms_provider.url}/2010-04-01/Accounts/{SMS_ACCOUNT}/Messages"
    log_in = (SMS_ACCOUNT, SMS_SECRET)
    assert requests.get(f"{base}/{sid}.json", auth=log_in, timeout=5).json()["to"] == NUMBER
    assert requests.get(f"{base}/SMnone.json", auth=log_in, timeout=5).status_code == 404
    listed = requests.get(f"{base}.json", params={"To": NUMBER}, auth=log_in, timeout=5).json()
    assert [each["sid"] for each in listed["messages"]] == [sid]


@pytest.mark.django_db
def test_stop_written_to_us_is_obeyed_and_confirmed_in_the_inbox(sms_provider, inbox, settings):
    CustomerFactory(phone_hash=address_hash_of(NUMBER))
    sms_provider.post = post_to_us
    status, reply = sms_provider.write_in(NUMBER, "STOP")
    assert (status, Suppression.objects.count()) == (200, 1)
    assert reply == "Customer feedback: you will get no more text messages from us. START to get them again."
    assert [(each.direction, each.text) for each in inbox.messages()] == [("out", reply), ("in", "STOP")]


def test_twiml_that_is_none_has_no_text():
    assert (twiml_text("not xml"), twiml_text("<Response></Response>")) == ("", "")
