"""Versions in the admin: drafts are edited and published, anything published is only read."""

import pytest
from django.urls import reverse

from surveys.enums import SurveyKind
from surveys.models import JourneyVersion, SurveyVersion
from tests.factories import JourneyVersionFactory, StageFactory, SurveyFactory, published_journey, published_survey

pytestmark = pytest.mark.django_db


def publish(client, row) -> str:
    url = reverse(f"admin:surveys_{row._meta.model_name}_changelist")
    page = client.post(url, {"action": "publish", "_selected_action": [row.pk]}, follow=True)
    row.refresh_from_db()
    return page.content.decode()


def test_draft_journey_is_published(manager_client):
    version = JourneyVersionFactory()
    StageFactory(version=version)
    publish(manager_client, version)
    assert (version.state, version.published_at is None) == ("published", False)


def test_draft_without_stages_says_what_is_missing(manager_client):
    version = JourneyVersionFactory()
    assert "A journey needs at least one stage that customers enter." in publish(manager_client, version)
    assert version.state == "draft"


def test_draft_survey_with_problems_is_told_them(manager_client):
    version = SurveyVersion.objects.create(survey=SurveyFactory(kind=SurveyKind.END_TO_END), number=1, document={})
    assert 'class="error"' in publish(manager_client, version)
    assert version.state == "draft"


@pytest.mark.parametrize("make", [published_journey, published_survey])
def test_published_version_cannot_be_changed_or_deleted(manager_client, make):
    version = make()
    name = f"admin:surveys_{version._meta.model_name}"
    assert manager_client.post(reverse(f"{name}_change", args=[version.pk]), {"number": 9}).status_code == 403
    assert manager_client.post(reverse(f"{name}_delete", args=[version.pk]), {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [version.pk], "post": "yes"}
    assert manager_client.post(reverse(f"{name}_changelist"), form).status_code == 403
    assert type(version).objects.get(pk=version.pk).number == 1


def test_stage_of_a_published_version_cannot_be_changed(manager_client):
    stage = published_journey().stages.first()
    assert stage is not None
    url = reverse("admin:surveys_stage_change", args=[stage.pk])
    assert manager_client.post(url, {"name": "Other"}).status_code == 403


def test_draft_is_edited_with_its_stages(manager_client):
    version = JourneyVersionFactory(number=1)
    stage = StageFactory(version=version, code="apply", name="Apply", order=1)
    url = reverse("admin:surveys_journeyversion_change", args=[version.pk])
    form = {
        "journey": version.journey_id, "number": 1, "headline": "overall", "options": "{}",
        "stages-TOTAL_FORMS": 1, "stages-INITIAL_FORMS": 1, "stages-0-id": stage.pk, "stages-0-version": version.pk,
        "stages-0-code": "apply", "stages-0-name": "Apply online", "stages-0-order": 1, "stages-0-kind": "service",
        "stages-0-phase": "purchase", "transitions-TOTAL_FORMS": 0, "transitions-INITIAL_FORMS": 0,
    }  # fmt: skip
    response = manager_client.post(url, form)
    assert response.status_code == 302, response.context["errors"]
    assert JourneyVersion.objects.get().stages.get().name == "Apply online"
