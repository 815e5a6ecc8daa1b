"""A survey held by text message over the stand-in provider: every way that a conversation can go."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from feedback.actions.close_partials import close_partials
from feedback.models import FreeText, PartialResponse, Response
from surveys.actions.conversations import expire_conversations
from surveys.actions.expire import expire_invitations
from surveys.actions.links import answer_url
from surveys.models import Conversation, Invitation, ProviderCallback, Reply
from tests.conversing import DONE, SCORE, WHERE, WHY, Phone, asked, person, states, talk_of, work

pytestmark = pytest.mark.django_db

FIRST = (
    "Customer service: Your call. How satisfied were you? Answer from 1 (Very dissatisfied) to 5 (Very satisfied). "
    "STOP to end."
)
THANKS = "Thank you. Your answers have arrived."


@pytest.fixture
def phone(sms_provider, settings) -> Phone:
    settings.SMS_SENDER_NAME = settings.SENDER_NAME = "Customer service"
    return Phone(sms_provider)


def said(response: Response) -> dict[str, object]:
    """The answers by question."""
    values = dict(response.answers.values_list("question__code", "value"))
    words = FreeText.objects.filter(answer__response=response).values_list("answer__question__code", "text")
    return values | dict(words)


def notes() -> list[str]:
    return list(ProviderCallback.objects.filter(kind="inbound").order_by("pk").values_list("note", flat=True))


def test_whole_conversation_gives_one_response_by_sms(phone):
    invitation = asked()
    work()
    assert phone.texts == [FIRST]
    assert phone.write("very good") == "Is it done? Answer Yes or No."
    assert phone.write("No, not yet.") != ""
    assert talk_of(invitation).asked_again
    assert phone.write("not yet") == "What should we do better? Reply SKIP to skip."
    assert phone.write("Call me back when you say so") == THANKS
    response = Response.objects.get()
    assert said(response) == {"overall": 5.0, "done": 0.0, "why": "Call me back when you say so"}
    assert (response.source, response.channel, response.complete) == ("sms", "sms", True)
    assert (talk_of(invitation).state, Invitation.objects.get().state) == ("done", "answered")
    assert states(invitation) == ["sent"] * 5


def test_example_of_the_documentation_is_true(phone, settings):
    settings.SMS_SENDER_NAME = "Example Bank"
    text = (Path(settings.BASE_DIR) / "docs/sms-conversation.md").read_text()
    rows = re.findall(r"^\| (we|customer) \| (.*) \|$", text, re.MULTILINE)
    questions = [
        SCORE | {"text": "How satisfied were you with {your call}?"},
        DONE | {"text": "Is it settled?"},
        WHY | {"text": "What should we do better?"},
    ]
    asked(questions)
    work()
    told = phone.texts[0]
    for who, words in rows:
        if who == "we":
            assert told == words
        else:
            told = phone.write(words)
    assert said(Response.objects.get()) == {"overall": 4.0, "done": 0.0}


@pytest.mark.parametrize(
    ("language", "replies", "values"),
    [
        ("de", ["sehr gut", "ja", "weiter"], {"overall": 5.0, "done": 1.0}),
        ("fr", ["5 sur 5", "oui", "passer"], {"overall": 5.0, "done": 1.0}),
        ("ar", ["٤", "لا", "تخطي"], {"overall": 4.0, "done": 0.0}),
        ("en", ["four", "y", "skip"], {"overall": 4.0, "done": 1.0}),
    ],
)
def test_conversation_in_each_language(phone, language, replies, values):
    asked(customer=person(language))
    work()
    for reply in replies:
        assert phone.write(reply) != ""
    assert said(Response.objects.get()) == values


def test_not_understood_is_asked_again_once_then_the_link_takes_over(phone):
    invitation = asked()
    work()
    assert phone.write("hm") == "Sorry, that was not clear. Please answer with a number from 1 to 5."
    assert phone.write("what?") == f"You can also answer here: {answer_url(invitation)}"
    assert phone.write("5") == ""
    assert talk_of(invitation).state == "gave_way"
    assert notes() == [
        "a reply: asked_again",
        "for a person: a reply that was not understood",
        "for a person: a message",
    ]


def test_optional_question_not_understood_twice_is_left_out(phone):
    invitation = asked([SCORE, {**DONE, "required": False}])
    work()
    phone.write("4")
    assert phone.write("who is this") == "Sorry, that was not clear. Answer Yes or No. Or write SKIP."
    assert phone.write("who are you") == THANKS
    assert said(Response.objects.get()) == {"overall": 4.0}
    assert talk_of(invitation).state == "done"


def test_required_question_cannot_be_skipped(phone):
    asked()
    work()
    assert phone.write("skip").startswith("Sorry, that was not clear.")


def test_logic_is_followed_and_full_stop_at_its_end(phone):
    questions = [SCORE | {"then": [{"if": {"question": "overall", "op": "ge", "value": 4}, "go_to": "end"}]}, DONE, WHY]
    asked(questions)
    work()
    assert phone.write("5") == THANKS
    asked(
        [SCORE, DONE | {"show_if": {"question": "overall", "op": "le", "value": 2}}, WHY],
        person(phone="+4915112345679"),
    )
    work()
    other = Phone(phone.provider, "+4915112345679")
    assert other.write("3") == "What should we do better? Reply SKIP to skip."


def test_question_that_no_message_can_carry_gives_way_and_the_page_goes_on_there(phone):
    invitation = asked([SCORE, WHERE], layout="question_per_page")
    work()
    assert phone.write("2") == f"You can also answer here: {answer_url(invitation)}"
    page = Client().get(f"{answer_url(invitation).partition('testserver')[2]}")
    assert page.status_code == 200
    assert b"Where can we reach you?" in page.content


def test_page_of_a_short_survey_shows_what_was_answered_by_message(phone):
    invitation = asked()
    work()
    phone.write("2")
    address = answer_url(invitation).partition("testserver")[2]
    page = Client().get(address).content.decode()
    assert page.count(" checked") == 1
    posted = Client().post(address, {"overall": "3", "done": "yes", "why": "", "_go": "send"})
    assert posted.status_code == 200
    assert said(Response.objects.get()) == {"overall": 3.0, "done": 1.0}
    assert (talk_of(invitation).state, phone.write("yes")) == ("done", "")
    assert PartialResponse.objects.get().done_at is not None
    assert notes()[-1] == "for a person: a message"


def test_stop_ends_everything_at_once(phone):
    invitation = asked()
    work()
    phone.write("4")
    phone.write("STOP")
    assert (talk_of(invitation).state, Invitation.objects.get().state) == ("ended", "withdrawn")
    assert phone.write("yes") == ""
    assert (Response.objects.count(), len(phone.texts)) == (0, 2)


def test_words_that_may_mean_stop_pause_until_a_clear_answer(phone):
    invitation = asked()
    work()
    assert phone.write("please stop calling my mother") == ""
    assert talk_of(invitation).state == "paused"
    assert phone.write("I mean it") == ""
    assert (talk_of(invitation).state, talk_of(invitation).asked_again) == ("paused", False)
    assert phone.write("3") == "Is it done? Answer Yes or No."
    assert talk_of(invitation).state == "open"
    assert notes() == [
        "for a person: may mean stop",
        "for a person: a reply that was not understood",
        "a reply: answered",
    ]


def test_help_is_answered_and_changes_nothing(phone):
    invitation = asked()
    work()
    before = talk_of(invitation).__dict__ | {"_state": None}
    phone.write("HELP")
    assert talk_of(invitation).__dict__ | {"_state": None} == before


def test_reply_before_the_question_has_left_is_kept_for_a_person(phone):
    invitation = asked()
    work()
    phone.send("4")
    phone.send("yes")
    work()
    assert phone.texts[1:] == ["Is it done? Answer Yes or No."]
    assert list(Reply.objects.order_by("pk").values_list("step", "outcome")) == [(0, "answered"), (0, "early")]
    assert notes()[-1] == "for a person: a reply before the question had left"
    assert talk_of(invitation).question == "done"


def test_silence_ends_the_conversation_and_what_was_answered_counts_with_the_link(phone):
    invitation = asked()
    work()
    phone.write("2")
    now = timezone.now()
    assert expire_conversations(now + timedelta(days=2, hours=23))["expired"] == 0
    assert expire_conversations(now + timedelta(days=3, minutes=1))["expired"] == 1
    assert (talk_of(invitation).state, phone.write("yes")) == ("expired", "")
    assert Client().get(answer_url(invitation).partition("testserver")[2]).status_code == 200
    Invitation.objects.update(expires_at=now, due_at=now - timedelta(days=1))
    expire_invitations(timezone.now())
    close_partials(timezone.now())
    response = Response.objects.get()
    assert (said(response), response.complete) == ({"overall": 2.0}, False)


def test_life_of_a_conversation_is_the_surveys(phone):
    invitation = asked(sms_life="1h")
    work()
    talk = talk_of(invitation)
    assert talk.expires_at - talk.started_at == timedelta(hours=1)
    phone.write("4")
    assert timedelta(minutes=59) < talk_of(invitation).expires_at - timezone.now() <= timedelta(hours=1)


def test_survey_by_link_opens_no_conversation(phone):
    asked(sms="link")
    work()
    assert (Conversation.objects.count(), "/s/" in phone.texts[0]) == (0, True)


def test_choices_are_numbered_as_they_are_understood(phone):
    reasons = [{"code": "price", "text": "Price"}, {"code": "wait", "text": "The wait"}]
    asked([SCORE, WHY | {"code": "reason", "kind": "multi", "choices": reasons, "random_order": True}])
    work()
    listed = phone.write("1").splitlines()
    first = listed[1].removeprefix("1 ")
    phone.write("1")
    answer = Response.objects.get().answers.get(question__code="reason")
    assert answer.choices == [{"Price": "price", "The wait": "wait"}[first]]


def test_own_thanks_are_said_where_they_fit(phone):
    asked([SCORE], thanks={"en": "We call you on Monday."})
    work()
    assert phone.write("4") == "We call you on Monday."


def test_words_of_the_end_that_was_reached_are_said(phone):
    jump = SCORE | {"then": [{"if": {"question": "overall", "op": "le", "value": 2}, "go_to": "end:sorry"}]}
    asked([jump, DONE], endings={"sorry": {"en": "We are sorry. Somebody calls you tomorrow."}})
    work()
    assert phone.write("1") == "We are sorry. Somebody calls you tomorrow."


def test_long_thanks_give_way_to_ours(phone):
    asked([SCORE], thanks={"en": "Thank you. " * 20})
    work()
    assert phone.write("4") == THANKS
