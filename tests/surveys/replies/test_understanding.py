"""Free replies: what is understood, and what is rather asked again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.question_kinds import QuestionSpec, RawValue, kind
from surveys.replies import NotUnderstood, asks_to_skip, can_be_asked, understand

NPS = QuestionSpec("nps", "nps", "How likely?")
CSAT = QuestionSpec("csat", "csat", "How satisfied?", scale_min=1, scale_max=5)
CES = QuestionSpec("ces", "ces", "It was easy.", scale_min=1, scale_max=7)
REVERSED = QuestionSpec("s", "scale", "How bad?", scale_min=1, scale_max=5, reversed=True)
REASONS = (("price", "Price"), ("w", "The wait"), ("bb", "Bed and breakfast"), ("other", "Something else"))
ONE = QuestionSpec("why", "single", "Why?", choices=REASONS)
MANY = QuestionSpec("why", "multi", "Why?", choices=REASONS)
YES_NO = QuestionSpec("done", "yes_no", "Is it done?")
WORDS = QuestionSpec("text", "text", "What else?")


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("9", 9),
        (" 9. ", 9),
        ("nine", 9),
        ("Nine please", 9),
        ("9/10", 9),
        ("9 / 10", 9),
        ("9 out of 10", 9),
        ("I would say 9", 9),
        ("neun", 9),
        ("9 von 10", 9),
        ("neuf", 9),
        ("9 sur 10", 9),
        ("٩", 9),
        ("تسعة", 9),
        ("9️⃣", 9),
        ("10!", 10),
        ("0", 0),
        ("10,0", 10),
    ],
)
def test_figures_and_number_words_understood(reply, value):
    assert understand(reply, NPS) == RawValue(number=value)


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("very good", 5),
        ("Sehr gut!", 5),
        ("très bien", 5),
        ("ممتاز", 5),
        ("good", 4),
        ("ok", 3),
        ("schlecht", 2),
        ("terrible", 1),
        ("⭐⭐⭐⭐", 4),
        ("4/5", 4),
    ],
)
def test_praise_and_stars_understood_on_a_short_scale(reply, value):
    assert understand(reply, CSAT) == RawValue(number=value)


def test_praise_on_a_reversed_scale_is_its_low_end():
    assert understand("very good", REVERSED) == RawValue(number=1)


@pytest.mark.parametrize(
    ("reply", "spec"),
    [
        ("very good", NPS),
        ("very good", CES),
        ("11", NPS),
        ("4/5", NPS),
        ("9.5", NPS),
        ("-1", NPS),
        ("8 or 9", NPS),
        ("good thing you ask", CSAT),
        ("", NPS),
        ("???", CSAT),
        ("5", ONE),
        ("s", MANY),
        ("1 and 9", MANY),
        ("maybe", YES_NO),
        ("", WORDS),
    ],
)
def test_doubtful_reply_is_not_understood(reply, spec):
    with pytest.raises(NotUnderstood):
        understand(reply, spec)


@pytest.mark.parametrize(
    ("reply", "spec", "codes"),
    [
        ("2", ONE, ("w",)),
        ("the wait", ONE, ("w",)),
        ("price", ONE, ("price",)),
        ("some", ONE, ("other",)),
        ("the wait please", ONE, ("w",)),
        ("1, 2", MANY, ("price", "w")),
        ("2 and 1", MANY, ("price", "w")),
        ("1 3", MANY, ("price", "bb")),
        ("bed and breakfast", MANY, ("bb",)),
        ("price und 2", MANY, ("price", "w")),
    ],
)
def test_choices_by_number_and_label(reply, spec, codes):
    assert understand(reply, spec).choices == codes


@pytest.mark.parametrize("reply", ["yes", "Ja!", "oui", "نعم", "1", "Yes please"])
def test_yes_in_every_language(reply):
    assert understand(reply, YES_NO) == kind("yes_no").parse("yes", YES_NO)


@pytest.mark.parametrize("reply", ["no", "Nein.", "non", "لا", "2", "not yet"])
def test_no_in_every_language(reply):
    assert understand(reply, YES_NO) == kind("yes_no").parse("no", YES_NO)


def test_words_are_kept_as_they_are():
    assert understand("  Nobody called back. 9/10 for trying ", WORDS).text == "Nobody called back. 9/10 for trying"


def test_question_that_a_message_cannot_carry_is_known():
    assert [can_be_asked(spec) for spec in (NPS, WORDS, QuestionSpec("m", "matrix", "?"))] == [True, True, False]


@given(st.text(max_size=40))
def test_any_text_gives_a_valid_value_or_is_not_understood(reply):
    for spec in (NPS, CSAT, ONE, MANY, YES_NO):
        try:
            value = understand(reply, spec)
        except NotUnderstood:
            continue
        each = kind(spec.kind)
        assert each.parse(each.export(value, spec), spec) == value


@given(st.integers(0, 10))
def test_every_figure_of_a_scale_is_understood(number):
    assert understand(str(number), NPS).number == number
    assert understand(f"{number}/10", NPS).number == number


@pytest.mark.parametrize("text", ["skip", "Skip!", "SKIP please", "weiter", "Passer", "passer svp", "تخطي", "next"])
def test_wish_to_skip_is_understood(text):
    assert asks_to_skip(text) is True


@pytest.mark.parametrize("text", ["", "I did not skip the line", "9", "weiter so, ihr seid gut", "no"])
def test_other_words_are_no_wish_to_skip(text):
    assert asks_to_skip(text) is False
