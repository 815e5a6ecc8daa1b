"""The one reminder of an ask without answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.actions.deliver import deliver_due
from surveys.actions.remind import plan_reminders
from surveys.models import AskDecision, ContactPolicy, Customer, Delivery, Invitation
from surveys.queries.history import asked_since
from tests.asking import queued
from tests.factories import RuleFactory
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
FOUR_DAYS = timedelta(days=4)


@pytest.fixture
def sent(mail_sink: MailSink) -> Delivery:
    """A first message, sent, of a rule that reminds after four days."""
    (delivery,) = queued(rule=RuleFactory(reminder=FOUR_DAYS))
    deliver_due()
    return delivery


def test_plan_reminders_after_the_time_of_the_rule_once(sent: Delivery, mail_sink: MailSink) -> None:
    now = timezone.now()
    assert plan_reminders(now + FOUR_DAYS - timedelta(minutes=1)) == 0
    assert [plan_reminders(now + FOUR_DAYS), plan_reminders(now + 2 * FOUR_DAYS)] == [1, 0]
    Delivery.objects.filter(purpose="reminder").update(next_at=timezone.now())
    assert deliver_due() == {"claimed": 1, "sent": 1}
    assert str(mail_sink.mail(1)["Subject"]).startswith("Reminder: ") is True


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Invitation, {"state": "answered"}),
        (Invitation, {"state": "withdrawn"}),
        (Delivery, {"state": "bounced"}),
        (Delivery, {"state": "failed"}),
    ],
)
def test_plan_reminders_nothing_more_to_say(sent: Delivery, model: Any, change: dict[str, Any]) -> None:
    if "answered" in change.values():
        change["answered_at"] = timezone.now()
    model.objects.update(**change)
    assert plan_reminders(timezone.now() + FOUR_DAYS) == 0


def test_plan_reminders_link_about_to_run_out_is_not_reminded(sent: Delivery) -> None:
    Invitation.objects.update(expires_at=timezone.now() + FOUR_DAYS)
    assert plan_reminders(timezone.now() + FOUR_DAYS + timedelta(minutes=1)) == 0


def test_deliver_due_reminder_after_the_answer_is_cancelled(sent: Delivery, mail_sink: MailSink) -> None:
    plan_reminders(timezone.now() + FOUR_DAYS)
    Delivery.objects.filter(purpose="reminder").update(next_at=timezone.now())
    Invitation.objects.update(state="answered", answered_at=timezone.now())
    assert deliver_due() == {"claimed": 1, "cancelled": 1}
    assert len(mail_sink.contents) == 1


def test_plan_reminders_counts_in_the_limits_and_waits_for_room(sent: Delivery) -> None:
    ContactPolicy.objects.create(limits={"total": ["1 per 10d"]})
    AskDecision.objects.create(
        survey=sent.invitation.survey, customer=sent.invitation.customer, invitation=sent.invitation, outcome="sent",
        occasion=sent.invitation.occasion, due_at=sent.invitation.due_at, decided_at=sent.invitation.due_at,
    )  # fmt: skip
    now = sent.invitation.due_at
    assert [plan_reminders(now + timedelta(days=days)) for days in (5, 9, 10.1)] == [0, 0, 1]


def test_plan_reminders_blocks_the_next_ask_of_its_kind(sent: Delivery) -> None:
    now = timezone.now()
    assert plan_reminders(now + FOUR_DAYS) == 1
    asked = asked_since([sent.invitation.customer_id], now - FOUR_DAYS)
    assert [(each.kind, each.reminder) for each in asked[sent.invitation.customer_id]] == [("end_to_end", True)]


def test_plan_reminders_many_take_a_constant_number_of_queries(mail_sink: MailSink) -> None:
    rule = RuleFactory(reminder=FOUR_DAYS)

    def statements(count: int) -> int:
        for delivery in queued(count, rule=rule):
            Delivery.objects.filter(pk=delivery.pk).update(state="sent")
        Invitation.objects.update(state="live")
        with CaptureQueriesContext(connection) as queries:
            assert plan_reminders(timezone.now() + FOUR_DAYS) == count
        return len(queries)

    first = statements(1)
    Invitation.objects.all().delete()
    Customer.objects.all().delete()
    assert statements(3) == first
