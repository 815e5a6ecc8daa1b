"""Holding sending as a whole, by channel and by campaign: effective with the next message, nothing lost by it."""

from typing import Any

import pytest
from django.utils import timezone

from surveys.actions.deliver import deliver_due
from surveys.actions.dispatch import cancel_campaigns, hold, pause_campaigns, release, resume_campaigns
from surveys.channels.base import Message, Receipt
from surveys.channels.email.smtp import SmtpChannel
from surveys.enums import HoldCause
from surveys.models import Campaign, Delivery, DispatchSwitch, Invitation
from surveys.queries.dispatch import campaigns_with_work, progress
from tests.asking import queued
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db


def campaign(count: int, name: str = "list") -> Campaign:
    """A big send of `count` due mails."""
    made = Campaign.objects.create(name=name)
    Delivery.objects.filter(pk__in=[each.pk for each in queued(count)]).update(campaign=made)
    return made


def states(of: Campaign) -> dict[str, int]:
    return progress([of], timezone.now())[0].states


def after(number: int, monkeypatch: pytest.MonkeyPatch, what: Any) -> None:
    """Do something as the `number`-th message leaves."""
    send, left = SmtpChannel.send, [0]

    def counted(self: SmtpChannel, message: Message) -> Receipt:
        left[0] += 1
        if left[0] == number:
            what()
        return send(self, message)

    monkeypatch.setattr(SmtpChannel, "send", counted)


@pytest.mark.parametrize("scope", ["", "email"])
def test_hold_nothing_is_claimed_and_release_lets_it_go(mail_sink: MailSink, scope: str) -> None:
    queued(2)
    now = timezone.now()
    assert hold(scope, HoldCause.OPERATOR, "holiday", "ann", now) is True
    assert hold(scope, HoldCause.OPERATOR, "again", "bob", now) is False
    assert deliver_due() == {}
    switch = DispatchSwitch.objects.get()
    assert (switch.paused, switch.reason, switch.changed_by) == (True, "holiday", "ann")
    assert release(scope, "ann", now) is True
    assert release(scope, "ann", now) is False
    assert deliver_due() == {"claimed": 2, "sent": 2}


def test_hold_of_sms_leaves_mails_alone(mail_sink: MailSink) -> None:
    queued(1)
    hold("sms", HoldCause.OPERATOR, "", "ann", timezone.now())
    assert deliver_due() == {"claimed": 1, "sent": 1}


def test_hold_in_the_middle_of_a_batch_stops_it_at_the_next_message(
    mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(6)
    after(2, monkeypatch, lambda: hold("", HoldCause.OPERATOR, "", "ann", timezone.now()))
    assert deliver_due() == {"claimed": 6, "sent": 2, "queued": 4}
    assert len(mail_sink.contents) == 2
    assert Delivery.objects.filter(state="queued", deaths=0, lease_until=None).count() == 4
    release("", "ann", timezone.now())
    assert deliver_due() == {"claimed": 4, "sent": 4}


def test_pause_in_the_middle_of_a_batch_lets_other_campaigns_go_on(
    mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = campaign(3, "a"), campaign(3, "b")
    after(1, monkeypatch, lambda: pause_campaigns([first.pk], "wrong day", "ann", timezone.now()))
    deliver_due()
    assert (states(first), states(second)) == ({"sent": 1, "queued": 2}, {"sent": 3})
    assert deliver_due() == {}
    assert resume_campaigns([first.pk], "ann", timezone.now()) == 1
    deliver_due()
    assert states(first) == {"sent": 3}


def test_cancel_in_the_middle_of_a_batch_ends_what_has_not_left(
    mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = campaign(4)
    after(2, monkeypatch, lambda: cancel_campaigns([made.pk], "wrong list", "ann", timezone.now()))
    deliver_due()
    assert states(made) == {"sent": 2, "cancelled": 2}
    assert sorted(Invitation.objects.values_list("state", flat=True)) == ["cancelled", "cancelled", "live", "live"]
    made.refresh_from_db()
    assert (made.state, made.reason, made.changed_by) == ("cancelled", "wrong list", "ann")
    assert resume_campaigns([made.pk], "ann", timezone.now()) == 0


def test_progress_takes_two_queries_for_one_and_for_three(mail_sink: MailSink, django_assert_num_queries: Any) -> None:
    for name in ("a", "b", "c"):
        campaign(2, name)
    deliver_due(limit=3)
    for count in (1, 3):
        with django_assert_num_queries(3):
            found = progress(list(campaigns_with_work(count)), timezone.now())
    assert sum(each.total for each in found) == 6
    assert sum(each.sent for each in found) == sum(each.lately for each in found) == 3
    running = next(each for each in found if each.sent and each.waiting)
    assert running.left is not None
    assert [each.minutes_left for each in found if not each.waiting] == [""]
