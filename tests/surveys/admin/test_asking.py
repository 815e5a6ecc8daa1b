"""Messages and invitations in the admin: read, withdrawn, tried again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from surveys.models import AskDecision, Delivery, DeliveryEvent
from tests.asking import queued
from tests.factories import DeliveryFactory, InvitationFactory

pytestmark = pytest.mark.django_db
LIST = reverse("admin:surveys_delivery_changelist")


def failed(**fields) -> Delivery:
    invitation = InvitationFactory(state="cancelled", **fields)
    AskDecision.objects.create(
        survey=invitation.survey,
        customer=invitation.customer,
        invitation=invitation,
        occasion=invitation.occasion,
        outcome="failed",
        due_at=invitation.due_at,
        decided_at=invitation.due_at,
    )
    return DeliveryFactory(invitation=invitation, state="failed", attempts=5)


def retry(client, *deliveries: Delivery) -> None:
    client.post(LIST, {"action": "retry", "_selected_action": [each.pk for each in deliveries]})


def test_failed_message_is_tried_again_and_its_ask_opened(manager_client):
    delivery = failed()
    retry(manager_client, delivery)
    delivery.refresh_from_db()
    delivery.invitation.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.invitation.state) == ("queued", 0, "planned")
    assert AskDecision.objects.get().outcome == "planned"
    assert list(DeliveryEvent.objects.values_list("from_state", "to_state")) == [("failed", "queued")]


def test_message_that_did_not_fail_is_left_alone(manager_client):
    delivery = DeliveryFactory(state="sent")
    retry(manager_client, delivery)
    delivery.refresh_from_db()
    assert (delivery.state, DeliveryEvent.objects.count()) == ("sent", 0)


def test_message_of_an_expired_ask_is_not_tried_again(manager_client):
    past = timezone.now() - timedelta(days=30)
    delivery = failed(due_at=past, expires_at=past + timedelta(days=1))
    retry(manager_client, delivery)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.invitation.state) == ("failed", "cancelled")


def test_message_is_not_tried_again_beside_another_open_ask(manager_client):
    delivery = failed()
    first = delivery.invitation
    InvitationFactory(customer=first.customer, version=first.version, occasion=first.occasion)
    retry(manager_client, delivery)
    delivery.refresh_from_db()
    assert delivery.state == "failed"


def test_invitation_is_withdrawn_with_its_messages(manager_client):
    delivery = DeliveryFactory()
    url = reverse("admin:surveys_invitation_changelist")
    manager_client.post(url, {"action": "withdraw", "_selected_action": [delivery.invitation_id]})
    delivery.refresh_from_db()
    delivery.invitation.refresh_from_db()
    assert (delivery.state, delivery.invitation.state) == ("cancelled", "cancelled")


def test_delivery_page_shows_the_words_of_a_text_and_what_it_costs(manager_client):
    (delivery,) = queued(1, channel="sms")
    text = manager_client.get(f"/admin/surveys/delivery/{delivery.pk}/change/").content.decode()
    assert ("[[answer]]" in text, "1 SMS segment" in text, "/s/" in text) == (True, True, False)
