"""Limits are looked at again when a message leaves: what left late may stand in its way, also for workers at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import F
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


def test_message_of_unknown_fate_counts_as_one_that_left(rule: Rule, mail_sink: MailSink) -> None:
    person, now = customer(), timezone.now()
    unknown = ask(rule, person, now - 3 * DAY, life="live", state="unknown", attempts=1)
    Delivery.objects.filter(pk=unknown.pk).update(updated_at=now - 2 * DAY)
    message = ask(rule, person, now)
    assert deliver_due() == {"claimed": 1, "queued": 1}
    message.refresh_from_db()
    assert message.next_at == now + 12 * DAY


def test_message_beside_one_in_another_workers_hand_waits_a_moment(rule: Rule, mail_sink: MailSink) -> None:
    person, now = customer(), timezone.now()
    ask(rule, person, now - 2 * DAY, state="claimed", lease_until=now + DAY)
    message = ask(rule, person, now)
    assert deliver_due() == {"claimed": 1, "queued": 1}
    message.refresh_from_db()
    assert timedelta(seconds=15) < message.next_at - now < timedelta(seconds=120)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_workers_racing_for_the_last_place_never_send_more_than_the_cap(mail_sink: MailSink, settings: Any) -> None:
    """Four workers in transactions of their own, one message a claim, three late messages to each of thirty people."""
    settings.DELIVERY_BATCH = 1
    ContactPolicy.objects.create(limits={"total": ["1 per 14d"]})
    rule = RuleFactory(survey=published_survey(SurveyFactory()).survey)
    now, together = timezone.now(), Barrier(4)
    people = [customer(n, email=f"late{n}@example.org") for n in range(30)]
    for number, person in enumerate(people):  # one person's are claimed one after the other, so by several workers
        for second in range(3):
            ask(rule, person, now - 5 * DAY + timedelta(minutes=number, seconds=second))

    def work(_number: int) -> None:
        together.wait()
        while deliver_due(limit=1):
            pass
        connections.close_all()

    def race() -> None:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, range(4)))
        # Two minutes go by. Whoever waited for another worker's message waited for a time of his own: made due all at
        # the same moment, those of one person would meet again, and again.
        waiting = Delivery.objects.filter(state="queued", next_at__lte=timezone.now() + timedelta(minutes=2))
        waiting.update(next_at=F("next_at") - timedelta(minutes=2))

    for _ in range(100):
        if len(set(mail_sink.recipients)) == len(people):
            break
        race()
    for _ in range(3):
        race()
    assert Counter(Counter(mail_sink.recipients).values()) == {1: 30}


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
