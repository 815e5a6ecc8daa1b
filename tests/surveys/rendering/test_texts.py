"""Picking the words of a document's text."""

from surveys.rendering.texts import pick


def test_pick_shows_the_object_of_a_question_without_its_braces() -> None:
    text = {"en": "How satisfied were you with {this contact}?"}
    assert pick(text, ["en"]) == "How satisfied were you with this contact?"
    assert pick("Happy with {it}?", ["de"]) == "Happy with it?"
