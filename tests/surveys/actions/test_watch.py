"""A channel holds itself when too many addresses bounce; what an operator has seen is not held against it again."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from surveys.actions import watch as watching
from surveys.actions.deliver import deliver_due
from surveys.actions.dispatch import release
from surveys.actions.suppress import complaint, hard_bounce
from surveys.models import Delivery, DispatchSwitch
from tests.asking import queued
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db


def sent(count: int) -> list[Delivery]:
    made = queued(count)
    Delivery.objects.update(state="sent", attempts=1, sent_at=timezone.now())
    return made


def test_watch_six_percent_bounce_holds_the_channel_within_one_batch(mail_sink: MailSink, settings: Any) -> None:
    settings.DELIVERY_BATCH = 500
    queued(300)
    mail_sink.rcpt = (["250 OK"] * 15 + ["550 5.1.1 no such user"]) * 20
    while deliver_due(limit=300):  # a slow machine takes more than one run
        pass
    switch = DispatchSwitch.objects.get()
    assert (switch.scope, switch.paused, switch.cause) == ("email", True, "bounces")
    tried = Delivery.objects.filter(attempts=1).count()
    assert 200 <= tried <= 210
    assert Delivery.objects.filter(state="queued").count() == 300 - tried


@pytest.mark.parametrize(("count", "bounces", "held"), [(199, 20, False), (200, 9, False), (200, 10, True)])
def test_watch_bounces_reported_later(count: int, bounces: int, held: bool) -> None:
    for delivery in sent(count)[:bounces]:
        hard_bounce(delivery, "mailbox gone", timezone.now())
    assert DispatchSwitch.objects.filter(scope="email", paused=True).exists() is held


def test_watch_released_by_an_operator_counts_anew() -> None:
    messages = sent(200)
    for delivery in messages[:10]:
        hard_bounce(delivery, "gone", timezone.now())
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert release("email", "ann", timezone.now()) is True
        hard_bounce(messages[11], "gone", timezone.now())
        assert watching.watch("email", timezone.now()) is False


def test_watch_complaints_alarm_then_hold(caplog: pytest.LogCaptureFixture) -> None:
    messages = sent(700)
    complaint(messages[0], "spam", timezone.now())
    assert [record.message for record in caplog.records] == ["Complaints about email: 1 of 700 messages (0.14 %)."]
    complaint(messages[1], "spam", timezone.now())
    assert DispatchSwitch.objects.count() == 0
    complaint(messages[2], "spam", timezone.now())
    assert DispatchSwitch.objects.get().cause == "complaints"
