"""Which questions come and go on their own page, and which are left to the server."""

from typing import Any

import pytest

from surveys.logic.context import NOTHING
from surveys.logic.order import AS_WRITTEN
from surveys.logic.path import pages
from surveys.models import SurveyVersion
from surveys.question_kinds import RawValue
from surveys.rendering.following import follow

SOLVED = {"code": "solved", "kind": "yes_no"}
WHY = {"code": "why", "kind": "text", "show_if": {"question": "solved", "is": "no"}}
RATE = {"code": "rate", "kind": "csat"}


def rules(*questions: dict[str, Any], number: int = 1, layout: str = "one_page", **answers: RawValue) -> Any:
    """Code, when, then and whether it is shown now, of the questions of one page."""
    asked = [{"text": {"en": f"{each['code']}?"}, **each} for each in questions]
    version = SurveyVersion(document={"questions": asked, "layout": layout, "languages": ["en"]}, state="draft")
    path = [tuple(each) for each in pages(version.document, answers, NOTHING)]
    found = follow(version, path[number - 1], path, answers, NOTHING, AS_WRITTEN)
    return [(rule.code, rule.when, rule.then, rule.shown) for rule in found]


WAITS = ("why", '["solved",["no"]]', "", False)


def test_question_that_an_answer_of_its_page_calls_for_waits_there():
    assert rules(SOLVED, WHY, RATE) == [("solved", "", "", True), WAITS, ("rate", "", "", True)]
    assert rules(SOLVED, WHY, RATE, solved=RawValue(number=0.0))[1] == ("why", '["solved",["no"]]', "", True)


def test_page_that_cannot_change_has_no_rules():
    assert rules(SOLVED, RATE) == []
    assert rules(SOLVED, WHY, RATE, layout="question_per_page") == []
    assert rules(SOLVED, {**WHY, "new_page": True}, RATE, layout="pages") == []


def test_answer_of_a_page_before_is_settled():
    later = {**RATE, "new_page": True}
    more = {"code": "more", "kind": "text", "show_if": {"question": "rate", "at_most": 2}}
    assert rules(SOLVED, later, WHY, more, number=2, layout="pages", solved=RawValue(number=0.0)) == [
        ("rate", "", "", True), ("why", "", "", True), ("more", '["rate",["1","2"]]', "", False)
    ]  # fmt: skip
    assert rules(SOLVED, later, WHY, number=2, layout="pages", solved=RawValue(number=1.0)) == []


def test_jump_leads_to_the_first_question_from_its_target_on():
    leave = {**SOLVED, "then": [{"if": {"question": "solved", "is": "yes"}, "go_to": "rate"}]}
    assert rules(leave, WHY, RATE)[0] == ("solved", "", '[[["solved",["yes"]],"rate"]]', True)
    ends = {**SOLVED, "then": [{"if": {"question": "solved", "is": "no"}, "go_to": "end:bye"}]}
    assert rules(ends, RATE, solved=RawValue(number=0.0)) == [
        ("solved", "", '[[["solved",["no"]],"end"]]', True), ("rate", "", "", False)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "left",
    [
        {**WHY, "show_if": {"question": "reach", "op": "answered"}},
        {**WHY, "text": {"en": "You said [[answer.solved|nothing]]. Why?"}},
    ],
)
def test_what_only_the_server_can_tell_is_left_to_it(left: dict[str, Any]):
    reach = {"code": "reach", "kind": "contact"}
    last = {"code": "last", "kind": "text", "show_if": {"question": "solved", "is": "no"}}
    assert [code for code, *_rest in rules(reach, SOLVED, left, last)] == ["reach", "solved", "last"]


def test_nothing_is_foreseen_behind_a_jump_that_only_the_server_can_follow():
    reach = {
        "code": "reach",
        "kind": "contact",
        "then": [{"if": {"question": "reach", "op": "answered"}, "go_to": "end"}],
    }
    assert rules(reach, SOLVED, WHY) == []
