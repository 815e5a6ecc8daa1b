"""Two people at one draft: both keep their work, or both see the clash."""

import pytest
from django.urls import reverse

from tests.designing import client_of_fixture, codes, draft, post, question_data, survey_fixture  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


def test_two_people_in_different_questions_keep_both(client_of, survey):
    data = question_data(survey)
    post(client_of, "remove", survey, "reason", base=1)
    assert post(client_of, "question", survey, "overall", **data).status_code == 302
    assert codes(survey) == ["overall"]
    assert draft(survey).document["questions"][0]["text"]["en"] == "How was {this call}?"


def test_two_people_in_the_same_words_see_both_and_one_press_keeps_mine(client_of, survey):
    mine = question_data(survey)
    theirs = question_data(survey, **{"question-text": "What about {this call}?"})
    post(client_of, "question", survey, "overall", **theirs)
    clash = post(client_of, "question", survey, "overall", **mine)
    page = clash.content.decode()
    assert clash.status_code == 409
    assert "How was {this call}?" in page
    assert "What about {this call}?" in page
    assert draft(survey).document["questions"][0]["text"]["en"] == "What about {this call}?"
    kept = {"base": clash.context_data["base"], "document": clash.context_data["mine"]}
    post(client_of, "keep-mine", survey, **kept)
    assert draft(survey).document["questions"][0]["text"]["en"] == "How was {this call}?"


def test_broken_own_version_is_refused_with_a_sentence(client_of, survey):
    response = client_of.post(reverse("design:keep-mine", args=[survey.code]), {"document": "{"}, follow=True)
    assert "did not arrive whole" in response.content.decode()
