"""Every kind of question: what it accepts, refuses, scores and gives back."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from django import forms
from django.utils.datastructures import MultiValueDict
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.question_kinds import KINDS, QuestionSpec, RawValue, kind, pomp
from surveys.question_kinds.feelings import SIGNS

CHOICES = (("price", "The price"), ("time", "The time"), ("staff", "The staff"))


def spec(name: str, **changes: object) -> QuestionSpec:
    """A valid question of the kind, with changes."""
    ends = {"csat": (1, 5), "scale": (0, 10)}.get(name, (None, None))
    choices = CHOICES if name in ("single", "multi") else ()
    base = QuestionSpec("q1", name, "How was it?", scale_min=ends[0], scale_max=ends[1], choices=choices)
    return replace(base, **changes)  # type: ignore[arg-type]


def clean(question: QuestionSpec, data: Mapping[str, object]) -> object:
    """What a form with this one field makes of posted data; ValidationError as in a page."""
    field = kind(question.kind).form_field(question)
    return field.clean(field.widget.value_from_datadict(data, MultiValueDict(), "q1"))


def test_kinds_are_the_nine_of_the_contract() -> None:
    assert list(KINDS) == ["nps", "csat", "ces", "scale", "single", "multi", "yes_no", "text", "feelings"]


def test_kind_unknown_name_lists_the_kinds() -> None:
    with pytest.raises(ValueError) as caught:
        kind("slider")
    assert str(caught.value) == (
        'Unknown kind of question "slider": use nps, csat, ces, scale, single, multi, yes_no, text, feelings.'
    )


@pytest.mark.parametrize("name", KINDS)
def test_validate_spec_plain_question_has_no_problem(name: str) -> None:
    assert kind(name).validate_spec(spec(name)) == []


@pytest.mark.parametrize("name", KINDS)
def test_validate_spec_without_text_or_code_names_both(name: str) -> None:
    assert kind(name).validate_spec(spec(name, text=" ", code="a b")) == [
        "The question has no text.",
        "The question code must be letters, digits, dots, hyphens or underscores.",
    ]


@pytest.mark.parametrize(
    ("question", "problems"),
    [
        (spec("nps", scale_min=1, scale_max=10), ["NPS is asked from 0 to 10, not from 1 to 10."]),
        (spec("nps", scale_min=1, scale_max=11), ["NPS is asked from 0 to 10, not from 1 to 11."]),
        (spec("nps", reversed=True), ['A question of kind "nps" cannot be reversed: use "scale".']),
        (spec("csat", scale_max=11), ["The scale from 1 to 11 must have 2 to 10 points."]),
        (spec("csat", scale_max=1), ["The scale from 1 to 1 must have 2 to 10 points."]),
        (spec("csat", low="bad"), ["Label both ends of the scale in words, or neither."]),
        (
            spec("ces", scale_min=1, scale_max=5),
            ['CES 2.0 is asked from 1 to 7, not from 1 to 5: use "scale" for another form.'],
        ),
        (spec("scale", scale_min=5, scale_max=1), ["The scale from 5 to 1 must have 2 to 101 points."]),
        (spec("scale", scale_min=None), ["Give the lowest and the highest value of the scale."]),
        (spec("scale", choices=CHOICES), ['A question of kind "scale" has no choices: remove them.']),
        (spec("single", choices=CHOICES[:1]), ["Give at least 2 choices."]),
        (spec("single", choices=(("a", "A"), ("a", "B"))), ['The choice code "a" is there more than once.']),
        (
            spec("multi", choices=(("a;b", "A"), ("b", " "))),
            [
                'The choice code "a;b" must be letters, digits, dots, hyphens or underscores.',
                'The choice "b" has no label.',
            ],
        ),
        (spec("multi", scale_min=1), ['A question of kind "multi" has no scale: remove it.']),
        (
            spec("yes_no", choices=(("yes", "Ja"), ("maybe", "Vielleicht"))),
            ['The choices of a yes/no question can only be "yes" and "no".'],
        ),
        (
            spec("feelings", choices=(("angry", "Wütend"), ("sad", "Traurig"))),
            ["Unknown feelings: sad. Use " + ", ".join(SIGNS) + "."],
        ),
    ],
)
def test_validate_spec_bad_question_says_what_to_mend(question: QuestionSpec, problems: list[str]) -> None:
    assert kind(question.kind).validate_spec(question) == problems


@pytest.mark.parametrize(
    ("question", "raw", "value", "score", "exported"),
    [
        (spec("nps"), "9", RawValue(number=9), 90.0, "9"),
        (spec("nps"), " 0 ", RawValue(number=0), 0.0, "0"),
        (spec("csat"), "4.0", RawValue(number=4), 75.0, "4"),
        (spec("csat", scale_min=0, scale_max=1), "1", RawValue(number=1), 100.0, "1"),
        (spec("ces"), "7", RawValue(number=7), 100.0, "7"),
        (spec("scale", reversed=True), "2", RawValue(number=2), 80.0, "2"),
        (spec("scale", scale_min=-2, scale_max=2), "-1", RawValue(number=-1), 25.0, "-1"),
        (spec("scale", scale_max=100), "37", RawValue(number=37), 37.0, "37"),
        (spec("single"), "time", RawValue(choices=("time",)), None, "time"),
        (spec("single"), "the STAFF", RawValue(choices=("staff",)), None, "staff"),
        (spec("single"), ["price"], RawValue(choices=("price",)), None, "price"),
        (spec("multi"), ["staff", "price"], RawValue(choices=("price", "staff")), None, "price;staff"),
        (spec("multi"), "staff; price;", RawValue(choices=("price", "staff")), None, "price;staff"),
        (spec("yes_no"), "yes", RawValue(number=1), 100.0, "yes"),
        (spec("yes_no"), "0", RawValue(number=0), 0.0, "no"),
        (spec("yes_no", reversed=True), "Y", RawValue(number=1), 0.0, "yes"),
        (spec("yes_no", choices=(("yes", "Ja"), ("no", "Nein"))), "NEIN", RawValue(number=0), 0.0, "no"),
        (spec("text"), " line one\r\nline\x00 two ", RawValue(text="line one\nline two"), None, "line one\nline two"),
        (spec("feelings"), ["delighted", "relieved"], RawValue(choices=("delighted", "relieved")), 100.0, None),
        (spec("feelings"), "angry;delighted", RawValue(choices=("delighted", "angry")), 50.0, "delighted;angry"),
        (spec("feelings"), "neutral;angry", RawValue(choices=("neutral", "angry")), 25.0, "neutral;angry"),
        (spec("feelings"), "anxious", RawValue(choices=("anxious",)), 0.0, "anxious"),
    ],
)
def test_parse_good_value_is_read_scored_and_exported(
    question: QuestionSpec, raw: str | list[str], value: RawValue, score: float | None, exported: str | None
) -> None:
    it = kind(question.kind)
    assert it.parse(raw, question) == value
    assert it.score(value, question) == score
    assert it.export(value, question) == (exported if exported is not None else ";".join(value.choices))


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("raw", ["", "  ", []])
def test_parse_blank_is_not_answered(name: str, raw: str | list[str]) -> None:
    value = kind(name).parse(raw, spec(name))
    assert (value, value.is_blank) == (RawValue(), True)
    assert (kind(name).score(value, spec(name)), kind(name).export(value, spec(name))) == (None, "")


@pytest.mark.parametrize(
    ("question", "raw", "words"),
    [
        (spec("nps"), "11", "Choose a number from 0 to 10"),
        (spec("nps"), "-1", "Choose a number from 0 to 10"),
        (spec("csat"), "0", "Choose a number from 1 to 5"),
        (spec("csat"), "4.5", "Choose a number from 1 to 5"),
        (spec("csat"), "nan", "Choose a number from 1 to 5"),
        (spec("csat"), "1e0", "Choose a number from 1 to 5"),
        (spec("csat"), "1_0", "Choose a number from 1 to 5"),
        (spec("csat"), "9" * 500, "Choose a number from 1 to 5"),
        (spec("csat"), ["1", "2"], "Give one answer only."),
        (spec("single"), "cost", '"cost" is not one of the choices: price, time, staff.'),
        (spec("multi"), ["price", "x"], '"x" is not one of the choices: price, time, staff.'),
        (spec("yes_no"), "perhaps", "Choose yes or no"),
        (spec("feelings"), "angry;anxious;neutral", "Choose one or two feelings"),
        (spec("text", long=False), "x" * 301, "Use at most 300 characters"),
        (spec("text"), "x" * 5001, "Use at most 5000 characters"),
    ],
)
def test_parse_bad_value_says_what_to_do(question: QuestionSpec, raw: str | list[str], words: str) -> None:
    with pytest.raises(ValueError) as caught:
        kind(question.kind).parse(raw, question)
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nps", "Choose a number from 0 to 10"),
        ("csat", "Choose a number from 1 to 5"),
        ("ces", "Choose a number from 1 to 7"),
        ("scale", "Choose a number from 0 to 10"),
        ("single", "Choose one of the answers"),
        ("multi", "Choose at least one of the answers"),
        ("yes_no", "Choose yes or no"),
        ("text", "Write a few words"),
        ("feelings", "Choose one or two feelings"),
    ],
)
def test_form_field_required_and_blank_says_what_to_do(name: str, words: str) -> None:
    with pytest.raises(forms.ValidationError) as caught:
        clean(spec(name, required=True), {})
    assert caught.value.messages == [words]
    assert kind(name).parse(clean(spec(name), {}) or "", spec(name)) == RawValue()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "posted", "words"),
    [
        (spec("nps"), "11", "Choose a number from 0 to 10"),
        (spec("scale", scale_max=100), "101", "Choose a number from 0 to 100"),
        (spec("scale", scale_max=100), "many", "Choose a number from 0 to 100"),
        (spec("text", long=False), "x" * 301, "Use at most 300 characters"),
    ],
)
def test_form_field_bad_value_says_what_to_do(question: QuestionSpec, posted: str, words: str) -> None:
    with pytest.raises(forms.ValidationError) as caught:
        clean(question, {"q1": posted})
    assert caught.value.messages == [words]


def test_form_field_three_feelings_are_refused() -> None:
    posted = MultiValueDict({"q1": ["angry", "anxious", "neutral"]})
    with pytest.raises(forms.ValidationError) as caught:
        clean(spec("feelings"), posted)
    assert caught.value.messages == ["Choose one or two feelings"]


@settings(max_examples=200)
@given(st.integers(-50, 50), st.integers(1, 100), st.data(), st.booleans())
def test_scale_any_point_goes_round_and_scores_within_0_and_100(
    low: int, span: int, data: st.DataObject, reverse: bool
) -> None:
    question = spec("scale", scale_min=low, scale_max=low + span, reversed=reverse)
    scale = kind("scale")
    value = scale.parse(str(data.draw(st.integers(low, low + span))), question)
    assert scale.parse(scale.export(value, question), question) == value
    score = scale.score(value, question)
    assert score is not None
    assert 0.0 <= score <= 100.0
    mirrored = scale.score(value, replace(question, reversed=not reverse))
    assert score == pytest.approx(100.0 - (mirrored or 0.0))


@settings(max_examples=100)
@given(st.sampled_from(list(KINDS)), st.text(max_size=40))
def test_parse_any_text_is_refused_or_goes_round(name: str, raw: str) -> None:
    question, it = spec(name), kind(name)
    try:
        value = it.parse(raw, question)
    except ValueError:
        return
    assert it.parse(it.export(value, question), question) == value


def test_pomp_equals_the_insights_version() -> None:
    scores = pytest.importorskip("feedback.insights.scores")
    points = [float(point) for point in range(1, 8)]
    for reverse in (False, True):
        mine = [pomp(point, 1, 7, reverse) for point in points]
        assert list(scores.pomp(points, scores.Scale(1, 7, reverse))) == pytest.approx(mine, abs=1e-12)
