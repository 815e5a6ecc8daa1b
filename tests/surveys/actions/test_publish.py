"""Tests of publishing: frozen, once, and only what can be answered."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from surveys.actions.publish import publish_journey, publish_survey
from surveys.enums import StageKind, VersionState
from surveys.models import JourneyRun, JourneyVersion, Question, SurveyVersion
from surveys.queries.definitions import digest, journey_definition
from tests.factories import JourneyRunFactory, JourneyVersionFactory, StageFactory, SurveyFactory

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


@pytest.fixture
def draft() -> SurveyVersion:
    document = {"languages": ["en"], "questions": [QUESTION]}
    return SurveyVersion.objects.create(survey=SurveyFactory(), number=1, document=document)


def test_publish_survey_freezes_rows_made_from_the_document(draft: SurveyVersion):
    published = publish_survey(draft)
    assert (published.state, published.headline, published.digest) == ("published", "overall", digest(draft.document))
    question = Question.objects.get(version=draft)
    assert (question.scale_min, question.scale_max, question.headline) == (1.0, 5.0, True)
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(scale_max=7)


def test_publish_survey_twice_changes_nothing(draft: SurveyVersion):
    first = publish_survey(draft)
    assert publish_survey(draft).published_at == first.published_at


def test_publish_second_version_retires_the_first(draft: SurveyVersion):
    publish_survey(draft)
    second = SurveyVersion.objects.create(survey=draft.survey, number=2, document=draft.document)
    publish_survey(second)
    assert list(SurveyVersion.objects.order_by("number").values_list("state", flat=True)) == ["retired", "published"]


def test_publish_retired_version_is_refused(draft: SurveyVersion):
    publish_survey(draft)
    publish_survey(SurveyVersion.objects.create(survey=draft.survey, number=2, document=draft.document))
    with pytest.raises(ValidationError, match="retired"):
        publish_survey(draft)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"headline": False}, "headline: The headline question is missing"),
        ({"kind": "stars"}, 'questions.0: "stars" is no kind of question'),
        ({"text": {}}, "questions.0: The question has no text."),
        ({"show_if": {"question": "x", "is": 1}}, "questions.0.show_if: The condition looks at"),
    ],
)
def test_publish_survey_that_cannot_be_answered_is_refused(draft: SurveyVersion, change: dict, reason: str):
    draft.document["questions"] = [QUESTION | change]
    draft.save(update_fields=["document"])
    with pytest.raises(ValidationError) as refused:
        publish_survey(draft)
    assert refused.value.messages[0].startswith(reason)
    assert SurveyVersion.objects.get(pk=draft.pk).state == VersionState.DRAFT


def test_publish_survey_without_questions_is_refused(draft: SurveyVersion):
    SurveyVersion.objects.filter(pk=draft.pk).update(document={})
    with pytest.raises(ValidationError, match="no question"):
        publish_survey(draft)


def test_publish_journey_stores_the_digest_of_its_definition():
    version = JourneyVersionFactory()
    StageFactory(version=version)
    published = publish_journey(version)
    assert published.state == VersionState.PUBLISHED
    assert published.digest == digest(journey_definition(JourneyVersion.objects.get(pk=version.pk)))
    assert publish_journey(version).published_at == published.published_at


def test_publish_journey_of_waits_only_is_refused():
    version = JourneyVersionFactory()
    StageFactory(version=version, kind=StageKind.WAIT)
    with pytest.raises(ValidationError, match="at least one stage"):
        publish_journey(version)


def test_digest_of_equal_definitions_is_equal_whatever_their_order_and_number_type():
    assert digest({"a": 1.0, "b": [1, 2]}) == digest({"b": [1.0, 2], "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})


def published_with(survey, **keys):
    """The next version of the survey, its question with these keys, published."""
    number = survey.versions.count() + 1
    document = {"languages": ["en"], "questions": [{**QUESTION, **keys}]}
    return publish_survey(SurveyVersion.objects.create(survey=survey, number=number, document=document))


def test_series_goes_on_while_answers_can_be_counted_together():
    survey = SurveyFactory()
    changes: list[dict[str, Any]] = [
        {},
        {"text": {"en": "overall"}},
        {"text": {"en": "How was it?"}},
        {"scale": [1, 7]},
    ]
    changes += [{"scale": [1, 7], "text": {"en": "Overall, then?"}, "same_meaning": True}]
    versions = [published_with(survey, **change) for change in changes]
    assert [version.questions.get().series for version in versions] == [1, 1, 2, 3, 3]


def test_new_series_of_a_headline_has_the_runs_computed_again():
    run = JourneyRunFactory(stale=False)
    survey = SurveyFactory(journey=run.journey)
    published_with(survey)
    published_with(survey, required=True)
    assert JourneyRun.objects.get(pk=run.pk).stale is False
    published_with(survey, text={"en": "Something else?"})
    assert JourneyRun.objects.get(pk=run.pk).stale is True
