"""What a document says of text messages: how it asks, how long it waits, and what forbids it."""

from datetime import timedelta

import pytest

from surveys.replies import by_conversation, conversation_problems, life_of

SCORE = {"code": "overall", "kind": "csat", "text": "How was it?", "required": True}
WHERE = {"code": "where", "kind": "contact", "text": {"en": "Where?"}}


@pytest.mark.parametrize(
    ("document", "conversation", "life"),
    [
        ({}, False, timedelta(days=3)),
        ({"sms": "link"}, False, timedelta(days=3)),
        ({"sms": "conversation"}, True, timedelta(days=3)),
        ({"sms": "conversation", "sms_life": "5m"}, True, timedelta(minutes=5)),
        ({"sms": "conversation", "sms_life": "14d"}, True, timedelta(days=14)),
    ],
)
def test_document_says_how_and_how_long(document, conversation, life):
    assert (by_conversation(document), life_of(document)) == (conversation, life)
    assert list(conversation_problems({**document, "questions": [SCORE]})) == []


@pytest.mark.parametrize(
    ("document", "path", "words"),
    [
        ({"sms": "chat"}, ("sms",), '"chat" is no way to ask by SMS: use link, conversation.'),
        ({"sms_life": "3d"}, ("sms_life",), "Only a conversation has a life of its own"),
        ({"sms": "conversation", "sms_life": "4m"}, ("sms_life",), "A conversation lives from 5 minutes"),
        ({"sms": "conversation", "sms_life": "15d"}, ("sms_life",), "A conversation lives from 5 minutes"),
        ({"sms": "conversation", "sms_life": "soon"}, ("sms_life",), '"soon" is not a period'),
        ({"sms": "conversation", "questions": [WHERE]}, ("sms",), "None of the questions can be asked"),
        (
            {"sms": "conversation", "questions": [SCORE, WHERE | {"required": True}]},
            ("questions", 1),
            '"where" is required, but a question of kind contact cannot be asked in a text message',
        ),
        (
            {
                "sms": "conversation",
                "questions": [SCORE | {"choices": [{"code": "a", "text": {"en": "A", "fr": "Fin"}}]}],
            },
            ("questions", 0, "choices", 0, "text"),
            'Whoever answers "Fin" by SMS ends all messages',
        ),
    ],
)  # fmt: skip
def test_document_that_cannot_be_asked_is_refused_with_its_place(document, path, words):
    [(where, text)] = conversation_problems({"questions": [SCORE], **document})
    assert where == path
    assert text.startswith(words)


def test_optional_question_that_cannot_be_asked_is_no_problem():
    assert list(conversation_problems({"sms": "conversation", "questions": [SCORE, WHERE]})) == []


def test_links_care_for_nothing_of_it():
    assert list(conversation_problems({"questions": [WHERE | {"required": True}]})) == []
