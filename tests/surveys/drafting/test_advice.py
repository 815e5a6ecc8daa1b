"""Advice on a draft: each rule once, and a good survey without any."""

from surveys.drafting.advice import Advice, Surroundings, advice

OVERALL = {
    "code": "overall",
    "kind": "csat",
    "scale": [1, 5],
    "headline": True,
    "text": {"en": "How satisfied were you?"},
}
WORDS = {"code": "why", "kind": "text", "text": {"en": "What is the reason?"}}


def said(questions, kind="touchpoint", **around):
    return [(each.code, each.question) for each in advice({"questions": questions}, kind, Surroundings(**around))]


def test_good_survey_gets_no_advice():
    assert said([OVERALL, WORDS], scales=[("visit", "csat", 1, 5)], seconds=26) == []


def test_survey_without_headline_or_words_is_told_so():
    assert said([{**OVERALL, "headline": False}]) == [("no_headline", ""), ("no_text", "")]


def test_other_scale_than_the_stages_names_their_surveys():
    found = advice(
        {"questions": [OVERALL, WORDS]}, "end_to_end", Surroundings(scales=[("a", "nps", 0, 10), ("b", "csat", 1, 5)])
    )
    assert [(each.code, each.question, " a (nps 0-10):" in each.text) for each in found] == [
        ("other_scale", "overall", True)
    ]


def test_too_long_depends_on_the_kind_of_survey():
    assert said([OVERALL, WORDS], seconds=90) == [("too_long", "")]
    assert said([OVERALL, WORDS], kind="end_to_end", seconds=90) == []


def test_conversation_of_many_questions_is_advised_against():
    three = [OVERALL, WORDS, {**WORDS, "code": "more"}]
    found = [
        [each.code for each in advice({"sms": "conversation", "questions": questions}, "touchpoint")]
        for questions in (three, [*three, {**WORDS, "code": "last"}])
    ]
    assert found == [[], ["long_conversation"]]


def test_wording_named_by_question_and_language():
    question = {
        **OVERALL,
        "text": {"en": "Were you happy with speed and price?", "de": "War unser tolles Team schnell?"},
    }
    assert [(each.code, each.language) for each in advice({"questions": [question, WORDS]}, "touchpoint")] == [
        ("double", "en"),
        ("leading", "de"),
    ]


def test_open_question_may_name_two_things():
    assert said([OVERALL, {**WORDS, "text": {"en": "What was good and bad?"}}]) == []


def test_question_that_no_finding_used_is_doubted():
    assert said([OVERALL, WORDS], asked_before=frozenset({"why", "overall"}), told_of=frozenset({"overall"})) == [
        ("never_used", "why")
    ]


def test_piped_values_are_read_by_their_fallback():
    question = {**WORDS, "text": {"en": "What did [[interaction.agent|our great team]] do?"}}
    assert advice({"questions": [OVERALL, question]}, "touchpoint")[0] == Advice(
        "leading",
        "“our great” leads towards an answer: ask it plainly, so that a bad experience is as easy to say.",
        "why",
        "en",
    )
