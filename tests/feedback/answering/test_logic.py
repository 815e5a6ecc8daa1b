"""The logic of a questionnaire on its pages: paths that answers change, words put in, orders drawn."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback.models import Answer, PartialResponse
from surveys.models import Customer
from tests.factories.answering import open_invitation, touchpoint_survey
from tests.feedback.answering.test_pages import Person, given, own

pytestmark = pytest.mark.django_db
SOLVED = {"code": "solved", "kind": "yes_no", "text": "Was it settled?", "required": True}
WHY = {
    "code": "why",
    "kind": "text",
    "text": "You said [[answer.solved|nothing]]. What was missing, [[customer.segment|dear customer]]?",
    "show_if": {"question": "solved", "is": "no"},
}
RATE = {"code": "rate", "kind": "csat", "text": "How was it?", "required": True}
WHICH = {
    "code": "which",
    "kind": "single",
    "text": "Which?",
    "random_order": True,
    "keep_last": ["other"],
    "choices": [{"code": code, "text": code} for code in ("a", "b", "c", "d", "e", "f", "other")],
}


def person(*questions: dict[str, Any], **document: Any) -> Person:
    version = touchpoint_survey(list(questions), **{"layout": "question_per_page", **document})
    return Person(f"/s/{open_invitation(version)[1]}/")


def test_question_that_the_answers_do_not_call_for_is_not_asked():
    visitor = person(SOLVED, WHY, RATE).post(solved="yes")
    assert re.findall(r"<title>\s*(.*?)\s*</title>", visitor.html) == ["Question 2 of 2: Your documents"]
    assert visitor.post("send", rate="4").asked == ["Thank you"]
    assert given() == {"solved": 1.0, "rate": 4.0}


def test_answer_to_a_question_no_longer_on_the_path_is_dropped():
    visitor = person(SOLVED, WHY, RATE).post(solved="no").post(why="Nobody called")
    assert visitor.post("back").post("back", why="Nobody called").checked == [("solved", "no")]
    visitor.post(solved="yes").post("send", rate="4")
    assert given() == {"solved": 1.0, "rate": 4.0}
    assert PartialResponse.objects.get().answers["why"]["given"] == ["Nobody called"]


def test_jump_to_the_end_ends_the_survey():
    leaving = {**SOLVED, "then": [{"if": {"question": "solved", "is": "no"}, "go_to": "end"}]}
    assert person(leaving, RATE).post(solved="no").asked == ["Thank you"]
    assert given() == {"solved": 0.0}


def test_words_are_put_in_escaped_and_never_kept_for_the_next_customer():
    visitor = person(SOLVED, WHY, RATE)
    Customer.objects.update(segment="<b>gold</b>")
    visitor.post(solved="no")
    assert "You said No. What was missing, &lt;b&gt;gold&lt;/b&gt;?" in visitor.html
    Customer.objects.update(segment="")
    assert "What was missing, dear customer?" in visitor.open("?page=2").html


def test_order_drawn_is_the_same_whenever_the_page_is_opened():
    visitor = person(RATE, WHICH).post(rate="4")
    drawn = re.findall(r'name="which" value="(\w+)"', visitor.html)
    assert (sorted(drawn), drawn[-1]) == (["a", "b", "c", "d", "e", "f", "other"], "other")
    for _ in range(3):
        assert re.findall(r'name="which" value="(\w+)"', visitor.open("?page=2").html) == drawn
    assert PartialResponse.objects.get().order == {"choices": {"which": drawn}}


def test_whole_survey_sent_at_once_keeps_to_its_path():
    visitor = person(SOLVED, WHY, RATE)
    Client().post(visitor.address, {"solved": "yes", "why": "left over", "rate": "4"})
    assert sorted(Answer.objects.values_list("question__code", flat=True)) == ["rate", "solved"]


def test_page_without_words_put_in_asks_nothing_of_the_customer():
    visitor = person(SOLVED, RATE)
    with CaptureQueriesContext(connection) as seen:
        visitor.open("?page=1")
    assert [query["sql"].split('"')[-2] for query in seen if "attributes" in query["sql"]] == []
    assert len(seen) == 2  # the invitation, and what has been saved of it


def test_one_page_asks_what_its_answers_call_for_before_anything_is_sent():
    visitor = person(SOLVED, WHY, RATE, layout="one_page")
    assert "What was missing" not in visitor.html
    visitor.post("send", solved="no", rate="4")
    assert "Your answers call for one more question. Nothing is sent yet." in visitor.html
    assert sorted(visitor.checked) == [("rate", "4"), ("solved", "no")]
    assert visitor.post("send", solved="no", rate="4", why="").asked == ["Thank you"]
    assert given() == {"solved": 0.0, "rate": 4.0}


HIDDEN = {"code": "campaign", "kind": "hidden", "text": "Campaign"}
REACH = {"code": "reach", "kind": "contact", "text": "How may we reach you?", "fields": ["phone"]}


def test_hidden_value_of_the_address_is_kept_beside_the_answers():
    visitor = person(HIDDEN, RATE, layout="one_page").open("?campaign=spring")
    assert visitor.html.count('<input type="hidden" name="campaign" value="spring">') == 1
    visitor.post("send", campaign="spring", rate="4")
    assert given() == {"campaign": ["spring"], "rate": 4.0}


def test_contact_details_are_locked_while_they_wait():
    visitor = person(RATE, REACH, SOLVED).post(rate="4").post(**{"reach.phone": "+4915112345678"})
    assert "4915112345678" not in str(PartialResponse.objects.get().answers)
    assert "+4915112345678" in visitor.open("?page=2").html
    visitor.post(**{"reach.phone": "+4915112345678"})
    assert visitor.post("send", solved="yes").asked == ["Thank you"]
    assert Answer.objects.get(question__code="reach").sealed_text.text


def test_mistakes_are_numbered_as_the_questions_are_and_each_by_itself():
    hello = {"code": "hello", "kind": "statement", "text": "About your visit."}
    visitor = person(hello, HIDDEN, {**REACH, "fields": ["email", "phone"]}, RATE, layout="one_page")
    visitor.post("send", **{"reach.email": "x", "reach.phone": "x"})
    assert [text.partition(": ")[0] for text in re.findall(r'<a href="#id_\w+">([^<]*)</a>', visitor.html)] == [
        "Question 1", "Question 1", "Question 2"
    ]  # fmt: skip


def test_page_whose_answers_call_for_more_comes_again_and_nobody_is_thrown_back():
    first, which = {**RATE, "code": "first"}, {**WHY, "text": "What was missing?"}
    visitor = person(first, {**SOLVED, "new_page": True}, which, RATE, layout="pages").post(first="4")
    visitor.post("send", solved="no", rate="4")  # without the script, "why" stood on no page
    assert own(visitor.html)["_page"] == "solved why rate"
    assert sorted(visitor.checked) == [("rate", "4"), ("solved", "no")]
    assert visitor.post("send", solved="no", why="A call", rate="4").asked == ["Thank you"]
    assert given() == {"first": 4.0, "solved": 0.0, "why": [], "rate": 4.0}
