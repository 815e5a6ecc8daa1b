"""The path through a questionnaire: shown, jumped over, ended, cut into pages."""

from typing import Any

import pytest
from hypothesis import given, settings

from surveys.logic import Context, Order, next_page, pages, previous_page, shuffled, visible, walk
from surveys.logic.document import asks
from surveys.logic.path import kept
from surveys.question_kinds import RawValue
from tests.surveys.logic.documents import contexts, documents, random_answers, seeds, wild_documents

NOBODY = Context()
YES, NO = RawValue(number=1.0), RawValue(number=0.0)


def document(*questions: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"questions": [{"kind": "yes_no", **question} for question in questions], **keys}


def test_visible_question_with_a_false_condition_is_left_out() -> None:
    asked = document({"code": "a"}, {"code": "b", "show_if": {"question": "a", "is": "no"}}, {"code": "c"})
    assert visible(asked, {"a": YES}, NOBODY) == ["a", "c"]
    assert visible(asked, {"a": NO}, NOBODY) == ["a", "b", "c"]
    assert visible(asked, {}, NOBODY) == ["a", "c"]


def test_visible_answer_of_a_hidden_question_counts_for_nothing() -> None:
    asked = document(
        {"code": "a"},
        {"code": "b", "show_if": {"question": "a", "op": "eq", "value": "yes"}},
        {"code": "c", "show_if": {"question": "b", "op": "answered"}},
    )
    answers = {"a": NO, "b": YES, "c": YES}
    assert visible(asked, answers, NOBODY) == ["a"]
    assert kept(asked, answers, ["a"]) == {"a": NO}


def test_walk_first_jump_that_holds_is_taken() -> None:
    jumps = [{"if": {"question": "a", "is": "no"}, "go_to": "c"}, {"go_to": "end:sorry"}]
    asked = document({"code": "a", "then": jumps}, {"code": "b"}, {"code": "c"})
    assert walk(asked, {"a": NO}, NOBODY).codes == ("a", "c")
    assert walk(asked, {"a": YES}, NOBODY).codes == ("a",)
    assert walk(asked, {"a": YES}, NOBODY).ending == "sorry"


def test_walk_jump_backwards_is_not_followed() -> None:
    asked = document({"code": "a"}, {"code": "b", "then": [{"go_to": "a"}]}, {"code": "c"})
    assert walk(asked, {}, NOBODY).codes == ("a", "b", "c")


def test_walk_full_quota_ends_the_path_where_its_condition_holds() -> None:
    quota = {"code": "men", "limit": 1, "if": {"question": "a", "is": "yes"}}
    asked = document({"code": "a"}, {"code": "b"}, quotas=[quota])
    assert walk(asked, {"a": YES}, NOBODY, full=["men"]).codes == ("a",)
    assert walk(asked, {"a": YES}, NOBODY, full=["men"]).quota == "men"
    assert walk(asked, {"a": YES}, NOBODY).quota == ""
    assert walk(asked, {"a": NO}, NOBODY, full=["men"]).codes == ("a", "b")


@pytest.mark.parametrize(
    ("layout", "cut"),
    [
        ("auto", [["intro", "a", "b", "note", "c", "bye"]]),
        ("one_page", [["intro", "a", "b", "note", "c", "bye"]]),
        ("question_per_page", [["intro", "a"], ["b"], ["note", "c", "bye"]]),
        ("pages", [["intro", "a", "b"], ["note", "c", "bye"]]),
    ],
)
def test_pages_statements_stand_with_the_question_after_them(layout: str, cut: list[list[str]]) -> None:
    asked = document(
        {"code": "intro", "kind": "statement"},
        {"code": "a", "new_page": True},
        {"code": "b"},
        {"code": "note", "kind": "statement", "new_page": True},
        {"code": "c"},
        {"code": "bye", "kind": "statement"},
        layout=layout,
    )
    assert pages(asked, {}, NOBODY) == cut


def test_pages_auto_is_one_page_up_to_three_questions() -> None:
    codes = [{"code": code} for code in "abcd"]
    assert pages(document(*codes[:3]), {}, NOBODY) == [["a", "b", "c"]]
    assert pages(document(*codes), {}, NOBODY) == [["a"], ["b"], ["c"], ["d"]]


def test_next_and_previous_page_at_the_ends_are_none() -> None:
    asked = document({"code": "a"}, {"code": "b"}, layout="question_per_page")
    assert next_page(asked, {}, NOBODY) == ["a"]
    assert next_page(asked, {}, NOBODY, code="a") == ["b"]
    assert next_page(asked, {}, NOBODY, code="b") is None
    assert previous_page(asked, {}, NOBODY, code="a") is None
    assert previous_page(asked, {}, NOBODY) == ["b"]


@settings(max_examples=200, deadline=None)
@given(wild_documents, contexts, seeds)
def test_visible_any_document_is_a_fixpoint_that_names_each_question_once(
    asked: dict[str, Any], context: Context, seed: int
) -> None:
    answers, order = random_answers(asked, seed), shuffled(asked, str(seed))
    codes = visible(asked, answers, context, order)
    assert len(codes) == len(set(codes))
    assert visible(asked, kept(asked, answers, codes), context, order) == codes


@settings(max_examples=200, deadline=None)
@given(wild_documents, contexts, seeds)
def test_pages_any_document_hold_the_path_and_each_asks_something(
    asked: dict[str, Any], context: Context, seed: int
) -> None:
    answers, order = random_answers(asked, seed), shuffled(asked, str(seed))
    found = pages(asked, answers, context, order)
    codes = visible(asked, answers, context, order)
    assert [code for page in found for code in page] == codes
    asking = {question["code"] for question in asked["questions"] if asks(question)}
    if asking & set(codes):
        assert [page for page in found if not asking & set(page)] == []


@settings(max_examples=200, deadline=None)
@given(documents, contexts, seeds)
def test_previous_page_after_next_page_is_where_one_was(asked: dict[str, Any], context: Context, seed: int) -> None:
    answers, order = random_answers(asked, seed), shuffled(asked, str(seed))
    for page in pages(asked, answers, context, order):
        after = next_page(asked, answers, context, order, page[0])
        if after is not None:
            assert previous_page(asked, answers, context, order, after[0]) == page


@settings(max_examples=100, deadline=None)
@given(documents, seeds)
def test_pages_before_a_question_do_not_move_by_its_answer(asked: dict[str, Any], seed: int) -> None:
    """What is asked there stays; a statement may come to stand at the end of what is the last page by now."""
    asked["layout"] = "question_per_page"
    answers = random_answers(asked, seed)
    asking = {question["code"] for question in asked["questions"] if asks(question)}

    def questions_of(answers: dict[str, RawValue]) -> list[list[str]]:
        return [[code for code in page if code in asking] for page in pages(asked, answers, NOBODY)]

    found = questions_of(answers)
    for number, page in enumerate(found):
        behind = {code for each in found[number + 1 :] for code in each} | set(page)
        fewer = {code: value for code, value in answers.items() if code.split(".")[0] not in behind}
        assert questions_of(fewer)[: number + 1] == found[: number + 1]


def test_order_is_not_needed_for_a_document_without_random_parts() -> None:
    assert shuffled(document({"code": "a"}), "x") == Order()
