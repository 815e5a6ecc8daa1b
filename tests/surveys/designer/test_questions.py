"""What each press on a question stores."""

import pytest

from tests.designing import client_of_fixture, codes, draft, post, question_data, survey_fixture  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


def test_question_saved_in_one_language_keeps_the_others(client_of, survey):
    german = draft(survey).document["questions"][0]["text"]["de"]
    response = post(client_of, "question", survey, "overall", **question_data(survey))
    assert response.status_code == 302
    question = draft(survey).document["questions"][0]
    assert (question["text"]["en"], question["text"]["de"], question["low"]["en"]) == (
        "How was {this call}?",
        german,
        "Bad",
    )


def test_question_that_cannot_be_stored_stays_in_the_form(client_of, survey):
    data = question_data(survey, **{"question-lowest": "7", "question-text": "Typed with care"})
    response = post(client_of, "question", survey, "overall", **data)
    assert response.status_code == 422
    assert "Typed with care" in response.content.decode()
    assert "The highest value must be above the lowest." in response.content.decode()
    assert draft(survey).revision == 1


def test_question_renamed_to_a_taken_code_is_refused(client_of, survey):
    response = post(client_of, "question", survey, "overall", **question_data(survey, **{"question-code": "reason"}))
    assert response.status_code == 422
    assert "Another question has this code." in response.content.decode()


def test_questions_added_moved_copied_removed_and_undone(client_of, survey):
    post(client_of, "add", survey, kind="nps", after="overall", base=1)
    assert codes(survey) == ["overall", "nps", "reason"]
    post(client_of, "move", survey, "nps", to="up")
    assert codes(survey) == ["nps", "overall", "reason"]
    post(client_of, "copy", survey, "reason")
    post(client_of, "remove", survey, "nps")
    assert codes(survey) == ["overall", "reason", "reason-2"]
    post(client_of, "order", survey, code=["reason-2", "overall", "reason"])
    assert codes(survey) == ["reason-2", "overall", "reason"]
    for _each in range(5):
        post(client_of, "undo", survey)
    assert codes(survey) == ["overall", "reason"]
    post(client_of, "redo", survey)
    assert codes(survey) == ["overall", "nps", "reason"]


def test_choices_are_lines_and_keep_their_codes(client_of, survey):
    post(client_of, "add", survey, kind="single", after="overall", base=1)
    data = {
        "question-text": "Why?",
        "question-measures": "stage:call",
        "question-metric": "other",
        "question-code": "why",
        "question-choices": "price | The price\nThe wait",
    }
    post(client_of, "question", survey, "single", lang="en", base=2, **data)
    assert [(each["code"], each["text"]["en"]) for each in draft(survey).document["questions"][1]["choices"]] == [
        ("price", "The price"),
        ("the-wait", "The wait"),
    ]
    data["question-choices"] = "price | Der Preis\nthe-wait | The wait"
    post(client_of, "question", survey, "why", lang="de", base=3, **data)
    assert [each["text"] for each in draft(survey).document["questions"][1]["choices"]] == [
        {"en": "The price", "de": "Der Preis"},
        {"en": "The wait"},
    ]
