# ruff: noqa: E501 - tables of values
"""What must hold of a whole document before it may be published."""

from typing import Any

import pytest

from surveys.enums import SurveyKind
from surveys.validators import document_problems

OVERALL: dict[str, Any] = {"code": "overall", "kind": "csat", "text": "Overall?", "headline": True, "required": True}
WHY: dict[str, Any] = {"code": "why", "kind": "text", "text": "Why?"}


def problems(*questions: dict[str, Any], **document: Any) -> list[tuple[tuple[str | int, ...], str]]:
    return document_problems({"languages": ["en"], "questions": list(questions), **document}, SurveyKind.TOUCHPOINT)


def test_document_good_one_with_logic_and_pipes_has_no_problem() -> None:
    asked = {**WHY, "text": "You gave [[answer.overall]] for [[stage.name]]. Why?"}
    asked["show_if"] = {"question": "overall", "at_most": 3}
    assert (
        problems(OVERALL, asked, thanks={"en": "Thanks, [[customer.attr.name|and take care]]."}, layout="pages") == []
    )


@pytest.mark.parametrize(
    ("questions", "document", "path", "text"),
    [
        (
            ({**WHY, "style": "stars"},),
            {},
            ("questions", 0),
            'A question of kind "text" has no "style": it belongs to csat.',
        ),
        (
            ({**OVERALL, "keep_last": ["x"]},),
            {},
            ("questions", 0),
            'A question of kind "csat" has no "keep_last": it belongs to single, multi, ranking, service_quality, ',
        ),
        (
            ({"code": "b", "kind": "matrix", "scale": [1, 5], "text": "B", "rows": [{"code": "x", "text": "X", "metric": "joy"}]},),
            {},
            ("questions", 0),
            '"joy" is no metric: use ',
        ),
        ((OVERALL,), {"layout": "wall"}, ("layout",), '"wall" is no layout: use auto, one_page, question_per_page, pages.'),
        (
            (WHY, {**OVERALL, "text": "[[answer.why]]?"}),
            {},
            ("questions", 1, "text"),
            '"[[answer.why]]" can be missing: write what to say then, as in [[answer.why|our team]].',
        ),
        (
            (OVERALL,),
            {"title": "After [[answer.overall|that]]"},
            ("title",),
            '"[[answer.overall]]" must name a question that is asked before.',
        ),
        (
            ({**WHY, "then": [{"if": {"customer": "segment", "is": "x"}, "go_to": "end"}]}, OVERALL),
            {},
            ("questions", 0, "then", 0),
            'The jump from "why" leads past the headline question "overall".',
        ),
        (
            (OVERALL, {**WHY, "show_if": {"question": "overall", "op": "gt", "value": 5}}),
            {},
            ("questions", 1),
            '"why" can never show: its condition contradicts itself.',
        ),
        (
            ({"code": "b", "kind": "service_quality", "text": "B"}, {**WHY, "code": "b.speed"}),
            {},
            ("questions", 1),
            'The question code "b.speed" is there more than once.',
        ),
        (
            ({**WHY, "kind": "ranking", "headline": True, "choices": [{"code": "x", "text": "X"}, {"code": "y", "text": "Y"}]},),
            {},
            ("questions", 0),
            "The headline question must be on a scale: nps, csat, ces, scale, agreement or yes_no.",
        ),
    ],
)  # fmt: skip
def test_document_each_fault_is_named_where_it_stands(
    questions: tuple[dict[str, Any], ...], document: dict[str, Any], path: tuple[str | int, ...], text: str
) -> None:
    found = problems(*questions, **document)
    assert [(place, said[: len(text)]) for place, said in found][:1] == [(path, text)]


def test_document_certain_answer_is_one_that_nobody_skips() -> None:
    skipping = {**OVERALL, "then": [{"if": {"question": "overall", "at_least": 4}, "go_to": "last"}]}
    asked = {**WHY, "required": True}
    last = {"code": "last", "kind": "text", "text": "[[answer.overall]], [[answer.why]]"}
    assert [text[:24] for _path, text in problems(skipping, asked, last)] == ['"[[answer.why]]" can be ']
