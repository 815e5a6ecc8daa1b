"""Answers of every kind that a table can hold are taken by the same codes as on the page."""

from typing import Any

import pytest

from cxsurvey.lib.refusals import Refused
from feedback.actions.imports.values import find_question, read_answer
from surveys.models import SurveyVersion
from surveys.question_kinds import RawValue
from tests.factories.answering import touchpoint_survey

pytestmark = pytest.mark.django_db

CHOICES = [{"code": "a", "text": "A"}, {"code": "b", "text": "B"}]
QUESTIONS: list[dict[str, Any]] = [
    {"code": "agree", "kind": "agreement"},
    {"code": "served", "kind": "service_quality"},
    {"code": "news", "kind": "between_steps"},
    {"code": "each", "kind": "matrix", "choices": CHOICES, "rows": CHOICES},
    {"code": "first", "kind": "ranking", "choices": CHOICES},
    {"code": "own", "kind": "multi", "choices": [CHOICES[0], {"code": "b", "text": "B", "other": True}]},
    {"code": "many", "kind": "number", "step": 0.5},
    {"code": "day", "kind": "date"},
    {"code": "may", "kind": "consent"},
    {"code": "from", "kind": "hidden"},
    {"code": "reach", "kind": "contact"},
]


@pytest.fixture
def version() -> SurveyVersion:
    return touchpoint_survey(QUESTIONS)


@pytest.mark.parametrize(
    ("code", "cell", "value"),
    [
        ("agree", "Strongly agree", RawValue(number=5)),
        ("served.speed", "4.0", RawValue(number=4)),
        ("news.knew_when", "no", RawValue(number=0)),
        ("each.a", "b", RawValue(choices=("b",))),
        ("first", "b;a", RawValue(choices=("b", "a"))),
        ("own", "a;b=the cat", RawValue(choices=("a", "b"), text="the cat")),
        ("many", "1.5", RawValue(number=1.5)),
        ("day", "2026-03-01", RawValue(choices=("2026-03-01",))),
        ("may", "1", RawValue(number=1)),
        ("from", "spring; early", RawValue(choices=("spring; early",))),
        ("reach", "email: ann@example.org", RawValue(text="email: ann@example.org")),
    ],
)
def test_cell_of_each_kind_is_read(version: SurveyVersion, code: str, cell: str, value: RawValue) -> None:
    assert read_answer(find_question(version, code), [cell]) == value


def test_battery_as_a_whole_is_refused_with_the_rows_there_are(version: SurveyVersion) -> None:
    with pytest.raises(Refused) as caught:
        find_question(version, "served")
    assert "served.speed, served.knowledge" in caught.value.reason
