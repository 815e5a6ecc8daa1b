"""Conditions, jumps and scales in words."""

import pytest

from surveys.drafting.difference import Change, changes
from surveys.drafting.sentences import condition_words, jump_words, scale_words

POOR = {"question": "overall", "op": "le", "value": 2}
GOLD = {"customer": "attr.tier", "op": "in", "value": ["gold", "silver"]}


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (None, ""),
        (POOR, "“overall” is at most 2"),
        ({"question": "solved", "is": "no"}, "“solved” is no"),
        ({"question": "why", "op": "answered"}, "“why” was answered"),
        (
            {"all": [POOR, {"any": [GOLD, {"question": "why", "op": "not_answered"}]}]},
            "“overall” is at most 2 and (“customer.attr.tier” is one of gold, silver or “why” was not answered)",
        ),
        (
            {"not": {"any": [POOR, GOLD]}},
            "none of these: “overall” is at most 2, “customer.attr.tier” is one of gold, silver",
        ),
        ("what", "what"),
    ],
)
def test_condition_in_words(condition, words):
    assert condition_words(condition) == words


def test_jumps_in_words():
    jumps = [{"if": POOR, "go_to": "why"}, {"go_to": "end"}]
    assert jump_words(jumps) == "to “why” if “overall” is at most 2; to the end, always"
    assert (jump_words(None), jump_words([])) == ("", "")


def test_scale_in_words():
    assert (scale_words([0, 10]), scale_words(None)) == ("0 to 10", "")


def test_differences_tell_rules_and_scales_in_words():
    old = {"questions": [{"code": "overall", "scale": [0, 10]}]}
    new = {"questions": [{"code": "overall", "scale": [1, 5], "show_if": POOR}]}
    assert changes(old, new) == [
        Change("changed", "overall", "scale", "0 to 10", "1 to 5"),
        Change("changed", "overall", "show_if", "", "“overall” is at most 2"),
    ]
