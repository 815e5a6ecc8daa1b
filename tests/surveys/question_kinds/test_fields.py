"""Form fields: what a post of the page is read as, and how mistakes are told."""

import pytest
from django import forms
from django.utils.datastructures import MultiValueDict

from surveys.question_kinds import QuestionSpec, RawValue, kind, rows_of
from tests.questions import CHOICES, clean, post, spec


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
