"""Whose turn it is: one survey at a time for a number, whoever sends, and the next one once it is over."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.actions.conversations import close, expire_conversations, take_turns
from surveys.actions.deliver import deliver_due
from surveys.actions.remind import plan_reminders
from surveys.actions.withdraw import cancel_open
from surveys.enums import ConversationState
from surveys.models import ContactPolicy, Conversation, Delivery, Invitation, SmsPass
from tests.conversing import NUMBER, SCORE, Phone, asked, person, states, talk_of, work
from tests.factories import DeliveryFactory, RuleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(sms_provider) -> Phone:
    ContactPolicy.objects.create(journey=None, limits={})  # else the second ask of a day waits for a day
    return Phone(sms_provider)


@pytest.mark.django_db(transaction=True)
def test_second_survey_waits_for_the_first_and_then_goes_on(phone):
    anna = person()
    first, second = asked([SCORE], anna), asked([SCORE], anna)
    work()
    assert (states(first), states(second)) == (["sent"], ["queued"])
    waiting = Delivery.objects.get(invitation=second)
    assert waiting.events.order_by("pk").last().cause == "in_conversation"
    assert waiting.next_at - timezone.now() <= timedelta(hours=1)
    assert SmsPass.objects.filter(delivery=waiting).exists() is False
    phone.write("4")
    work()
    assert (talk_of(first).state, talk_of(second).state) == ("done", "open")
    phone.write("2")
    assert list(Conversation.objects.order_by("pk").values_list("state", flat=True)) == ["done", "done"]
    assert Invitation.objects.filter(state="answered").count() == 2


def test_same_number_of_two_customers_is_one_number(phone):
    asked([SCORE], person())
    other = asked([SCORE], person())
    work()
    assert (states(other), len(phone.texts)) == (["queued"], 1)


@pytest.mark.django_db(transaction=True)
def test_link_to_another_survey_does_not_break_in(phone):
    anna = person()
    asked([SCORE], anna)
    link = asked([SCORE], anna, sms="link")
    work()
    assert states(link) == ["queued"]
    phone.write("3")
    work()
    assert (states(link), len(phone.texts)) == (["sent"], 3)


@pytest.mark.django_db(transaction=True)
def test_workers_in_parallel_open_one_conversation_for_a_number(phone):
    anna = person()
    for _ in range(8):
        asked([SCORE], anna)

    def send(_worker: int) -> None:
        try:
            deliver_due(limit=2)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(8)))
    assert (Conversation.objects.count(), len(phone.texts)) == (1, 1)
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["queued"] * 7 + ["sent"]


def test_database_refuses_a_second_live_conversation(phone):
    asked([SCORE])
    work()
    row = Conversation.objects.get()
    row.pk, row.invitation = None, asked([SCORE], row.invitation.customer)
    with pytest.raises(IntegrityError, match="conversation_one_per_number"), transaction.atomic():
        row.save()
    row.state = "done"
    row.save()


def test_first_message_that_never_left_frees_the_number(phone):
    phone.provider.fail([{"status": 400, "code": 21602}])
    first = asked([SCORE])
    work()
    assert (states(first), talk_of(first).state) == (["failed"], "open")
    assert expire_conversations(timezone.now()) == {"done": 0, "ended": 1, "never_sent": 0, "expired": 0}
    assert talk_of(first).state == "ended"


def test_conversation_that_ran_out_before_its_first_message_begins_anew(phone):
    phone.provider.fail([{"status": 503}])
    invitation = asked([SCORE])
    work()
    assert states(invitation) == ["queued"]
    Conversation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    Delivery.objects.update(next_at=timezone.now())
    work()
    talk = talk_of(invitation)
    assert (talk.state, talk.expires_at - timezone.now() > timedelta(days=2)) == ("open", True)


def test_withdrawn_invitation_ends_its_conversation(phone):
    invitation = asked([SCORE])
    work()
    cancel_open([invitation.pk], "withdrawn")
    assert talk_of(invitation).state == "ended"


def test_reminder_waits_for_the_end_of_the_conversation_and_carries_a_link(phone):
    invitation = asked([SCORE])
    rule = RuleFactory(survey=invitation.survey, reminder=timedelta(hours=1), window="always")
    Invitation.objects.update(rule=rule)
    work()
    later = timezone.now() + timedelta(hours=2)
    assert plan_reminders(later) == 0
    close([invitation.pk], ConversationState.EXPIRED, later)
    assert plan_reminders(later) == 1
    Delivery.objects.filter(purpose="reminder").update(next_at=timezone.now())
    deliver_due()
    assert "/s/" in phone.texts[1]


def test_messages_of_a_conversation_count_in_no_cap_of_its_number(sms_provider):
    phone = Phone(sms_provider)
    invitation = asked()
    work()
    for reply in ("4", "yes", "skip"):
        assert phone.write(reply) != ""
    assert (len(phone.texts), states(invitation)) == (4, ["sent"] * 4)
    assert SmsPass.objects.count() == 4
    following = asked([SCORE], invitation.customer)
    work()
    until = Delivery.objects.get(invitation=following).next_at
    assert timedelta(hours=23) < until - timezone.now() <= timedelta(hours=24)


def test_turns_cost_the_same_for_many(phone):
    invitations = [asked([SCORE], person(phone=f"+491511234500{number}")) for number in range(3)]
    messages = [
        Delivery.objects.select_related("invitation__customer", "invitation__version").get(invitation=each)
        for each in invitations
    ]
    take_turns(messages[:1], timezone.now() + timedelta(days=1))  # what is read once of a version
    Conversation.objects.all().delete()
    with CaptureQueriesContext(connection) as one:
        take_turns(messages[:1], timezone.now())
    with CaptureQueriesContext(connection) as two:
        take_turns(messages[1:], timezone.now())
    assert len(one) == len(two) == 4
    assert Conversation.objects.count() == 3


def test_reply_of_a_stranger_stays_for_a_person(phone):
    invitation = asked([SCORE], person(phone="+4915112345670"))
    work()
    assert phone.write("5") == ""
    assert talk_of(invitation).heard_at is None


def test_email_invitation_opens_no_conversation(phone, smtp_inbox):
    invitation = asked([SCORE])
    Delivery.objects.all().delete()
    DeliveryFactory(invitation=invitation, channel="email")
    work()
    assert (Conversation.objects.count(), phone.texts, NUMBER) == (0, [], phone.number)
