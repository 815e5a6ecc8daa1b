"""Whatever is begun in the designer is a programme file, and that file is the same questionnaire again."""

import pytest
from django.urls import reverse

from feedback.actions.programmes import dump_text, load_text
from surveys.drafting.catalogue import templates
from surveys.models import Journey, Survey, SurveyVersion
from tests.designing import client_of_fixture, post  # noqa: F401 - a fixture
from tests.factories import published_journey

pytestmark = pytest.mark.django_db
PLACES = {"touchpoint": "account/call", "end_to_end": "account", "relationship": "account:relationship"}
STORIES = ("five_interactions", "restaurant", "office_furniture", "two_calls")
TEMPLATES = [(each, kind) for each in templates() for kind in each.fits]


def again(journey: Journey) -> tuple[str, str, int]:
    """The file, the file after everything was thrown away and loaded from it, and what loading it twice changes."""
    text = dump_text(journey)
    SurveyVersion.objects.filter(state="draft").delete()
    Survey.objects.filter(versions__isnull=True).delete()
    load_text(text)
    return text, dump_text(Journey.objects.get()), len(load_text(text).changes)


@pytest.mark.parametrize(("template", "kind"), TEMPLATES, ids=lambda each: getattr(each, "code", each))
def test_questionnaire_begun_from_a_template_survives_its_file(client_of, template, kind):
    published_journey(["call", "documents"], "account", headline="")
    data = {"template": template.code, "place": PLACES[kind], "name": "Made from it"}
    client_of.post(reverse("design:new"), data)
    survey = Survey.objects.get()
    before = survey.versions.get().document
    text, after, changes = again(Journey.objects.get())
    assert (after, changes) == (text, 0)
    assert Survey.objects.get().versions.get().document == before
    assert Survey.objects.get().kind == kind
    post(client_of, "publish-now", Survey.objects.get(), now="1")
    assert Survey.objects.get().versions.get().state == "published"


@pytest.mark.parametrize("story", STORIES)
def test_story_begun_survives_its_file_and_can_be_published(client_of, story):
    client_of.post(reverse("design:journey"), {"name": "My own", "story": story})
    journey = Journey.objects.get()
    text, after, changes = again(journey)
    assert (after, changes) == (text, 0)
    for survey in Survey.objects.all():
        post(client_of, "publish-now", survey, now="1")
    assert set(SurveyVersion.objects.values_list("state", flat=True)) == {"published"}
