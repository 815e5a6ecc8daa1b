"""Who may look, work and publish."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from tests.designing import client_of_fixture, draft, post, survey_fixture  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["nobody", "outsider", "looker"])
def test_people_without_the_right_change_nothing(survey, outsider, who):
    client = Client()
    if who == "outsider":
        client.force_login(outsider)
    if who == "looker":
        looker = User.objects.create_user("looker", is_staff=True)
        looker.user_permissions.set(Permission.objects.filter(codename="view_survey"))
        client.force_login(looker)
    before = draft(survey).revision
    got = client.get(reverse("design:editor", args=[survey.code])).status_code
    posted = post(client, "remove", survey, "reason").status_code
    assert (got, posted) == {"nobody": (302, 302), "outsider": (302, 302), "looker": (200, 403)}[who]
    assert draft(survey).revision == before


def test_designer_without_the_right_to_publish_is_refused(survey):
    writer = User.objects.create_user("writer", is_staff=True)
    writer.user_permissions.set(Permission.objects.filter(codename__in=["view_survey", "change_surveyversion"]))
    client = Client()
    client.force_login(writer)
    assert post(client, "publish-now", survey, now="1").status_code == 403
    assert draft(survey).state == "draft"
