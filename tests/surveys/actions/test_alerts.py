"""The owner is told once, by one mail, whatever holds sending and however many sweepers there are (G8, R17, D12)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from surveys.actions.alerts import send_alerts, tell_owner
from surveys.actions.deliver import deliver_due
from surveys.actions.dispatch import hold
from surveys.actions.suppress import complaint, hard_bounce
from surveys.enums import HoldCause
from surveys.models import Alert, Delivery
from surveys.standins.sms import SmsProvider
from tests.asking import queued
from tests.sinks import CUT, MailSink
from tests.surveys.actions.test_deliver_paid import to_numbers

pytestmark = pytest.mark.django_db
OWNER = "owner@example.org"


@pytest.fixture(autouse=True)
def _owner(settings: Any) -> None:
    settings.OWNER_EMAIL = OWNER


def told(sink: MailSink) -> list[str]:
    """The subjects of the mails to the owner."""
    mails = [sink.mail(number) for number in range(len(sink.contents))]
    return [str(mail["Subject"]) for mail in mails if mail["To"] == OWNER]


def words(sink: MailSink, number: int = 0) -> str:
    body = sink.mail(number).get_body()
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def sent(count: int) -> list[Delivery]:
    made = queued(count)
    Delivery.objects.update(state="sent", attempts=1, sent_at=timezone.now())
    return made


def test_bounces_that_hold_a_channel_are_one_mail(mail_sink: MailSink) -> None:
    for delivery in sent(200)[:12]:
        hard_bounce(delivery, "gone", timezone.now())
    assert send_alerts(timezone.now()) == {"sent": 1}
    assert [send_alerts(timezone.now()) for _ in range(3)] == [{}, {}, {}]
    assert told(mail_sink) == ["Sending is held: e-mail"]
    assert words(mail_sink) == (
        "Sending is held: e-mail\n"
        "too many bounces: 10 of 200 messages bounced (5.0%): clean the list, then resume\n\n"
        "Look at it, and let it go on, here: http://testserver/admin/surveys/dispatchswitch/\n"
    )


def test_burst_of_numbers_alike_is_one_mail(mail_sink: MailSink, sms_provider: SmsProvider) -> None:
    to_numbers(*[f"+49151123{n:05}" for n in range(40)])
    deliver_due()
    send_alerts(timezone.now())
    assert told(mail_sink) == ["Sending is held: SMS to numbers that start with +4915112"]


def test_budget_is_told_at_each_share_those_at_once_in_one_mail(
    mail_sink: MailSink, sms_provider: SmsProvider, settings: Any
) -> None:
    settings.SMS_SEGMENTS_PER_DAY, settings.SMS_SEGMENTS_PER_DAY_AND_JOURNEY = 2, 0
    to_numbers("+491713920001")
    deliver_due()
    send_alerts(timezone.now())
    to_numbers("+491713920002", "+491713920003")
    deliver_due()
    send_alerts(timezone.now())
    assert told(mail_sink) == ["SMS budget of today: 50 % used", "2 things about sending"]
    assert "80 % used" in words(mail_sink, 1)
    assert "100 % used\n2 of 2 segments have left. What is over waits for tomorrow (UTC)." in words(mail_sink, 1)


def test_complaints_are_told_once_a_day(mail_sink: MailSink) -> None:
    messages = sent(1_100)
    for delivery in messages[:3]:
        complaint(delivery, "spam", timezone.now())
    send_alerts(timezone.now())
    assert told(mail_sink) == ["Complaints about e-mail"]


def test_what_an_operator_holds_himself_and_without_an_owner_nothing_is_told(
    mail_sink: MailSink, settings: Any
) -> None:
    hold("sms", HoldCause.OPERATOR, "", "ann", timezone.now())
    settings.OWNER_EMAIL = ""
    hold("email", HoldCause.BOUNCES, "many", "", timezone.now())
    assert (send_alerts(timezone.now()), Alert.objects.count()) == ({}, 0)


def test_mail_leaves_although_email_is_held(mail_sink: MailSink) -> None:
    hold("", HoldCause.RESTORE, "put back", "", timezone.now())
    assert send_alerts(timezone.now()) == {"sent": 1}
    assert told(mail_sink) == ["Sending is held: everything"]


def test_same_key_twice_is_told_once(mail_sink: MailSink) -> None:
    now = timezone.now()
    assert [tell_owner("k", "S", "t", now), tell_owner("k", "S", "t", now)] == [True, False]
    assert send_alerts(now) == {"sent": 1}


def test_server_away_is_tried_again_refused_is_not_and_unknown_is_not(mail_sink: MailSink) -> None:
    now = timezone.now()
    mail_sink.rcpt = ["450 later", "550 5.1.1 nobody"]
    tell_owner("one", "One", "t", now)
    assert send_alerts(now) == {"waiting": 1}
    assert send_alerts(now) == {}
    assert send_alerts(now + timedelta(minutes=2)) == {"failed": 1}
    mail_sink.script = [CUT]
    tell_owner("two", "Two", "t", now)
    assert send_alerts(now) == {"unknown": 1}
    assert send_alerts(now + timedelta(days=1)) == {}
    assert Alert.objects.filter(error="").count() == 0


def test_worker_that_dies_with_it_in_hand_leaves_it_unknown(mail_sink: MailSink) -> None:
    now = timezone.now()
    tell_owner("one", "One", "t", now)
    Alert.objects.update(state="sending", next_at=now + timedelta(seconds=150))
    assert send_alerts(now) == {}
    assert send_alerts(now + timedelta(seconds=151)) == {"unknown": 1}
    assert mail_sink.contents == []


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_send_one_mail(mail_sink: MailSink) -> None:
    now, together = timezone.now(), Barrier(4)
    hold("email", HoldCause.BOUNCES, "many", "", now)

    def sweep(_number: int) -> int:
        together.wait()
        counts = send_alerts(now)
        connections.close_all()
        return counts.get("sent", 0)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(sweep, range(4))) == 1
    assert told(mail_sink) == ["Sending is held: e-mail"]


def test_hold_by_the_schedule_is_mailed_within_a_minute(mail_sink: MailSink) -> None:
    """The sweep alone, without any wake-up: every 30 seconds it does the job."""
    from cxsurvey.celery import JOBS

    with time_machine.travel(timezone.now(), tick=False) as clock:
        hold("email", HoldCause.BOUNCES, "many", "", timezone.now())
        every = next(seconds for _name, task, seconds, _once in JOBS if task == "surveys.tell_owner")
        clock.shift(every)
        send_alerts(timezone.now())
        row = Alert.objects.get()
        assert (row.sent_at - row.at) <= timedelta(seconds=60)
