"""An operator's decisions: tried again once, however often and by however many it is asked for."""

import pytest
from django.utils import timezone

from surveys.actions.deliver import deliver_due
from surveys.actions.retry import assume_sent, retry_failed, send_unknown_again
from surveys.models import AskDecision, Delivery
from tests.asking import queued
from tests.sinks import CUT, MailSink

pytestmark = pytest.mark.django_db


def test_retry_ten_clicks_by_two_people_send_once(mail_sink: MailSink) -> None:
    (delivery,) = queued()
    ask = delivery.invitation
    AskDecision.objects.create(
        survey=ask.survey, customer=ask.customer, invitation=ask, outcome="planned", due_at=ask.due_at,
        decided_at=ask.due_at,
    )  # fmt: skip
    mail_sink.script = ["554 no"]
    deliver_due()
    clicks = [retry_failed([delivery.pk], by, timezone.now()) for by in ("ann", "bob") * 5]
    assert (sum(clicks), clicks[0]) == (1, 1)
    deliver_due()
    deliver_due()
    assert mail_sink.message_ids == [str(delivery.public_id)]
    causes = delivery.events.filter(to_state="queued", from_state="failed").values_list("cause", flat=True)
    assert list(causes) == ["queued again by ann"]


def test_send_unknown_again_is_the_operators_one_extra_send(mail_sink: MailSink) -> None:
    (delivery,) = queued()
    mail_sink.script = [CUT]
    assert deliver_due() == {"claimed": 1, "unknown": 1}
    assert retry_failed([delivery.pk], "ann", timezone.now()) == 0
    assert [send_unknown_again([delivery.pk], "ann", timezone.now()) for _ in range(3)] == [1, 0, 0]
    deliver_due()
    assert mail_sink.message_ids == [str(delivery.public_id)] * 2


def test_assume_sent_settles_and_is_not_sent(mail_sink: MailSink) -> None:
    (delivery,) = queued()
    mail_sink.script = [CUT]
    deliver_due()
    assert assume_sent([delivery.pk], "ann") == 1
    assert Delivery.objects.get().state == "assumed_sent"
    assert send_unknown_again([delivery.pk], "ann", timezone.now()) == 0
