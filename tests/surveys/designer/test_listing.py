"""The list of journeys and questionnaires, and a new survey."""

import pytest
from django.urls import reverse

from tests.designing import client_of_fixture, draft, survey_fixture  # noqa: F401 - fixtures
from tests.factories import published_journey

pytestmark = pytest.mark.django_db


def test_new_survey_from_template_measures_its_stage(survey):
    assert (survey.code, survey.kind, survey.stage_code) == ("after-the-call", "touchpoint", "call")
    assert [(each["code"], each["stage_code"]) for each in draft(survey).document["questions"]] == [
        ("overall", "call"),
        ("reason", "call"),
    ]


def test_new_survey_with_taken_code_says_so_and_keeps_what_was_typed(client_of, survey):
    data = {"template": "", "place": "account", "name": "Another", "code": survey.code}
    response = client_of.post(reverse("design:new"), data)
    assert response.status_code == 422
    assert "There is a survey with the code" in response.content.decode()
    assert 'value="Another"' in response.content.decode()


@pytest.mark.parametrize("surveys", [1, 3])
def test_list_asks_the_database_as_often_for_three_as_for_one(client_of, django_assert_num_queries, surveys):
    for number in range(surveys):
        published_journey(["call"], f"journey-{number}")
        data = {"template": "csat", "place": f"journey-{number}/call", "name": f"Survey {number}"}
        client_of.post(reverse("design:new"), data)
    client_of.get(reverse("design:index"))
    with django_assert_num_queries(9):
        client_of.get(reverse("design:index"))
