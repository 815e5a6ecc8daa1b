"""Values from imports and messages: read, scored and written again, or refused with what to do."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.question_kinds import KINDS, QuestionSpec, RawValue, kind
from tests.questions import spec


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
        (spec("agreement"), "Strongly agree", RawValue(number=5), 100.0, "5"),
        (spec("agreement", scale_min=1, scale_max=7), "2", RawValue(number=2), pytest.approx(100 / 6), "2"),
        (spec("agreement", reversed=True), "5", RawValue(number=5), 0.0, "5"),
        (spec("repeated_myself"), "1", RawValue(number=1), 100.0, "1"),
        (spec("repeated_myself"), "5", RawValue(number=5), 0.0, "5"),
        (spec("ranking"), "staff;price", RawValue(choices=("staff", "price")), None, "staff;price"),
        (
            spec("ranking"),
            ["staff", "price", "time"],
            RawValue(choices=("staff", "price", "time")),
            None,
            "staff;price;time",
        ),
        (spec("number"), "12", RawValue(number=12), None, "12"),
        (spec("number", step=0.5), "2,5", RawValue(number=2.5), None, "2.5"),
        (spec("number", least=1, step=2), "7", RawValue(number=7), None, "7"),
        (spec("date"), "2026-03-01", RawValue(choices=("2026-03-01",)), None, "2026-03-01"),
        (spec("consent"), "yes", RawValue(number=1), None, "yes"),
        (spec("consent"), "no", RawValue(), None, ""),
        (spec("hidden"), "spring", RawValue(choices=("spring",)), None, "spring"),
        (
            spec("contact"),
            "email: ann@example.org\nname:  Ann  Lee",
            RawValue(text="name: Ann Lee\nemail: ann@example.org"),
            None,
            "name: Ann Lee\nemail: ann@example.org",
        ),
        (
            spec("single", other="staff"),
            "staff=the cat; really",
            RawValue(choices=("staff",), text="the cat; really"),
            None,
            "staff=the cat; really",
        ),
        (
            spec("multi", other="price"),
            "time;price=too much",
            RawValue(choices=("price", "time"), text="too much"),
            None,
            "time;price=too much",
        ),
        (spec("multi", exclusive=("price",)), "price", RawValue(choices=("price",)), None, "price"),
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
        (spec("text", max_length=3), "four", "Use at most 3 characters"),
        (spec("agreement"), "8", "Choose a number from 1 to 5"),
        (spec("ranking"), "price;price", "Give each place to something else"),
        (spec("ranking", most=2), "price;time;staff", "Choose from the answers shown"),
        (spec("ranking", least=2), "price", "Fill at least 2 places"),
        (spec("number"), "1.5", "Write a whole number"),
        (spec("number"), "1e3", "Write a whole number"),
        (spec("number", least=1), "0", "Write a whole number of 1 or more"),
        (spec("number", least=0, most=9), "10", "Write a whole number from 0 to 9"),
        (spec("number", step=0.5), "0.3", "Write a number in steps of 0.5"),
        (spec("date"), "1.3.2026", "Write the day as year, month and day, such as 2026-03-01"),
        (spec("date"), "2026-02-30", "Write the day as year, month and day, such as 2026-03-01"),
        (spec("date", first_day="2026-01-02"), "2026-01-01", "Choose Jan. 2, 2026 or a later day"),
        (spec("consent"), "perhaps", "Choose yes or no"),
        (spec("statement"), "x", "Nothing is answered here: leave it blank."),
        (spec("hidden"), "x" * 61, "A hidden value has at most 60 characters in one line."),
        (spec("contact"), "ann@example.org", "Write a line for each: name: …, email: …, phone: …"),
        (spec("contact"), "email: ann", "Write one address, such as name@example.com"),
        (spec("contact"), "phone: 12", "Write one number with its country code, such as +49 170 1234567"),
        (spec("multi", exclusive=("price",)), "price;time", 'Choose "The price" alone, or leave it out'),
        (spec("multi", least=2), "price", "Choose at least 2 answers"),
        (spec("multi", most=1), "price;time", "Choose at most 1 answer"),
        (spec("matrix"), "3", '"q1" has several rows: name one, as in q1.desk.'),
    ],
)
def test_parse_bad_value_says_what_to_do(question: QuestionSpec, raw: str | list[str], words: str) -> None:
    with pytest.raises(ValueError) as caught:
        kind(question.kind).parse(raw, question)
    assert str(caught.value) == words


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


@settings(max_examples=300)
@given(
    st.sampled_from(list(KINDS)), st.one_of(st.text(max_size=40), st.sampled_from(["1", "2026-03-01", "yes", "a;b"]))
)
def test_parse_any_text_is_refused_or_goes_round(name: str, raw: str) -> None:
    question, it = spec(name), kind(name)
    try:
        value = it.parse(raw, question)
    except ValueError:
        return
    assert it.parse(it.export(value, question), question) == value


@settings(max_examples=200)
@given(st.permutations(["price", "time", "staff"]), st.integers(1, 3), st.text(max_size=30), st.booleans())
def test_ranking_and_own_words_any_value_goes_round(order: list[str], places: int, words: str, many: bool) -> None:
    ranked = RawValue(choices=tuple(order[:places]))
    assert kind("ranking").parse(kind("ranking").export(ranked, spec("ranking")), spec("ranking")) == ranked
    question = spec("multi" if many else "single", other="staff")
    value = kind(question.kind).parse([f"staff={words}"], question)
    assert kind(question.kind).parse(kind(question.kind).export(value, question), question) == value


@settings(max_examples=200)
@given(st.floats(-1000, 1000).map(lambda number: round(number, 2)), st.dates())
def test_number_and_date_any_value_goes_round(number: float, day: date) -> None:
    question = spec("number", step=0.01)
    value = kind("number").parse(str(number), question)
    assert value.number == pytest.approx(number)
    assert kind("number").parse(kind("number").export(value, question), question).number == pytest.approx(number)
    dated = RawValue(choices=(day.isoformat(),))
    assert kind("date").parse(kind("date").export(dated, spec("date")), spec("date")) == dated
