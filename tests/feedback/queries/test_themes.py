"""Themes and choices by run: one query each, nothing of runs that wrote nothing readable."""

import numpy as np
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
    runs = JourneyRun.objects.filter(pk__in=[slow.pk, plain.pk, german.pk, silent.pk]).values_list("pk", flat=True)
    with CaptureQueriesContext(connection) as queries:
        found = comment_themes(runs, np.array([silent.pk, german.pk, plain.pk, slow.pk]))
    assert len(queries) == 3
    assert found.anything.tolist() == [False, False, True, True]
    assert found.named["speed"].tolist() == [False, False, False, True]
    assert all(flags.tolist()[:3] == [False] * 3 for flags in found.named.values())


def test_chosen_options_without_questions_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert chosen_options(JourneyRun.objects.values_list("pk", flat=True), [], np.array([1, 2])) == {}
    assert len(queries) == 0
