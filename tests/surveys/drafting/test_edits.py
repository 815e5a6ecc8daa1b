"""Edits of a document: what they change, and that they change nothing else."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.drafting.edits import (
    NoSuchQuestion,
    added,
    changed,
    code_from,
    duplicated,
    moved,
    ordered,
    question,
    removed,
    renamed,
)

DOCUMENT = {
    "languages": ["en"],
    "random_blocks": [["a", "b"]],
    "questions": [
        {
            "code": "a",
            "kind": "csat",
            "headline": True,
            "then": [{"if": {"question": "a", "at_most": 2}, "go_to": "c"}],
        },
        {"code": "b", "kind": "text", "text": {"en": "You said [[answer.a|something]]: why?"}},
        {"code": "c", "kind": "text", "show_if": {"any": [{"question": "a", "is": 1}, {"question": "m.a", "is": 1}]}},
    ],
}


def codes(document):
    return [each["code"] for each in document["questions"]]


def test_added_behind_another_with_a_code_of_its_own():
    new = added(DOCUMENT, {"code": "b", "kind": "text"}, "a")
    assert codes(new) == ["a", "b-2", "b", "c"]
    assert codes(added(DOCUMENT, {"kind": "nps"})) == ["a", "b", "c", "nps"]


def test_duplicated_is_no_headline():
    new = duplicated(DOCUMENT, "a")
    assert codes(new) == ["a", "a-2", "b", "c"]
    assert question(new, "a-2")["headline"] is False


def test_changed_headline_takes_the_mark_from_the_other():
    new = changed(DOCUMENT, "b", {**question(DOCUMENT, "b"), "kind": "nps", "headline": True})
    assert [each.get("headline", False) for each in new["questions"]] == [False, True, False]


def test_renamed_follows_conditions_jumps_blocks_and_marks():
    new = renamed(changed(DOCUMENT, "a", {**question(DOCUMENT, "a"), "code": "x"}), "c", "z")
    assert new["random_blocks"] == [["x", "b"]]
    assert new["questions"][0]["then"] == [{"if": {"question": "x", "at_most": 2}, "go_to": "z"}]
    assert new["questions"][1]["text"] == {"en": "You said [[answer.x|something]]: why?"}
    assert new["questions"][2]["show_if"] == {"any": [{"question": "x", "is": 1}, {"question": "m.a", "is": 1}]}


def test_renamed_battery_keeps_its_items():
    assert renamed(DOCUMENT, "m", "n")["questions"][2]["show_if"]["any"][1] == {"question": "n.a", "is": 1}


def test_unknown_question_is_said():
    for edit in (lambda: removed(DOCUMENT, "zz"), lambda: moved(DOCUMENT, "zz", 0), lambda: ordered(DOCUMENT, ["zz"])):
        with pytest.raises(NoSuchQuestion):
            edit()


@given(st.lists(st.sampled_from("abc"), unique=True), st.sampled_from("abc"), st.integers(-2, 9))
def test_moving_and_ordering_lose_nothing(wanted, code, place):
    before = copy.deepcopy(DOCUMENT)
    new = ordered(DOCUMENT, wanted)
    assert [each for each in codes(new) if each in wanted] == wanted
    assert sorted(codes(new)) == ["a", "b", "c"]
    there = moved(DOCUMENT, code, place)
    assert codes(there).index(code) == min(max(place, 0), 2)
    assert sorted(codes(there)) == ["a", "b", "c"]
    assert before == DOCUMENT


@pytest.mark.parametrize(("words", "code"), [("How was it?", "how-was-it"), ("???", ""), ("x" * 80, "x" * 50)])
def test_code_from_words(words, code):
    assert code_from(words) == code
