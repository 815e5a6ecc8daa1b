"""Callbacks: stored once without addresses, and the same end whatever the order of receipts."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from surveys.actions.callbacks import process_callback, process_callbacks, store_sms_callback
from surveys.actions.inbound import address_hash_of
from surveys.models import AskDecision, Customer, Delivery, DeliveryEvent, ProviderCallback, Suppression
from tests.factories import CustomerFactory, DeliveryFactory, InvitationFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
NUMBER = "+4915112345678"
SID = "SM" + "a" * 32


def sms(state: str = "sent", provider_id: str = SID, **fields) -> Delivery:
    customer = CustomerFactory(phone=NUMBER, phone_hash=address_hash_of(NUMBER), language="de")
    invitation = InvitationFactory(customer=customer, channel="sms")
    return DeliveryFactory(
        invitation=invitation, channel="sms", state=state, provider="twilio", provider_id=provider_id, **fields
    )


def receipt(status: str, error: str = "", ref: str = "", sid: str = SID) -> int:
    form = {"MessageSid": sid, "MessageStatus": status, "To": NUMBER, "From": "+15005550006", "ErrorCode": error}
    return store_sms_callback("twilio", form, ref, NOW)[0]


def write(text: str, number: str = NUMBER, sid: str = "SMin1") -> int:
    form = {"MessageSid": sid, "From": number, "To": "+15005550006", "Body": text, "SmsStatus": "received"}
    return store_sms_callback("twilio", form, "", NOW)[0]


def test_store_twice_is_one_row_without_numbers():
    assert receipt("delivered") == receipt("delivered")
    row = ProviderCallback.objects.get()
    assert (row.kind, row.event_id) == ("status", f"{SID}:delivered:")
    assert NUMBER not in str(row.payload)


def test_store_keeps_what_the_database_cannot():
    pk = write("a\0b\ud800")
    assert ProviderCallback.objects.get(pk=pk).payload["text"] == "ab?"


def test_store_without_message_is_refused():
    with pytest.raises(ValueError, match="names no message"):
        store_sms_callback("twilio", {"MessageStatus": "sent"}, "", NOW)


EVENTS = ("queued", "sent", "undelivered", "delivered", "strange")


@pytest.mark.parametrize(
    ("start", "events", "end"),
    [
        ("unknown", EVENTS, "delivered"),
        ("unknown", EVENTS[:3], "undelivered"),
        ("assumed_sent", ("queued", "sent", "sent"), "sent"),
        ("assumed_sent", EVENTS[1:4], "delivered"),
        ("sent", EVENTS[1:], "delivered"),
    ],
)
def test_every_order_of_receipts_ends_in_the_same_state(start, events, end):
    ends = set()
    delivery = sms()
    for number, order in enumerate(sorted(set(permutations(events)))):
        sid = f"SM{number}"
        Delivery.objects.update(state=start, provider_id=sid)
        for status in (*order, order[0]):
            process_callback(receipt(status, sid=sid), NOW)
        delivery.refresh_from_db()
        ends.add(delivery.state)
    assert ends == {end}


def test_receipt_settles_an_unknown_outcome_by_our_reference():
    delivery = sms("unknown", provider_id="")
    decision = AskDecision.objects.create(
        survey=delivery.invitation.survey,
        customer=delivery.invitation.customer,
        invitation=delivery.invitation,
        occasion="x",
        outcome="planned",
        due_at=NOW,
        decided_at=NOW,
    )
    pk = receipt("delivered", ref=str(delivery.public_id))
    handled = process_callback(pk, NOW)
    assert handled is not None
    assert handled.note == "moved to delivered"
    delivery.refresh_from_db()
    delivery.invitation.refresh_from_db()
    decision.refresh_from_db()
    assert (delivery.state, delivery.provider_id) == ("delivered", SID)
    assert (delivery.invitation.state, decision.outcome) == ("live", "sent")
    events = DeliveryEvent.objects.values_list("from_state", "to_state", "cause")
    assert list(events) == [("unknown", "delivered", "twilio: delivered")]


def test_receipt_spares_a_second_message_that_waits_for_its_retry():
    delivery = sms("queued", provider_id="", attempts=1)
    process_callback(receipt("delivered", ref=str(delivery.public_id)), NOW)
    delivery.refresh_from_db()
    assert delivery.state == "delivered"


def test_receipt_before_our_own_record_waits():
    delivery = sms("sending", provider_id="")
    pk = receipt("delivered", ref=str(delivery.public_id))
    assert process_callbacks(10, NOW) == {"processed": 0, "waiting": 1, "failed": 0}
    Delivery.objects.filter(pk=delivery.pk).update(state="sent")
    assert process_callbacks(10, NOW) == {"processed": 1, "waiting": 0, "failed": 0}
    delivery.refresh_from_db()
    assert delivery.state == "delivered"
    assert ProviderCallback.objects.get(pk=pk).processed_at == NOW


def test_receipt_of_no_message_of_ours_waits_ten_minutes_and_is_closed():
    pk = receipt("delivered", sid="SMother")
    assert process_callbacks(10, NOW) == {"processed": 0, "waiting": 1, "failed": 0}
    assert process_callbacks(10, NOW + timedelta(minutes=10)) == {"processed": 1, "waiting": 0, "failed": 0}
    assert ProviderCallback.objects.get(pk=pk).note == "of no message of ours"


@pytest.mark.parametrize(
    ("error", "reasons"), [("30005", ["bounce"]), ("30006", ["bounce"]), ("21610", ["opt_out"]), ("30008", [])]
)
def test_receipt_of_a_dead_number_suppresses_it(error, reasons):
    sms()
    process_callback(receipt("undelivered", error), NOW)
    assert list(Suppression.objects.values_list("reason", flat=True)) == reasons


def test_stop_opts_out_and_confirms_once_in_the_customers_language():
    delivery = sms("queued", provider_id="")
    first = process_callback(write("Stopp!"), NOW)
    again = process_callback(write("STOP", sid="SMin2"), NOW)
    assert first is not None
    assert again is not None
    confirmation = "Customer feedback: Sie bekommen keine SMS mehr von uns. Mit START bekommen Sie wieder welche."
    assert (first.reply, again.reply) == (confirmation, "")
    delivery.refresh_from_db()
    assert (delivery.state, Customer.objects.get().consent_sms) == ("suppressed", False)


def test_stop_of_a_replayed_callback_has_no_second_effect():
    pk = write("STOP")
    assert process_callback(pk, NOW) is not None
    assert process_callback(pk, NOW) is None
    assert Suppression.objects.count() == 1


def test_start_after_stop_lifts_it_and_without_one_is_no_consent():
    sms()
    stranger = process_callback(write("START", "+4915187654321", "SMin0"), NOW)
    assert stranger is not None
    assert (stranger.note, stranger.reply) == ("start, but had not stopped", "")
    process_callback(write("STOP"), NOW)
    handled = process_callback(write("START", sid="SMin2"), NOW)
    assert handled is not None
    assert handled.note == "start"
    assert (Customer.objects.get().consent_sms, Suppression.objects.get().until) == (True, NOW)


def test_help_is_answered_also_to_strangers():
    handled = process_callback(write("help", "12345"), NOW)
    assert handled is not None
    assert handled.reply == "Customer feedback: short questions after you were in touch with us. STOP to end."


@pytest.mark.parametrize(
    ("text", "note"),
    [("please stop calling my mother", "for a person: may mean stop"), ("9 great", "for a person: a message")],
)
def test_other_texts_are_kept_for_people(text, note):
    handled = process_callback(write(text), NOW)
    assert handled is not None
    assert (handled.note, handled.reply, Suppression.objects.count()) == (note, "", 0)


def test_one_bad_row_does_not_stop_the_others():
    sms()
    ProviderCallback.objects.create(provider="twilio", event_id="bad", kind="status", payload={}, received_at=NOW)
    receipt("delivered")
    assert process_callbacks(10, NOW) == {"processed": 1, "waiting": 0, "failed": 1}
