"""What is published cannot be changed, whichever way somebody tries: the database itself refuses."""

from collections.abc import Callable

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from surveys.models import Choice, JourneyVersion, Question, Stage, SurveyVersion, Transition
from tests.factories import DeliveryFactory, published_journey, published_survey

pytestmark = pytest.mark.django_db
CHOSEN = [{"code": "why", "kind": "single", "text": "Why?", "choices": [{"code": "a"}, {"code": "b"}]}]


def refused(change: Callable[[], object]) -> str:
    """The database's own words; the test fails where it says nothing."""
    with pytest.raises((DatabaseError, psycopg.Error)) as trouble, transaction.atomic():
        change()
    return str(trouble.value).splitlines()[0]


NO_DELETE = "pgtrigger: Cannot delete rows from surveys_surveyversion table"
SURVEY = "A published survey version cannot be changed: publish a new version."
JOURNEY = "A published journey version cannot be changed: publish a new version."


def test_published_survey_version_update_of_document_is_refused() -> None:
    version = published_survey()
    assert refused(lambda: SurveyVersion.objects.filter(pk=version.pk).update(document={})) == SURVEY
    assert refused(lambda: SurveyVersion.objects.filter(pk=version.pk).update(state="draft")) == SURVEY
    assert refused(lambda: SurveyVersion.objects.filter(pk=version.pk).delete()) in (SURVEY, NO_DELETE)


def test_published_survey_version_may_retire() -> None:
    version = published_survey()
    assert SurveyVersion.objects.filter(pk=version.pk).update(state="retired") == 1


def test_published_questions_and_choices_refuse_every_write() -> None:
    version = published_survey(questions=CHOSEN)
    question = version.questions.get()
    questions, choices = Question.objects.filter(pk=question.pk), Choice.objects.filter(question=question)
    new = Question(version=version, code="new", order=9, kind="nps", measures="journey")
    assert refused(lambda: questions.update(scale_max=7, scale_min=1)) == SURVEY
    assert refused(lambda: questions.delete()) == SURVEY
    assert refused(lambda: Question.objects.bulk_create([new])) == SURVEY
    assert refused(lambda: choices.update(order=7)) == SURVEY
    assert refused(lambda: choices.delete()) == SURVEY
    assert refused(lambda: Choice.objects.bulk_create([Choice(question=question, code="c", order=3)])) == SURVEY


def test_published_questions_refuse_copy() -> None:
    version = published_survey()
    columns = (
        'version_id, code, "order", kind, metric, measures, stage_code, to_stage_code, reversed, required, headline'
    )

    def copy() -> None:
        with connection.cursor() as cursor, cursor.copy(f"COPY surveys_question ({columns}) FROM STDIN") as rows:
            rows.write_row((version.pk, "by-copy", 9, "nps", "nps", "journey", "", "", False, False, False))

    assert refused(copy) == SURVEY


def test_published_journey_refuses_changes_of_version_stages_and_transitions() -> None:
    version = published_journey()
    first, second = version.stages.all()[:2]
    new = Transition(version=version, from_stage=first, to_stage=second)
    assert refused(lambda: JourneyVersion.objects.filter(pk=version.pk).update(needed_steps=2)) == JOURNEY
    assert refused(lambda: Stage.objects.filter(pk=first.pk).update(kind="non_service")) == JOURNEY
    assert refused(lambda: Stage.objects.filter(pk=first.pk).delete()) == JOURNEY
    assert refused(lambda: Transition.objects.bulk_create([new])) == JOURNEY


def test_delivery_events_are_append_only() -> None:
    delivery = DeliveryFactory()
    event = delivery.events.create(to_state="queued", at=delivery.created_at)
    assert refused(lambda: delivery.events.filter(pk=event.pk).update(to_state="sent")).startswith("pgtrigger: Cannot")
