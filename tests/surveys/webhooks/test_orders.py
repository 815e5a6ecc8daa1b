"""Receipts in any order and any number of times (reliability C3): one end for each set of them, and no error."""

from itertools import product
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from surveys.actions.callbacks import process_callbacks
from surveys.channels.sms.twilio import signature
from surveys.models import Delivery, DeliveryEvent, ProviderCallback
from tests.factories import DeliveryFactory, InvitationFactory
from tests.sizes import sized

pytestmark = pytest.mark.django_db
SECRET, PATH = "s3cret-of-the-provider", "/hooks/twilio/"
STATUSES = ("queued", "sent", "undelivered", "delivered", "failed")
LONGEST = sized(3, 5)  # 155 sequences, or 3,905


@pytest.fixture(autouse=True)
def _secret(settings):
    settings.SMS_PROVIDER, settings.SMS_SIGNATURE_SECRET = "twilio", SECRET


def tell(status: str, sid: str) -> int:
    form = {"MessageSid": sid, "MessageStatus": status, "To": "+491713920001", "From": "+15005550006"}
    signed = signature("http://testserver" + PATH, {key: [value] for key, value in form.items()}, SECRET)
    kind = "application/x-www-form-urlencoded"
    answer = Client().post(PATH, urlencode(form), content_type=kind, headers={"X-Twilio-Signature": signed})
    return answer.status_code


@pytest.mark.slow
def test_every_sequence_with_repeats_ends_as_its_set_does() -> None:
    ends: dict[frozenset[str], set[str]] = {}
    answers: set[int] = set()
    delivery = DeliveryFactory(invitation=InvitationFactory(channel="sms"), channel="sms", provider="twilio")
    count = 0
    for size in range(1, LONGEST + 1):
        for order in product(STATUSES, repeat=size):
            count += 1
            sid = f"SM{count}"
            DeliveryEvent.objects.all().delete()
            ProviderCallback.objects.all().delete()
            Delivery.objects.filter(pk=delivery.pk).update(state="sent", provider_id=sid)
            for status in order:
                answers.add(tell(status, sid))
                process_callbacks(10, timezone.now())
            ends.setdefault(frozenset(order), set()).add(Delivery.objects.values_list("state", flat=True).get())
    assert (count, answers) == (sum(len(STATUSES) ** size for size in range(1, LONGEST + 1)), {200})
    assert {len(found) for found in ends.values()} == {1}
    assert ends[frozenset({"sent", "undelivered", "delivered"})] == {"delivered"}
    assert ends[frozenset({"sent", "failed"})] == {"undelivered"}
