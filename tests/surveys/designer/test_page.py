"""The pages of a survey and what they say of it."""

import pytest
from django.urls import reverse

from surveys.models import Survey
from tests.designing import client_of_fixture, post, survey_fixture  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["editor", "words", "languages", "logic", "publish", "history"])
def test_pages_of_a_survey_ask_the_database_a_fixed_number_of_times(client_of, survey, name):
    assert client_of.get(reverse(f"design:{name}", args=[survey.code])).status_code == 200
    assert client_of.get(reverse(f"design:{name}", args=["no-such"])).status_code == 404


def test_advice_uses_measured_times_and_what_findings_used(client_of, survey):
    post(client_of, "publish-now", survey, now="1")
    Survey.objects.filter(pk=survey.pk).update(answered=100, answering_seconds=90.0, told_of=["overall"])
    advice = client_of.get(reverse("design:editor", args=[survey.code])).context_data["editor"].advice
    assert [(each.code, each.question) for each in advice] == [("too_long", ""), ("never_used", "reason")]
