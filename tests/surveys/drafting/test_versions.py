"""Differences between two versions, what may be pooled, and the table for translators."""

import copy

from hypothesis import given
from hypothesis import strategies as st

from surveys.drafting.difference import Change, changes
from surveys.drafting.pooling import not_pooled
from surveys.drafting.translation_table import filled, missing, table

QUESTION = {
    "code": "overall",
    "kind": "csat",
    "scale": [1, 5],
    "measures": "stage",
    "stage_code": "call",
    "text": {"en": "How satisfied were you with {this call}?", "de": "Wie zufrieden waren Sie mit {diesem Anruf}?"},
    "low": {"en": "Not at all"},
    "high": {"en": "Very"},
    "headline": True,
}
REASON = {
    "code": "reason",
    "kind": "single",
    "text": {"en": "Why?"},
    "choices": [{"code": "price", "text": {"en": "Price"}}, {"code": "other", "text": {"en": "Something else"}}],
}
DOCUMENT = {"languages": ["en", "de"], "thanks": {"en": "Thank you"}, "questions": [QUESTION, REASON]}


def edited(**keys):
    return {**copy.deepcopy(QUESTION), **keys}


def test_equal_documents_have_no_changes():
    assert changes(DOCUMENT, copy.deepcopy(DOCUMENT)) == []


def test_changes_named_by_place_and_language():
    new = copy.deepcopy(DOCUMENT)
    new["thanks"]["de"] = "Danke"
    new["questions"][0]["text"]["en"] = "How satisfied were you with {this contact}?"
    new["questions"][0]["required"] = True
    new["questions"][1]["choices"] = [REASON["choices"][1], {"code": "wait", "text": {"en": "The wait"}}]
    assert changes(DOCUMENT, new) == [
        Change("changed", "", "thanks", "", "Danke", "de"),
        Change(
            "changed", "overall", "text", QUESTION["text"]["en"], "How satisfied were you with {this contact}?", "en"
        ),
        Change("changed", "overall", "required", "", "yes"),
        Change("added", "reason", "choice wait", after="The wait"),
        Change("removed", "reason", "choice price", "Price"),
    ]


def test_moved_question_is_the_only_one_named():
    questions = [{"code": code, "kind": "text"} for code in "abcd"]
    new = {"questions": [questions[3], *questions[:3]]}
    assert changes({"questions": questions}, new) == [Change("moved", "d", "", "4", "1")]


def test_added_and_removed_questions_named_by_their_words():
    new = {**DOCUMENT, "questions": [REASON, {"code": "more", "kind": "text", "text": {"en": "Anything else?"}}]}
    assert changes(DOCUMENT, new) == [
        Change("added", "more", "", after="Anything else?"),
        Change("removed", "overall", "", QUESTION["text"]["en"]),
    ]


@given(st.permutations(list("abcdef")), st.permutations(list("abcdef")))
def test_moving_what_is_named_makes_the_new_order(old, new):
    found = {
        c.question
        for c in changes({"questions": [{"code": c} for c in old]}, {"questions": [{"code": c} for c in new]})
    }
    assert [code for code in old if code not in found] == [code for code in new if code not in found]


def test_pooled_where_only_case_marks_and_languages_differ():
    same = edited(text={"en": "How satisfied were you with this call", "fr": "Êtes-vous satisfait de cet appel ?"})
    assert not_pooled(QUESTION, same) == ()
    assert not_pooled(QUESTION, edited(required=True, help={"en": "New help"})) == ()


def test_not_pooled_names_every_reason():
    other = edited(
        kind="scale", scale=[0, 10], reversed=True, stage_code="visit", text={"en": "Rate us"}, low={"en": "Bad"}
    )
    assert not_pooled(QUESTION, other) == ("kind", "scale", "direction", "measures", "words", "labels")
    assert not_pooled(REASON, {**REASON, "choices": REASON["choices"][:1]}) == ("choices",)


def test_same_meaning_lets_words_differ_but_no_scale():
    assert not_pooled(QUESTION, edited(text={"en": "Rate us"}, same_meaning=True)) == ()
    assert not_pooled(QUESTION, edited(scale=[0, 10], same_meaning=True)) == ("scale",)


def test_choices_in_another_order_are_pooled():
    assert not_pooled(REASON, {**REASON, "choices": REASON["choices"][::-1]}) == ()


def test_table_lists_every_text_and_missing_names_the_holes():
    assert [place for place, _texts in table(DOCUMENT)] == [
        "thanks",
        "questions.overall.text",
        "questions.overall.low",
        "questions.overall.high",
        "questions.reason.text",
        "questions.reason.choices.price.text",
        "questions.reason.choices.other.text",
    ]
    assert missing(DOCUMENT)[0] == ("thanks", "de")
    assert len(missing(DOCUMENT)) == 6


def test_filled_puts_words_in_and_refuses_unknown_places():
    rows = [("thanks", {"fr": "Merci", "en": ""}), ("questions.gone.text", {"fr": "Non"})]
    done = filled(DOCUMENT, rows)
    assert done.document["thanks"] == {"en": "Thank you", "fr": "Merci"}
    assert done.document["languages"] == ["en", "de", "fr"]
    assert (done.changed, done.refused) == (1, (("questions.gone.text", "This survey has no such text."),))
    assert "fr" not in DOCUMENT["thanks"]


def test_filling_its_own_table_changes_nothing():
    done = filled(DOCUMENT, table(DOCUMENT))
    assert (done.document, done.changed) == (DOCUMENT, 0)
