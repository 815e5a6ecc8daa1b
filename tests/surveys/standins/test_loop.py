"""Over the wire: a message leaves by real SMTP or HTTP, comes to the inbox, and whoever got it can say stop."""

from email import message_from_bytes, policy
from urllib.parse import urlsplit

import pytest
from django.test import Client

from surveys.actions.callbacks import process_callbacks
from surveys.actions.customers import set_addresses
from surveys.actions.deliver import deliver_due
from surveys.actions.links import set_token_hashes
from surveys.models import Customer, Delivery, Invitation
from tests.factories import CustomerFactory, DeliveryFactory, InvitationFactory
from tests.fixtures_standins import deliver_receipts, post_to_us

pytestmark = pytest.mark.django_db(transaction=True)


def planned(channel: str) -> Delivery:
    customer: Customer = CustomerFactory()
    set_addresses(customer, email="anna@example.org", phone="+4915112345678")
    customer.save()
    invitation: Invitation = InvitationFactory.build(
        customer=customer, channel=channel, version=(made := InvitationFactory()).version, survey=made.survey
    )
    set_token_hashes(invitation)
    invitation.save()
    delivery: Delivery = DeliveryFactory(invitation=invitation, channel=channel)
    return delivery


def state(delivery: Delivery) -> str:
    delivery.refresh_from_db()
    return delivery.state


def test_mail_leaves_and_its_unsubscribe_header_works(smtp_inbox, inbox):
    delivery = planned("email")
    deliver_due()
    assert state(delivery) == "sent"
    mail = message_from_bytes(inbox.raw(next(inbox.messages("anna@")).id), policy=policy.default)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = urlsplit(str(mail["List-Unsubscribe"]).strip("<>")).path
    response = Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    delivery.invitation.customer.refresh_from_db()
    assert delivery.invitation.customer.consent_email is False


def test_text_leaves_is_receipted_and_stopped(sms_provider, inbox):
    delivery = planned("sms")
    deliver_due()
    assert state(delivery) == "sent"
    assert deliver_receipts(sms_provider) == [200, 200]
    process_callbacks(10, delivery.next_at)
    assert state(delivery) == "delivered"
    sms_provider.post = post_to_us
    sms_provider.write_in("+4915112345678", "STOP")
    following = DeliveryFactory(invitation=delivery.invitation, channel="sms", purpose="reminder")
    deliver_due()
    assert (state(following), len(sms_provider.messages)) == ("cancelled", 1)


def test_text_taken_without_an_answer_is_settled_by_its_receipt(sms_provider):
    sms_provider.fail([{"cut": "after"}])
    delivery = planned("sms")
    deliver_due()
    assert state(delivery) == "unknown"
    assert deliver_receipts(sms_provider) == [200, 200]
    process_callbacks(10, delivery.next_at)
    assert (state(delivery), delivery.provider_id) == ("delivered", sms_provider.messages[0].sid)
