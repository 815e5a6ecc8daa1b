"""Every kind of question: what it accepts, refuses, scores and gives back."""

# ruff: noqa: E501 - tables of values

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from django import forms
from django.utils.datastructures import MultiValueDict
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.question_kinds import KINDS, QuestionSpec, RawValue, kind, pomp, read, rows_of, shown, words
from surveys.question_kinds.feelings import SIGNS

CHOICES = (("price", "The price"), ("time", "The time"), ("staff", "The staff"))


ROWS = (("desk", "The desk"), ("phone", "The phone"))
ENDS = {"csat": (1, 5), "scale": (0, 10), "matrix": (1, 5)}
WITH_CHOICES = ("single", "multi", "ranking")


def spec(name: str, **changes: object) -> QuestionSpec:
    """A valid question of the kind, with changes."""
    low, high = ENDS.get(name, (None, None))
    choices = CHOICES if name in WITH_CHOICES else ()
    rows = ROWS if name == "matrix" else ()
    base = QuestionSpec("q1", name, "How was it?", scale_min=low, scale_max=high, choices=choices, rows=rows)
    return replace(base, **changes)  # type: ignore[arg-type]


def clean(question: QuestionSpec, data: Mapping[str, object]) -> object:
    """What a form with this one field makes of posted data; ValidationError as in a page."""
    field = kind(question.kind).form_field(question)
    return field.clean(field.widget.value_from_datadict(data, MultiValueDict(), "q1"))


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


@pytest.mark.parametrize("name", KINDS)
def test_validate_spec_plain_question_has_no_problem(name: str) -> None:
    assert kind(name).validate_spec(spec(name)) == []


@pytest.mark.parametrize("name", KINDS)
def test_validate_spec_without_text_or_code_names_both(name: str) -> None:
    assert kind(name).validate_spec(spec(name, text=" ", code="a b")) == [
        "The question has no text.",
        "The question code must be letters, digits, dots, hyphens or underscores.",
    ]


@pytest.mark.parametrize("name", KINDS)
def test_validate_spec_keys_of_other_kinds_are_refused(name: str) -> None:
    strange: dict[str, dict[str, object]] = {
        "scale": {"scale_min": 1, "scale_max": 3},
        "rows": {"rows": ROWS},
        "exclusive": {"exclusive": ("price",)},
    }
    fits = {
        "scale": ("nps", "csat", "ces", "scale", "agreement", "repeated_myself", "service_quality", "matrix"),
        "rows": ("service_quality", "between_steps", "matrix"),
        "exclusive": ("multi",),
    }
    for key, changes in strange.items():
        if name not in fits[key]:
            assert len(kind(name).validate_spec(spec(name, **changes))) == 1


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
        ("agreement", "Choose one of the answers"),
        ("ranking", "Choose what comes first"),
        ("number", "Write a whole number"),
        ("date", "Write the day as year, month and day, such as 2026-03-01"),
        ("consent", "Tick the box to go on"),
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


def test_pomp_equals_the_insights_version() -> None:
    scores = pytest.importorskip("feedback.insights.scores")
    points = [float(point) for point in range(1, 8)]
    for reverse in (False, True):
        mine = [pomp(point, 1, 7, reverse) for point in points]
        assert list(scores.pomp(points, scores.Scale(1, 7, reverse))) == pytest.approx(mine, abs=1e-12)


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        (spec("csat", style="hearts"), '"hearts" is no style: use numbers, stars, smileys.'),
        (spec("csat", style="smileys", scale_max=7), "Smileys have at most 5 points: use numbers or stars for longer scales."),
        (spec("csat", style="stars", scale_min=0), "Stars are counted from 1: start the scale at 1."),
        (spec("agreement", scale_min=1, scale_max=6), "Agreement is asked from 1 to 5 or from 1 to 7, not from 1 to 6."),
        (spec("agreement", low="No", high="Yes"), "Every point of an agreement scale has its words: remove low and high."),
        (spec("repeated_myself", scale_min=1, scale_max=7), "Repeating oneself is asked from 1 to 5, not from 1 to 7."),
        (spec("service_quality", rows=(("charm", "Charm"),)), "Unknown rows: charm. Use speed, knowledge, patience, accommodation."),
        (spec("matrix", rows=()), "Give at least one row."),
        (spec("matrix", choices=CHOICES), "Give a matrix a scale or choices, not both."),
        (spec("matrix", scale_min=0, scale_max=20), "The scale of a matrix must have at most 11 points."),
        (spec("matrix", rows=(("x" * 60, "Long"),)), "The codes of the question and of a row are too long together: use shorter ones."),
        (spec("ranking", most=9), "min and max of a ranking are numbers of places, from 1 to the number of choices."),
        (spec("multi", least=3, most=2), "min must not be more than max."),
        (spec("multi", exclusive=("price", "time", "staff")), "If every choice is exclusive, ask a question of kind single."),
        (spec("number", least=2, most=1), "min must not be more than max."),
        (spec("number", step=0.0), "step must be more than 0."),
        (spec("date", first_day="1 March"), "min and max of a date are days such as 2026-03-01."),
        (spec("date", first_day="2026-03-02", last_day="2026-03-01"), "min must not be after max."),
        (spec("text", max_length=9000), "max_length is from 1 to 5000 for this text."),
        (spec("contact", parts=("fax",)), "fields of a contact question are name, email and phone, each once."),
        (spec("consent", grants=("post",)), "A consent grants email, sms, or nothing that we could act on."),
        (spec("statement", required=True), "A statement asks nothing, so it cannot be required."),
        (spec("hidden", required=True), "A hidden value cannot be required: the customer could do nothing about it."),
        (spec("yes_no", other="yes"), "Only a choice of a question of kind single or multi can ask for words of one's own."),
    ],
)  # fmt: skip
def test_validate_spec_newer_kinds_say_what_to_mend(question: QuestionSpec, problem: str) -> None:
    assert kind(question.kind).validate_spec(question) == [problem]


def post(question: QuestionSpec, **data: object) -> dict[str, RawValue]:
    """The answers that a form with this one question reads from posted lists; ValidationError as in a page."""
    field = kind(question.kind).form_field(question)
    lists = {name: value if isinstance(value, list) else [value] for name, value in data.items()}
    posted = MultiValueDict({name.replace("__", "."): values for name, values in lists.items()})
    return read(field.clean(field.widget.value_from_datadict(posted, MultiValueDict(), "q1")), question)


def test_battery_rows_are_read_each_under_its_code() -> None:
    assert post(spec("service_quality"), q1__speed="5", q1__patience="1") == {
        "q1.speed": RawValue(number=5), "q1.knowledge": RawValue(), "q1.patience": RawValue(number=1),
        "q1.accommodation": RawValue(),
    }  # fmt: skip
    assert post(spec("between_steps"), q1__knew_when="no")["q1.knew_when"] == RawValue(number=0)
    nominal = spec("matrix", scale_min=None, scale_max=None, choices=CHOICES)
    assert post(nominal, q1__desk="time")["q1.desk"] == RawValue(choices=("time",))


def test_battery_rows_are_ordinary_questions_with_their_scores() -> None:
    rows = rows_of(spec("service_quality"))
    assert [(row.code, row.kind, row.scale_min, row.scale_max) for row in rows][:1] == [("q1.speed", "scale", 1, 5)]
    assert kind("scale").score(RawValue(number=4), rows[0]) == 75.0
    assert [row.kind for row in rows_of(spec("between_steps"))] == ["yes_no"] * 3
    assert (rows_of(spec("statement")), rows_of(spec("nps"))) == ((), (spec("nps"),))


def test_battery_mistakes_name_their_row() -> None:
    with pytest.raises(forms.ValidationError) as caught:
        post(spec("matrix", required=True), q1__desk="9")
    assert caught.value.messages == ["The desk: Choose a number from 1 to 5", "The phone: Choose a number from 1 to 5"]


def test_contact_reads_its_parts_and_names_what_is_wrong() -> None:
    assert post(spec("contact"), q1__email="ann@example.org", q1__phone="")["q1"] == RawValue(
        text="email: ann@example.org"
    )
    with pytest.raises(forms.ValidationError) as caught:
        post(spec("contact"), q1__email="ann", q1__phone="call me")
    assert caught.value.messages == [
        "E-mail address: Write one address, such as name@example.com",
        "Phone number: Write one number with its country code, such as +49 170 1234567",
    ]


def test_ranking_places_with_a_gap_or_twice_the_same_are_refused() -> None:
    assert post(spec("ranking"), q1=["time", "price", ""])["q1"] == RawValue(choices=("time", "price"))
    for chosen, message in (
        (["time", "", "price"], "Fill the places from the first one on, without a gap"),
        (["time", "time", ""], "Give each place to something else"),
        (["cost"], "Choose from the answers shown"),
    ):
        with pytest.raises(forms.ValidationError) as caught:
            post(spec("ranking"), q1=chosen)
        assert caught.value.messages == [message]


def test_words_of_ones_own_mean_the_choice_beside_them() -> None:
    one = spec("single", other="staff")
    assert post(one, q1__other="the cat")["q1"] == RawValue(choices=("staff",), text="the cat")
    assert post(one, q1="price")["q1"] == RawValue(choices=("price",))
    many = spec("multi", other="staff")
    assert post(many, q1=["price"], q1__other="the cat")["q1"] == RawValue(choices=("price", "staff"), text="the cat")
    with pytest.raises(forms.ValidationError) as caught:
        post(one, q1="price", q1__other="the cat")
    assert caught.value.messages == ["You wrote an answer of your own but chose another one: keep one of the two"]
    with pytest.raises(forms.ValidationError):
        post(spec("single", other="staff", required=True))


def test_exclusive_choice_beside_another_is_refused() -> None:
    with pytest.raises(forms.ValidationError) as caught:
        post(spec("multi", exclusive=("staff",)), q1=["price", "staff"])
    assert caught.value.messages == ['Choose "The staff" alone, or leave it out']


def test_consent_box_left_empty_is_no_answer() -> None:
    assert post(spec("consent"), q1="on")["q1"] == RawValue(number=1)
    assert post(spec("consent"))["q1"] == RawValue()


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
