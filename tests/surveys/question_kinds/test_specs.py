"""What a question must say: every mistake named."""

# ruff: noqa: E501 - tables of values

import pytest

from surveys.question_kinds import KINDS, QuestionSpec, kind
from surveys.question_kinds.feelings import SIGNS
from tests.questions import CHOICES, ROWS, spec


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
