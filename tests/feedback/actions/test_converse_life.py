"""Whatever people write, whenever: a conversation keeps its promises (stateful), in any order and from any thread."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from feedback.actions.converse import converse
from feedback.actions.submit_response import Gone, submit
from feedback.models import PartialResponse, Response
from surveys.actions.callbacks import process_callback, store_sms_callback
from surveys.actions.conversations import expire_conversations
from surveys.actions.deliver import deliver_due
from surveys.actions.inbound import address_hash_of
from surveys.actions.links import answer_token, answer_url
from surveys.enums import CONVERSATION_LIVE, InvitationState
from surveys.models import ContactPolicy, Conversation, Delivery, Invitation, ProviderCallback, Reply, Suppression
from surveys.question_kinds import RawValue
from surveys.standins.sms import SmsProvider
from tests.conversing import DONE, NUMBER, SCORE, WHY, Phone, asked, person, states, talk_of, work
from tests.fixtures_standins import post_to_us

pytestmark = pytest.mark.django_db

OTHER = "+4915112345600"
QUESTIONS = (SCORE, DONE, WHY)
WRITTEN = st.sampled_from(
    [
        "4",
        "5/5",
        "very good",
        "yes",
        "no",
        "skip",
        "hm?",
        "",
        "🙂",
        "STOP",
        "START",
        "HELP",
        "please stop",
        "٣",
        "9" * 400,
    ]
)


class TalkLife(RuleBasedStateMachine):
    """Three asks to two numbers; every step is one that people, carriers, workers or clocks can take."""

    provider: SmsProvider

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        ContactPolicy.objects.all().delete()
        ContactPolicy.objects.create(journey=None, limits={})
        anna, ben = person(phone=NUMBER), person(phone=OTHER)
        self.asks = [asked(QUESTIONS, anna), asked(QUESTIONS, anna), asked(QUESTIONS, ben)]
        self.stopped: dict[str, int] = {}
        self.written: list[tuple[str, str, str]] = []
        self.provider.messages.clear()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @rule(number=st.sampled_from([NUMBER, OTHER]), text=WRITTEN)
    def writes(self, number: str, text: str) -> None:
        self.arrives(number, text, f"SM{uuid4().hex}")

    @rule()
    def provider_repeats_itself(self) -> None:
        if self.written:
            self.arrives(*self.written[-1])

    @rule()
    def workers_work(self) -> None:
        work()

    @rule()
    def workers_listen_only(self) -> None:
        converse(timezone.now())

    @rule(place=st.integers(0, 2))
    def page_is_sent(self, place: int) -> None:
        values = {"overall": RawValue(number=3), "done": RawValue(number=1)}
        try:
            submit(answer_token(self.asks[place]), values)
        except (Gone, ValueError):
            assert Invitation.objects.get(pk=self.asks[place].pk).state != InvitationState.LIVE

    @rule()
    def days_pass(self) -> None:
        expire_conversations(timezone.now() + timedelta(days=4))
        Delivery.objects.filter(state="queued").update(next_at=timezone.now())

    def arrives(self, number: str, text: str, event: str) -> None:
        self.written.append((number, text, event))
        form = {"MessageSid": event, "From": number, "To": "+15005550006", "Body": text, "SmsStatus": "received"}
        pk, _sender, _new = store_sms_callback("twilio", form, "", timezone.now())
        process_callback(pk, timezone.now())
        held = Suppression.objects.filter(address_hash=address_hash_of(number), until=None).exists()
        sent = len([each for each in self.provider.messages if each.to == number])
        self.stopped = {key: value for key, value in self.stopped.items() if key != number or held}
        if held:
            self.stopped.setdefault(number, sent)

    @invariant()
    def one_live_conversation_for_a_number(self) -> None:
        numbers = list(Conversation.objects.filter(state__in=CONVERSATION_LIVE).values_list("phone_hash", flat=True))
        assert len({bytes(each) for each in numbers}) == len(numbers)

    @invariant()
    def messages_are_bounded(self) -> None:
        for ask in self.asks:
            again = Reply.objects.filter(conversation__invitation=ask, outcome="asked_again").count()
            assert Delivery.objects.filter(invitation=ask).count() <= len(QUESTIONS) + again + 1

    @invariant()
    def nothing_is_sent_after_stop(self) -> None:
        for number, before in self.stopped.items():
            assert len([each for each in self.provider.messages if each.to == number]) == before

    @invariant()
    def one_response_where_it_says_answered(self) -> None:
        answered = Invitation.objects.filter(state=InvitationState.ANSWERED).order_by("pk").values_list("pk", flat=True)
        stored = Response.objects.order_by("invitation").values_list("invitation", flat=True)
        assert list(answered) == list(stored)

    @invariant()
    def every_reply_is_kept_once(self) -> None:
        events = {event for _number, _text, event in self.written}
        assert ProviderCallback.objects.filter(kind="inbound").count() == len(events)
        told = Reply.objects.exclude(outcome="").count()
        assert Reply.objects.filter(handled_at__isnull=False).count() == told


def test_conversation_keeps_its_promises_whatever_happens(sms_provider):
    TalkLife.provider = sms_provider
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        TalkLife,
        settings=settings(max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=checks),
    )


def test_doubled_and_reordered_callbacks_come_to_the_same(sms_provider):
    phone = Phone(sms_provider)
    found = set()
    for order in sorted(set(permutations(("reply", "reply", "sent", "delivered")))):
        point = transaction.savepoint()
        found.add(outcome(phone, order))
        transaction.savepoint_rollback(point)
    assert found == {("open", "done", 1, ("delivered", "sent"), ("answered",), 1)}


def outcome(phone: Phone, order: tuple[str, ...]) -> tuple[Any, ...]:
    """The first message and its reply, with the provider's calls in this order."""
    invitation = asked()
    work()
    provider = phone.provider
    provider.flush()
    message = provider.messages[-1]
    forms = {status: provider.receipt(message, status, "") for status in ("sent", "delivered")}
    forms["reply"] = provider.inbound(NUMBER, message.sender, "4")
    for name in order:
        url = f"{message.callback}" if name != "reply" else provider.inbound_url
        assert post_to_us(url, *provider.sign(url, forms[name]))[0] == 200
        work()
    talk = talk_of(invitation)
    replies = tuple(talk.replies.values_list("outcome", flat=True))
    saved = PartialResponse.objects.get(invitation=invitation).revision
    return talk.state, talk.question, talk.step, tuple(states(invitation)), replies, saved


def at_once(*jobs: Callable[[], object]) -> None:
    """Each in a thread and on a connection of its own, begun together."""
    together = Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        try:
            together.wait(20)
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        list(pool.map(run, jobs))


@pytest.mark.django_db(transaction=True)
def test_replies_at_once_are_handled_one_after_the_other(sms_provider):
    phone = Phone(sms_provider)
    invitation = asked()
    work()
    for text in ("4", "5", "yes"):
        phone.send(text)
    at_once(*[lambda: converse(timezone.now())] * 4)
    assert list(Reply.objects.order_by("pk").values_list("outcome", flat=True)) == ["answered", "early", "early"]
    assert (talk_of(invitation).step, Delivery.objects.filter(purpose="conversation").count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_page_and_last_reply_at_once_give_one_response(sms_provider):
    phone = Phone(sms_provider)
    invitation = asked([SCORE])
    work()
    phone.send("4")
    address = answer_url(invitation).partition("testserver")[2]
    at_once(lambda: converse(timezone.now()), lambda: Client().post(address, {"overall": "2", "_go": "send"}))
    response = Response.objects.get()
    assert (talk_of(invitation).state, response.source in ("sms", "link")) == ("done", True)
    assert Reply.objects.get().outcome == ("answered" if response.source == "sms" else "over")
    deliver_due()
    assert len(phone.texts) == (2 if response.source == "sms" else 1)
