"""Limits are looked at again when a message leaves: what left late may stand in its way."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.actions.deliver import deliver_due
from surveys.actions.deliver_limits import limits_now
from surveys.models import AskDecision, ContactPolicy, Customer, Delivery, Rule
from surveys.queries.due import claimed_messages
from tests.asking import customer
from tests.factories import DeliveryFactory, InvitationFactory, RuleFactory, SurveyFactory, published_survey
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def rule() -> Rule:
    ContactPolicy.objects.create(limits={"end_to_end": ["1 per 14d"]})
    survey = SurveyFactory()
    published_survey(survey)
    return RuleFactory(survey=survey)


def ask(rule: Rule, person: Customer, due: datetime, **message: Any) -> Delivery:
    """A planned ask of the ledger with its first message."""
    invitation = InvitationFactory(
        version=rule.survey.versions.get(), customer=person, rule=rule, due_at=due, state=message.pop("life", "planned")
    )
    AskDecision.objects.create(
        survey=rule.survey, customer=person, invitation=invitation, occasion=invitation.occasion, rule=rule,
        outcome="sent" if message.get("sent_at") else "planned", due_at=due, decided_at=due,
    )  # fmt: skip
    return DeliveryFactory(invitation=invitation, next_at=due, **message)


@pytest.mark.parametrize(("late", "left"), [(timedelta(), True), (timedelta(minutes=59), True), (3 * DAY, False)])
def test_message_after_one_that_left_late_waits_for_the_limit(
    rule: Rule, mail_sink: MailSink, late: timedelta, left: bool
) -> None:
    person, now = customer(), timezone.now()
    first = now - 14 * DAY
    ask(rule, person, first, life="live", state="sent", sent_at=first + late)
    message = ask(rule, person, now)
    assert deliver_due() == ({"claimed": 1, "sent": 1} if left else {"claimed": 1, "queued": 1})
    message.refresh_from_db()
    if not left:
        assert message.next_at == first + late + 14 * DAY


def test_two_late_messages_to_one_person_do_not_leave_together(rule: Rule, mail_sink: MailSink) -> None:
    person, now = customer(), timezone.now()
    ask(rule, person, now - 13 * DAY)
    ask(rule, person, now - 2 * timedelta(hours=1))
    counts = deliver_due()
    assert (counts["claimed"], counts["sent"]) == (2, 1)


def test_asks_that_no_ledger_knows_are_not_held_to_limits(rule: Rule, mail_sink: MailSink) -> None:
    person, now = customer(), timezone.now()
    for _ in range(2):
        ask(rule, person, now - 5 * DAY)
    AskDecision.objects.all().delete()
    assert deliver_due() == {"claimed": 2, "sent": 2}


def test_limits_now_takes_as_many_queries_for_three(rule: Rule) -> None:
    now = timezone.now()
    made = [ask(rule, customer(n), now) for n in range(3)]

    def queries(count: int) -> int:
        rows = claimed_messages([each.pk for each in made[:count]])
        with CaptureQueriesContext(connection) as seen:
            assert all(each.allowed for each in limits_now(rows, now).values())
        return len(seen)

    assert (queries(1), queries(3)) == (2, 2)
