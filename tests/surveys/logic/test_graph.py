"""The check of a document's logic: every fault named, and nothing called impossible that can happen."""

from typing import Any

import pytest
from hypothesis import given, settings

from surveys.logic import Context, holds, problems, walk
from surveys.logic.path import kept
from tests.surveys.logic.documents import Maker, contexts, documents, random_answers, seeds, wild_documents
from tests.surveys.logic.test_path import document


def texts(asked: dict[str, Any]) -> list[str]:
    return [problem.text for problem in problems(asked)]


PLACES = {"code": "size", "kind": "single", "choices": [{"code": "s"}, {"code": "l"}]}


@pytest.mark.parametrize(
    ("questions", "wrong"),
    [
        (
            [{"code": "a"}, {"code": "b", "then": [{"go_to": "a"}]}],
            'A loop: the jump from "b" leads back to "a". Jumps only go forwards.',
        ),
        (
            [{"code": "a", "then": [{"go_to": "a"}]}],
            'A loop: the jump from "a" leads back to "a". Jumps only go forwards.',
        ),
        (
            [{"code": "a", "show_if": {"question": "b", "is": "yes"}}, {"code": "b"}],
            'The condition looks at "b", which is asked later: move it before this question.',
        ),
        (
            [{"code": "a", "show_if": {"question": "a", "is": "yes"}}],
            '"a" waits for its own answer: it can never show.',
        ),
        (
            [{"code": "a", "show_if": {"question": "x", "is": "yes"}}],
            'The condition looks at "x", which is no question of the survey.',
        ),
        (
            [{"code": "a", "then": [{"go_to": "x"}]}],
            'A dead end: the jump from "a" leads to "x", which is no question.',
        ),
        (
            [{"code": "a", "then": [{"go_to": "end:x"}]}],
            'The jump from "a" ends with the message "x", which endings does not have.',
        ),
        ([{"code": "a", "then": [{"if": {}}]}], "A jump needs go_to with a question code, end or end:MESSAGE."),
        (
            [{"code": "a", "then": [{"go_to": "c"}]}, {"code": "b"}, {"code": "c"}],
            '"b" can never show: every path jumps over it.',
        ),
        ([{"code": "a", "then": [{"go_to": "end"}]}, {"code": "b"}], '"b" can never show: every path jumps over it.'),
        (
            [
                {"code": "a"},
                {
                    "code": "b",
                    "show_if": {"all": [{"question": "a", "is": "yes"}, {"question": "a", "is": "no"}]},
                },
            ],
            '"b" can never show: its condition contradicts itself.',
        ),
        (
            [
                {"code": "a", "kind": "scale", "scale": [0, 10]},
                {"code": "b", "show_if": {"question": "a", "op": "gt", "value": 10}},
            ],
            '"b" can never show: its condition contradicts itself.',
        ),
        (
            [
                {"code": "a", "then": [{"if": {"question": "a", "is": "yes"}, "go_to": "c"}]},
                {"code": "b", "show_if": {"question": "a", "is": "yes"}},
                {"code": "c"},
            ],
            '"b" can never show: whoever comes this far does not meet its condition.',
        ),
        (
            [
                {"code": "a"},
                {"code": "b", "show_if": {"question": "a", "is": "yes"}},
                {
                    "code": "c",
                    "show_if": {"all": [{"question": "a", "is": "no"}]},
                    "then": [{"if": {"question": "a", "is": "yes"}, "go_to": "end"}],
                },
            ],
            'A dead end: the jump from "c" to "end" can never be taken.',
        ),
        (
            [PLACES, {"code": "b", "show_if": {"question": "size", "is": "m"}}],
            'The condition waits for "m", which is no choice of "size": it has s, l.',
        ),
        (
            [PLACES, {"code": "b", "show_if": {"question": "size", "at_least": 3}}],
            '"ge" does not fit "size", a question of kind single: use eq, ne, in, not_in.',
        ),
        (
            [{"code": "q", "kind": "service_quality"}, {"code": "b", "show_if": {"question": "q", "at_least": 3}}],
            '"q" has several rows: name one, as in q.speed.',
        ),
        (
            [{"code": "a"}, {"code": "b", "show_if": {"question": "a", "is": "perhaps"}}],
            'The condition waits for "perhaps", but "a" is answered by yes or no.',
        ),
        (
            [{"code": "a", "show_if": {"customer": "password", "op": "eq", "value": "x"}}],
            'customer has no "password" that a condition may look at: it has segment, language, attr.NAME.',
        ),
        ([{"code": "a", "kind": "statement"}], "The survey asks nothing: it has only statements and hidden values."),
    ],
)
def test_problems_each_fault_is_named(questions: list[dict[str, Any]], wrong: str) -> None:
    assert texts(document(*questions)) == [wrong]


def test_problems_two_questions_that_wait_for_each_other_are_a_loop() -> None:
    asked = document(
        {"code": "a", "show_if": {"question": "b", "is": "yes"}},
        {"code": "b", "show_if": {"question": "a", "is": "yes"}},
    )
    assert texts(asked) == [
        'A loop: "a" waits for "b", which waits for "a".',
        'A loop: "b" waits for "a", which waits for "b".',
    ]


@pytest.mark.parametrize(
    ("condition", "wrong"),
    [
        ([], "A condition needs all, any, not, or a comparison such as {question: CODE, op: eq, value: yes}."),
        ({"all": []}, '"all" needs a list of at least one condition.'),
        ({"all": [], "any": []}, "Put all, any and not each in a condition of its own: all, any stand together."),
        ({"question": "a"}, "A condition needs either op with a value, or one of is, in, at_least, at_most."),
        ({"question": "a", "op": "like", "value": "x"}, None),
        ({"question": "a", "op": "gt", "value": "x"}, '"gt" needs a number or a day such as 2026-03-01.'),
        ({"question": "a", "op": "in", "value": "x"}, '"in" needs a list of values.'),
        ({"question": "a", "op": "eq"}, '"eq" needs a value.'),
        ({"question": "a", "op": "answered", "value": 1}, '"answered" has no value: remove it.'),
        (
            {"question": "a", "customer": "segment", "is": "x"},
            "A condition looks at exactly one of question, customer, interaction, hidden, run.",
        ),
    ],
)
def test_problems_unreadable_condition_says_what_is_missing(condition: Any, wrong: str | None) -> None:
    asked = document({"code": "a"}, {"code": "b", "then": [{"if": condition or [1], "go_to": "end"}]})
    known = "eq, ne, lt, le, gt, ge, in, not_in, answered, not_answered, contains"
    assert texts(asked) == [wrong or f'"like" is no comparison: use {known}.']


def test_problems_random_blocks_and_quotas_are_checked() -> None:
    asked = document(
        {"code": "a", "then": [{"if": {"question": "a", "is": "no"}, "go_to": "c"}]},
        {"code": "b"},
        {"code": "c", "show_if": {"question": "b", "is": "yes"}},
        {"code": "d"},
        random_blocks=[["b", "c"], ["b", "x"], ["a"]],
        quotas=[{"code": "q", "limit": 0, "action": "shout"}, {"code": "q", "limit": 3}, {"limit": 3}],
    )
    assert texts(asked) == [
        'The condition looks at "b", which is asked later: move it before this question.',
        '"b" is named twice in random blocks.',
        'The random block names "x", which is no question of the survey.',
        "A random block is a list of at least two question codes.",
        '"c" stands in a random block: nothing can jump there.',
        'The quota "q" needs a limit of 1 or more.',
        'The action of the quota "q" is end or close.',
        'The quota code "q" is there more than once.',
        "A quota needs a code.",
    ]


def test_problems_path_leads_to_the_condition() -> None:
    asked = document({"code": "a"}, {"code": "b", "then": [{"go_to": "c"}, {"go_to": "a"}]}, {"code": "c"})
    assert [problem.path for problem in problems(asked)] == [("questions", 1, "then", 1)]


@settings(max_examples=600, deadline=None)
@given(documents, contexts, seeds)
def test_problems_what_can_never_show_never_shows(asked: dict[str, Any], context: Context, seed: int) -> None:
    found = problems(asked)
    never = {asked["questions"][p.path[1]]["code"] for p in found if "can never show" in p.text and len(p.path) == 2}
    dead = [p.path for p in found if "can never be taken" in p.text]
    for step in range(20 if never or dead else 0):
        answers = random_answers(asked, seed + step)
        codes = walk(asked, answers, context).codes
        assert never & set(codes) == set()
        for _questions, place, _then, number in dead:
            question = asked["questions"][place]
            assert question["code"] not in codes or not taken(question, number, answers, codes, context, asked)


def taken(question: Any, number: Any, answers: Any, codes: Any, context: Context, asked: Any) -> bool:
    """Whether this jump, and none before it, is followed after the question."""
    seen = kept(asked, answers, codes[: codes.index(question["code"]) + 1])
    first = next((n for n, jump in enumerate(question["then"]) if holds(jump.get("if"), seen, context)), None)
    return first == number


@settings(max_examples=300, deadline=None)
@given(wild_documents)
def test_problems_any_document_is_checked_without_a_traceback(asked: dict[str, Any]) -> None:
    assert problems(asked) == problems(asked)


def test_problems_most_documents_drawn_for_these_tests_are_checked_to_the_end() -> None:
    """Else the test of soundness would test nothing."""
    found = [texts(Maker(seed, wild=False).document()) for seed in range(300)]
    assert sum(any("can never show" in text for text in each) for each in found) > 30


def test_problems_many_conditions_are_checked_in_time() -> None:
    asks = [{"code": f"q{number}", "kind": "single", "choices": [{"code": "x"}, {"code": "y"}]} for number in range(40)]
    for number in range(1, 40):
        asks[number]["then"] = [
            {
                "if": {"any": [{"question": f"q{number - 1}", "is": "x"}, {"question": f"q{number}", "is": "y"}]},
                "go_to": "end",
            }
        ]
    assert texts(document(*asks)) == []
