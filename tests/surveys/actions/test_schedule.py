"""Publishing and closing by the clock."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from surveys.actions.schedule import keep_schedule, schedule_close, schedule_publish
from surveys.models import Survey, SurveyVersion
from tests.factories import SurveyFactory, published_survey
from tests.factories.asking import START

pytestmark = pytest.mark.django_db

QUESTION = {
    "code": "overall",
    "kind": "csat",
    "metric": "csat",
    "measures": "journey",
    "text": {"en": "Overall?"},
    "scale": [1, 5],
    "headline": True,
}


def draft(**document: object) -> SurveyVersion:
    whole = {"languages": ["en"], "questions": [QUESTION], **document}
    return SurveyVersion.objects.create(survey=SurveyFactory(), number=1, document=whole)


def test_due_draft_is_published_and_a_later_one_is_not():
    now, later = draft(), draft()
    schedule_publish(now, START)
    schedule_publish(later, START + timedelta(minutes=1))
    assert keep_schedule(START) == {"published": 1, "refused": 0, "closed": 0}
    assert [SurveyVersion.objects.get(pk=each.pk).state for each in (now, later)] == ["published", "draft"]


def test_draft_that_cannot_be_published_keeps_its_reasons_and_is_not_tried_again():
    bad = draft(questions=[])
    schedule_publish(bad, START)
    assert [keep_schedule(START), keep_schedule(START)] == [
        {"published": 0, "refused": 1, "closed": 0},
        {"published": 0, "refused": 0, "closed": 0},
    ]
    bad.refresh_from_db()
    assert (bad.state, bad.publish_at) == ("draft", None)
    assert "no question" in bad.publish_problem


def test_plan_can_be_taken_back():
    version = draft()
    schedule_publish(version, START)
    schedule_publish(version, None)
    assert keep_schedule(START)["published"] == 0


def test_published_version_cannot_be_planned():
    with pytest.raises(ValidationError, match="has been published"):
        schedule_publish(published_survey(None), START)


def test_due_survey_closes_once():
    survey = published_survey(None).survey
    schedule_close(survey, START)
    assert [keep_schedule(START)["closed"], keep_schedule(START)["closed"]] == [1, 0]
    assert Survey.objects.get(pk=survey.pk).active is False
