"""Every kind of question through its form: what is not touched stays, in every language."""

from typing import Any

import pytest

from surveys.designer.forms import kind_choices
from surveys.designer.question_form import QuestionForm, fields_of
from surveys.queries.designer import StagePlace
from surveys.question_kinds import KINDS
from surveys.validators import question_problems

STAGES = [StagePlace("call", "Call", "service", ""), StagePlace("visit", "Visit", "service", "")]
BASE = {
    "metric": "other",
    "measures": "stage",
    "stage_code": "call",
    "to_stage_code": "",
    "text": {"en": "Words?", "de": "Worte?"},
    "help": {},
    "low": {},
    "high": {},
    "scale": None,
    "choices": [],
    "required": False,
    "headline": False,
    "reversed": False,
    "multiline": True,
    "show_if": {"question": "x", "is": 1},
    "then": [{"go_to": "end"}],
}
CHOICES = [
    {"code": "a", "text": {"en": "A", "de": "Ah"}},
    {"code": "none", "text": {"en": "None"}, "exclusive": True},
    {"code": "other", "text": {"en": "Else"}, "other": True},
]
ROWS = [{"code": "r1", "text": {"en": "Row"}, "metric": "speed"}, {"code": "r2", "text": {"en": "Line"}}]
OF_KIND: dict[str, dict[str, Any]] = {
    "nps": {"scale": [0, 10], "low": {"en": "Bad"}, "high": {"en": "Good"}, "headline": True},
    "csat": {"scale": [1, 5], "style": "stars", "same_meaning": True},
    "ces": {"scale": [1, 7]},
    "scale": {"scale": [0, 10], "reversed": True},
    "agreement": {"scale": [1, 5]},
    "repeated_myself": {"scale": [1, 5]},
    "service_quality": {"scale": [1, 5]},
    "matrix": {"scale": [1, 5], "rows": ROWS, "random_order": True},
    "single": {"choices": CHOICES, "random_order": True, "keep_last": ["none"]},
    "multi": {"choices": CHOICES, "min": 1, "max": 2},
    "ranking": {"choices": CHOICES[:1], "max": 3},
    "number": {"min": 0, "max": 120, "step": 1},
    "date": {"min": "2026-01-01", "max": "2026-12-31"},
    "text": {"multiline": False, "max_length": 200},
    "contact": {"fields": ["name", "email"]},
    "consent": {"grants": ["email"]},
    "hidden": {"choices": CHOICES[:1]},
}


def as_posted(form: QuestionForm) -> dict:
    """What a browser sends back when nothing was touched."""
    posted: dict = {}
    for field in form:
        value = field.value()
        if value is not None and value is not False and value != "":
            posted[field.html_name] = "on" if value is True else value
    return posted


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_untouched_question_comes_back_as_it_was(kind, language):
    question = {**BASE, "code": "q", "kind": kind, **OF_KIND.get(kind, {})}
    shown = QuestionForm(question, language, STAGES)
    form = QuestionForm(question, language, STAGES, as_posted(shown))
    assert form.is_valid(), form.errors
    assert form.document() == question


def test_every_kind_has_a_name_on_the_screen_and_fields():
    assert {name for name, _words in kind_choices()} == set(KINDS)
    assert [name for name, words in kind_choices() if name == words] == []
    assert all("text" in fields_of(name) for name in KINDS)


def test_marks_of_choices_written_in_lines_are_kept():
    question = {**BASE, "code": "q", "kind": "multi", "choices": []}
    data = {"question-text": "Why?", "question-measures": "transition:call>visit", "question-metric": "other"}
    data |= {"question-code": "q", "question-choices": "a | Price\nnone | None of these | exclusive\nElse"}
    form = QuestionForm(question, "en", STAGES, data)
    assert form.is_valid(), form.errors
    made = form.document()
    assert made["choices"] == [
        {"code": "a", "text": {"en": "Price"}},
        {"code": "none", "text": {"en": "None of these"}, "exclusive": True},
        {"code": "else", "text": {"en": "Else"}},
    ]
    assert (made["measures"], made["stage_code"], made["to_stage_code"]) == ("transition", "call", "visit")
    assert question_problems(made, ["en"]) == []
