"""What an answer means for messages that somebody else has in hand: they are left alone, and nobody waits."""

import pytest
from django.db import connection

from surveys.actions.answered import settle_messages
from surveys.enums import DeliveryPurpose, DeliveryState
from surveys.models import Delivery
from tests.factories import DeliveryFactory, InvitationFactory


@pytest.mark.django_db
def test_settle_proves_the_first_and_cancels_the_reminder() -> None:
    invitation = InvitationFactory.create()
    DeliveryFactory.create(invitation=invitation, state=DeliveryState.UNKNOWN)
    DeliveryFactory.create(invitation=invitation, state=DeliveryState.QUEUED, purpose=DeliveryPurpose.REMINDER)
    settle_messages(invitation.pk)
    settle_messages(invitation.pk)
    states = Delivery.objects.order_by("pk").values_list("state", "events__from_state", "events__to_state")
    assert list(states) == [("sent", "unknown", "sent"), ("cancelled", "queued", "cancelled")]


@pytest.mark.django_db(transaction=True)
def test_settle_skips_a_message_in_another_hand() -> None:
    from django.db import transaction

    delivery = DeliveryFactory.create(state=DeliveryState.QUEUED)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT id FROM surveys_delivery WHERE id = %s FOR UPDATE", [delivery.pk])
            with transaction.atomic():
                settle_messages(delivery.invitation_id)
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert Delivery.objects.get().state == DeliveryState.QUEUED
