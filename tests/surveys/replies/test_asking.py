"""Questions as text messages: ends, numbered choices, the second try; and whatever they offer is understood."""

from dataclasses import replace

import pytest
from django.utils import translation

from surveys.channels.sms.base import segments
from surveys.question_kinds import QuestionSpec
from surveys.replies import NotUnderstood, understand
from surveys.replies.asking import asked_again, how_to_answer, question_text
from surveys.replies.understanding import offered

NPS = QuestionSpec("nps", "nps", "How likely are you to recommend us?")
CSAT = QuestionSpec("csat", "csat", "How satisfied were you?", scale_min=1, scale_max=5)
AGREE = QuestionSpec("a", "agreement", "They listened.")
PLAIN = QuestionSpec("s", "scale", "How easy?", scale_min=1, scale_max=7)
YES_NO = QuestionSpec("done", "yes_no", "Is it done?")
SOLVED = QuestionSpec("done", "yes_no", "Is it?", choices=(("yes", "Solved"), ("no", "Still open")))
REASONS = (("price", "Price"), ("wait", "The wait"))
ONE = QuestionSpec("why", "single", "Why?", choices=REASONS)
MANY = QuestionSpec("why", "multi", "Why?", choices=REASONS)
AGE = QuestionSpec("age", "number", "How many weeks?", least=0, most=52)
COUNT = QuestionSpec("n", "number", "How many calls?")
WORDS = QuestionSpec("text", "text", "What should we do better?")


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (
            replace(NPS, text="How likely?"),
            "How likely? Answer from 0 (Not at all likely) to 10 (Extremely likely). Reply SKIP to skip.",
        ),
        (CSAT, "How satisfied were you? Answer from 1 (Very dissatisfied) to 5 (Very satisfied). Reply SKIP to skip."),
        (AGREE, "They listened. Answer from 1 (Strongly disagree) to 5 (Strongly agree). Reply SKIP to skip."),
        (PLAIN, "How easy? Please answer with a number from 1 to 7. Reply SKIP to skip."),
        (replace(YES_NO, required=True), "Is it done? Answer Yes or No."),
        (YES_NO, "Is it done? Answer Yes or No. Reply SKIP to skip."),
        (SOLVED, "Is it? Answer Solved or Still open. Reply SKIP to skip."),
        (ONE, "Why?\n1 Price\n2 The wait\nAnswer with one number. Reply SKIP to skip."),
        (MANY, "Why?\n1 Price\n2 The wait\nAnswer with one or more numbers, such as 1 2. Reply SKIP to skip."),
        (AGE, "How many weeks? Please answer with a number from 0 to 52. Reply SKIP to skip."),
        (COUNT, "How many calls? Please answer with a number. Reply SKIP to skip."),
        (WORDS, "What should we do better? Reply SKIP to skip."),
    ],
)
def test_question_says_how_to_answer_in_one_segment(spec, text):
    assert (question_text(spec), segments(text).count, segments(text).encoding) == (text, 1, "GSM-7")


def test_second_try_says_how_and_that_it_may_be_left_out():
    assert asked_again(NPS) == "Sorry, that was not clear. Please answer with a number from 0 to 10. Or write SKIP."
    required = QuestionSpec("done", "yes_no", "Is it done?", required=True)
    assert asked_again(required) == "Sorry, that was not clear. Answer Yes or No."


@pytest.mark.parametrize("spec", [NPS, CSAT, AGREE, PLAIN, AGE])
@pytest.mark.parametrize("language", ["en", "de", "fr", "ar"])
def test_ends_that_are_offered_are_understood(spec, language):
    with translation.override(language):
        numbers = [word.strip("().") for word in how_to_answer(spec).split() if word.strip("().").isdigit()]
        assert [understand(number, spec).number for number in numbers] == [float(number) for number in numbers]


@pytest.mark.parametrize("spec", [ONE, MANY, YES_NO, SOLVED])
def test_choices_that_are_offered_are_understood_by_number_and_label(spec):
    for number, (_code, label) in enumerate(offered(spec), start=1):
        assert understand(str(number), spec) == understand(label, spec)
    with pytest.raises(NotUnderstood):
        understand("7", spec)
