"""Conditions: what a comparison sees, and what is true of something absent."""

from typing import Any

import pytest
from hypothesis import given, settings

from surveys.logic import Context, holds
from surveys.logic.conditions import Condition
from surveys.question_kinds import RawValue
from tests.surveys.logic.documents import contexts, random_answers, seeds, wild_documents

ANSWERS = {
    "score": RawValue(number=3.0),
    "yes": RawValue(number=1.0),
    "one": RawValue(choices=("price",)),
    "many": RawValue(choices=("price", "speed")),
    "day": RawValue(choices=("2026-03-01",)),
    "words": RawValue(text="It took Too long"),
    "own": RawValue(choices=("other",), text="price"),
    "battery.speed": RawValue(number=2.0),
    "blank": RawValue(),
}
KNOWN = Context(
    customer={"segment": "gold", "attr.age": 41, "attr.code": "007"},
    interaction={"resolved": False, "date": "2026-02-01"},
    run={"outcome": "completed"},
    hidden={"campaign": "spring"},
)


@pytest.mark.parametrize(
    ("leaf", "true"),
    [
        ({"question": "score", "op": "eq", "value": 3}, True),
        ({"question": "score", "op": "eq", "value": "3"}, True),
        ({"question": "score", "op": "ne", "value": 3}, False),
        ({"question": "score", "op": "lt", "value": 3.5}, True),
        ({"question": "score", "op": "ge", "value": 4}, False),
        ({"question": "score", "op": "in", "value": [1, 3]}, True),
        ({"question": "score", "op": "not_in", "value": [1, 3]}, False),
        ({"question": "score", "at_least": 2, "at_most": 3}, True),
        ({"question": "score", "at_least": 4, "at_most": 9}, False),
        ({"question": "yes", "is": "yes"}, True),
        ({"question": "yes", "op": "eq", "value": True}, True),
        ({"question": "yes", "is": "no"}, False),
        ({"question": "one", "is": "price"}, True),
        ({"question": "one", "in": ["speed", "staff"]}, False),
        ({"question": "many", "op": "contains", "value": "speed"}, True),
        ({"question": "many", "op": "not_in", "value": ["staff"]}, True),
        ({"question": "day", "op": "gt", "value": "2026-02-28"}, True),
        ({"question": "day", "op": "le", "value": "2026-02-28"}, False),
        ({"question": "words", "op": "contains", "value": "too LONG"}, True),
        ({"question": "words", "op": "eq", "value": "too long"}, False),
        ({"question": "own", "op": "eq", "value": "price"}, False),
        ({"question": "battery.speed", "op": "eq", "value": 2}, True),
        ({"question": "battery", "op": "answered"}, True),
        ({"question": "blank", "op": "answered"}, False),
        ({"question": "blank", "op": "not_answered"}, True),
        ({"question": "blank", "op": "ne", "value": 1}, False),
        ({"not": {"question": "blank", "op": "eq", "value": 1}}, True),
        ({"customer": "segment", "op": "eq", "value": "gold"}, True),
        ({"customer": "attr.age", "op": "gt", "value": 40}, True),
        ({"customer": "attr.code", "op": "eq", "value": "007"}, True),
        ({"customer": "attr.none", "op": "ne", "value": "x"}, False),
        ({"customer": "__class__", "op": "answered"}, False),
        ({"interaction": "resolved", "op": "eq", "value": "no"}, True),
        ({"interaction": "date", "op": "lt", "value": "2026-02-02"}, True),
        ({"run": "outcome", "op": "in", "value": ["completed", "abandoned"]}, True),
        ({"hidden": "campaign", "is": "spring"}, True),
        ({"all": [{"question": "yes", "is": "yes"}, {"question": "yes", "is": "no"}]}, False),
        ({"any": [{"question": "yes", "is": "no"}, {"question": "yes", "is": "yes"}]}, True),
    ],
)  # fmt: skip
def test_holds_each_comparison(leaf: Condition, true: bool) -> None:
    assert holds(leaf, ANSWERS, KNOWN) is true


def test_holds_no_condition_is_true_and_endless_nesting_false() -> None:
    deep: dict[str, Any] = {"question": "yes", "is": "yes"}
    for _ in range(60):
        deep = {"all": [deep]}
    assert (holds(None, {}, KNOWN), holds({}, {}, KNOWN), holds(deep, ANSWERS, KNOWN)) == (True, True, False)


@settings(max_examples=200, deadline=None)
@given(wild_documents, contexts, seeds)
def test_holds_not_is_always_the_opposite(asked: dict[str, Any], context: Context, seed: int) -> None:
    answers = random_answers(asked, seed)
    for question in asked["questions"]:
        condition = question.get("show_if")
        if condition:
            assert holds({"not": condition}, answers, context) is not holds(condition, answers, context)
            assert holds({"all": [condition]}, answers, context) is holds({"any": [condition]}, answers, context)
