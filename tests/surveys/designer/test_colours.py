"""The colour of a journey's pages: tried, refused where nobody could read it, taken."""

import pytest
from django.urls import reverse

from surveys.models import Journey
from tests.designing import client_of_fixture, survey_fixture  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture(name="address")
def address_fixture(survey) -> str:
    return reverse("design:colours", args=["account"])


def test_trying_a_colour_shows_the_page_in_it_and_stores_nothing(client_of, survey, address):
    page = client_of.get(address, {"accent": "#7A1F5C"}).content.decode()
    assert "#7a1f5c can be read: its contrast is" in page
    assert f"/design/{survey.code}/preview/?accent=7a1f5c" in page
    assert Journey.objects.get().accent == ""


def test_colour_that_nobody_could_read_is_refused_and_the_nearest_offered(client_of, survey, address):
    tried = client_of.get(address, {"accent": "#ff8800"})
    nearest = tried.context_data["nearest"]
    assert (tried.status_code, "its contrast is 2.2" in tried.content.decode()) == (422, True)
    assert f"preview/?accent={nearest[1:]}" in tried.content.decode()
    assert client_of.post(address, {"accent": "#ff8800"}).status_code == 422
    assert Journey.objects.get().accent == ""
    client_of.post(address, {"accent": nearest})
    assert Journey.objects.get().accent == nearest


def test_colour_taken_shows_in_every_preview_until_the_usual_one_is_taken(client_of, survey, address):
    client_of.post(address, {"accent": "#7a1f5c"})
    preview = f"/design/{survey.code}/preview/"
    assert '<link rel="stylesheet" href="/s/theme/7a1f5c.css">' in client_of.get(preview).content.decode()
    assert "/s/theme/" not in client_of.get(preview, {"accent": ""}).content.decode()
    client_of.post(address, {"accent": ""})
    assert "/s/theme/" not in client_of.get(preview).content.decode()


def test_journey_that_is_not_there_is_not_found(client_of, survey):
    assert client_of.get(reverse("design:colours", args=["no-such"])).status_code == 404


def test_colour_that_is_none_is_refused_with_a_sentence(client_of, address):
    response = client_of.post(address, {"accent": "red"})
    assert response.context_data["problem"] == '"red" is not a colour: write # and six digits, such as #0b5cad.'
