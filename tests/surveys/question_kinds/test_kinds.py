"""The kinds that there are, and what a question of each is said to be by its words."""

# ruff: noqa: E501 - tables of values

from dataclasses import replace

import pytest

from surveys.question_kinds import KINDS, RawValue, kind, pomp, shown, words
from tests.questions import spec

ALL = (
    "nps, csat, ces, scale, agreement, repeated_myself, yes_no, service_quality, between_steps, matrix, feelings, single, "
    "multi, ranking, number, date, text, contact, consent, statement, hidden"
)


def test_kinds_are_those_of_the_contract() -> None:
    assert ", ".join(KINDS) == ALL


def test_kind_unknown_name_lists_the_kinds() -> None:
    with pytest.raises(ValueError) as caught:
        kind("slider")
    assert str(caught.value) == f'Unknown kind of question "slider": use {ALL}.'


def test_pomp_equals_the_insights_version() -> None:
    scores = pytest.importorskip("feedback.insights.scores")
    points = [float(point) for point in range(1, 8)]
    for reverse in (False, True):
        mine = [pomp(point, 1, 7, reverse) for point in points]
        assert list(scores.pomp(points, scores.Scale(1, 7, reverse))) == pytest.approx(mine, abs=1e-12)


def test_words_are_what_a_person_would_read() -> None:
    said = [
        words(RawValue(choices=("time", "price")), spec("multi")),
        words(RawValue(choices=("staff",), text="the cat"), spec("single", other="staff")),
        words(RawValue(number=1), spec("yes_no", choices=(("yes", "Ja"), ("no", "Nein")))),
        words(RawValue(number=5), spec("agreement")),
        words(RawValue(number=9), spec("nps")),
        words(RawValue(choices=("2026-03-01",)), spec("date")),
        words(RawValue(choices=("angry",)), spec("feelings")),
        words(RawValue(number=1), spec("consent")),
        words(RawValue(text="name: Ann\nemail: ann@example.org"), spec("contact")),
    ]
    own = ["The time, The price", "the cat", "Ja", "Strongly agree", "9", "March 1, 2026", "Angry", "Yes"]
    assert said == [*own, "Ann, ann@example.org"]


def test_shown_leaves_out_what_is_personal() -> None:
    asked = [spec("nps"), replace(spec("contact"), code="who"), replace(spec("service_quality"), code="b")]
    answers = {"q1": RawValue(number=9), "who": RawValue(text="name: Ann"), "b.speed": RawValue(number=2)}
    assert shown(asked, answers) == {"q1": "9", "b.speed": "2"}
