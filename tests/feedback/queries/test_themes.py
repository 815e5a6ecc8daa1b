"""Themes and choices by run: one query each, nothing of runs that wrote nothing readable."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.actions.score_texts import score_texts
from feedback.actions.store_answers import ResponseIn, store_responses
from feedback.queries.themes import chosen_options, comment_themes
from surveys.models import JourneyRun
from surveys.question_kinds import RawValue
from tests.factories import JourneyRunFactory, SurveyFactory, published_journey, published_survey
from tests.factories.asking import START

pytestmark = pytest.mark.django_db


def runs_that_wrote(*texts: str) -> list[JourneyRun]:
    version = published_journey()
    survey = published_survey(SurveyFactory.create(journey=version.journey))
    runs = [JourneyRunFactory.create(version=version) for _ in texts]
    store_responses(
        [
            ResponseIn(f"w{run.pk}", survey, {"overall": RawValue(5.0, text=text)}, START, run=run, language="en")
            for run, text in zip(runs, texts, strict=True)
        ]
    )
    score_texts()
    return runs


def test_comment_themes_by_run_without_other_languages_and_silent_runs() -> None:
    slow, plain, german, silent = runs_that_wrote(
        "Far too slow, I waited ages for an answer", "Good", "Das hat leider viel zu lange gedauert, sehr schade", ""
    )
    with CaptureQueriesContext(connection) as queries:
        found = comment_themes([slow.pk, plain.pk, german.pk, silent.pk])
    assert len(queries) == 1
    assert sorted(found) == [slow.pk, plain.pk]
    assert ("speed" in found[slow.pk], found[plain.pk]) == (True, set())


def test_chosen_options_without_questions_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert chosen_options([1, 2], []) == {}
    assert len(queries) == 0
