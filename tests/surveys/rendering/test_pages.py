"""The page around the questions, the form, and what a link preselects."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.models import Survey, SurveyVersion
from surveys.question_kinds import QuestionSpec, RawValue
from surveys.rendering.pages import AnswerForm, best_language, page_texts, preselected, questions_html

NPS = QuestionSpec("recommend", "nps", "Recommend?")
WHY = QuestionSpec("why", "text", "Why?", long=False)
WHICH = QuestionSpec("which", "multi", "Which?", choices=(("a", "A"), ("b", "B")), required=True)


def version(**document: Any) -> SurveyVersion:
    return SurveyVersion(survey=Survey(name="Inner name"), document={"languages": ["en", "de"], **document})


def test_texts_fall_back_to_the_survey_name_and_count_the_time() -> None:
    questions = [{"code": "a", "kind": "nps", "text": "A"}, {"code": "b", "kind": "text", "text": "B"}]
    texts = page_texts(version(questions=questions, about={"de": "Ihr Anruf"}), "de")
    assert (texts.title, texts.about, texts.questions, texts.seconds) == ("Inner name", "Ihr Anruf", 2, 26)
    assert texts.others == (("en", "English"),)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.org/help", "https://example.org/help"),
        ("mailto:help@example.org", "mailto:help@example.org"),
        ("javascript:alert(1)", ""),
        ("//example.org", ""),
        ("", ""),
    ],
)
def test_texts_help_is_a_link_only_with_a_known_scheme(address: str, shown: str) -> None:
    assert page_texts(version(help_url=address), "en").help_url == shown


@pytest.mark.parametrize(
    ("available", "wanted", "best"),
    [
        (["en", "de"], ["de"], "de"),
        (["en", "de"], ["de_AT"], "de"),
        (["en", "de-CH"], ["de"], "de-CH"),
        (["en", "pt-br", "pt"], ["PT-BR"], "pt-br"),
        (["en", "de"], ["fr", "de", "en"], "de"),
        (["de", "en"], ["fr"], "de"),
        ([], ["fr"], "en"),
    ],
)
def test_best_language_is_the_first_wanted_that_there_is(available: list[str], wanted: list[str], best: str) -> None:
    assert best_language(available, wanted) == best


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["en", "de", "de-AT", "ar", "fr"]), min_size=1, unique=True), st.lists(st.text()))
def test_best_language_is_always_one_of_the_surveys(available: list[str], wanted: list[str]) -> None:
    assert best_language(available, wanted) in available


def test_form_reads_values_by_kind() -> None:
    form = AnswerForm([NPS, WHY, WHICH], {"recommend": ["7"], "why": [" so "], "which": ["b", "a"]})
    assert form.is_valid()
    assert form.values == {
        "recommend": RawValue(number=7.0), "why": RawValue(text="so"), "which": RawValue(choices=("a", "b")),
    }  # fmt: skip


def test_form_says_what_to_do_for_each_mistake() -> None:
    form = AnswerForm([NPS, WHY, WHICH], {"recommend": ["11"], "why": ["x" * 301]})
    assert form.errors == {
        "recommend": ["Choose a number from 0 to 10"],
        "why": ["Use at most 300 characters"],
        "which": ["Choose at least one of the answers"],
    }


def test_form_without_any_answer_is_refused_at_the_first_question() -> None:
    assert AnswerForm([NPS, WHY], {"why": ["\t "]}).errors == {"recommend": ["Answer at least one question"]}


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(["recommend", "why", "which", "x"]), st.lists(st.text(max_size=20), max_size=3)))
def test_form_takes_any_data_without_a_traceback(data: dict[str, list[str]]) -> None:
    form = AnswerForm([NPS, WHY, WHICH], data)
    assert form.is_valid() is (not form.errors)
    assert questions_html(form).count("Question 3 of 3") == 1


def test_preselected_takes_valid_choices_and_no_words() -> None:
    query = {"recommend": "10", "which": "b", "why": "words", "other": "1"}
    assert preselected([NPS, WHY, WHICH], query) == {
        "recommend": RawValue(number=10.0), "which": RawValue(choices=("b",)),
    }  # fmt: skip
    assert preselected([NPS], {"recommend": "ten"}) == {}
