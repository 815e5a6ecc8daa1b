"""Scoring texts: once per engine, unsupported languages without a number, batches that never overlap."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from feedback import sentiment
from feedback.actions import score_texts as module
from feedback.actions.score_texts import score_texts
from feedback.actions.store_answers import ResponseIn, store_responses
from feedback.models import FreeText, TextScore, ThemeTag
from feedback.tasks import refresh_runs_task, score_texts_task
from surveys.models import JourneyRun
from surveys.question_kinds import RawValue
from tests.factories import JourneyRunFactory, SurveyFactory, published_journey, published_survey
from tests.factories.asking import START


def store(*texts: str, language: str = "en") -> JourneyRun:
    run: JourneyRun = JourneyRunFactory.create(version=published_journey())
    version = published_survey(SurveyFactory.create(journey=run.journey))
    store_responses(
        [
            ResponseIn(
                f"{run.pk}:{n}", version, {"overall": RawValue(5.0, text=text)}, START, run=run, language=language
            )
            for n, text in enumerate(texts)
        ]
    )
    return run


@pytest.mark.django_db
def test_score_texts_gives_each_text_its_score_with_engine_and_version() -> None:
    store("The staff were wonderful and quick", "A terrible, awful wait", "The parcel was lying on the kitchen table")
    assert score_texts() == {"positive": 1, "negative": 1, "unsure": 1}
    rows = TextScore.objects.order_by("text_id").values_list("engine", "version", "language", "polarity")
    assert [row[0] for row in rows] == ["textblob"] * 3
    assert {row[1] for row in rows} == {sentiment.score(["x"], ["en"])[0].version}
    assert [(row[3] or 0) > 0 for row in rows] == [True, False, False]
    evidence = TextScore.objects.order_by("text_id")[0].evidence
    assert evidence == [{"words": "wonderful", "polarity": 1.0}, {"words": "quick", "polarity": pytest.approx(1 / 3)}]
    assert FreeText.objects.filter(scored_at__isnull=True).count() == 0


@pytest.mark.django_db
def test_score_texts_of_another_language_is_unsupported_and_has_no_number() -> None:
    store("Das hat viel zu lange gedauert, wir waren sehr enttäuscht", language="de")
    assert score_texts() == {"unsupported": 1}
    assert TextScore.objects.values_list("label", "polarity", "subjectivity", "language").get() == (
        "unsupported", None, None, "de",
    )  # fmt: skip


@pytest.mark.django_db
def test_score_texts_again_does_nothing() -> None:
    store("Good")
    score_texts()
    before = list(TextScore.objects.values())
    assert score_texts() == {}
    FreeText.objects.update(scored_at=None)
    assert score_texts() == {"positive": 1}
    assert list(TextScore.objects.values()) == before


@pytest.mark.django_db
def test_score_texts_takes_no_more_than_the_limit_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 2)
    store("Good", "Bad", "Fine", "Nice")
    assert sum(score_texts(limit=3).values()) == 3
    assert list(FreeText.objects.filter(scored_at__isnull=True).values_list("text", flat=True)) == ["Nice"]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_score_texts_needs_the_same_queries_for_one_and_three(count: int) -> None:
    store(*["Good"] * count)
    with CaptureQueriesContext(connection) as seen:
        score_texts(limit=count)
    verbs = [query["sql"].split()[0] for query in seen]
    assert [verb for verb in verbs if verb in ("SELECT", "INSERT", "UPDATE")] == ["SELECT", "INSERT", "UPDATE"]


@pytest.mark.django_db(transaction=True)
def test_score_texts_leaves_what_another_worker_holds() -> None:
    store("Good", "Bad")
    held = FreeText.objects.order_by("pk")[0].pk
    with other_worker_holding(held):
        assert score_texts() == {"negative": 1}
    assert score_texts() == {"positive": 1}


@contextmanager
def other_worker_holding(pk: int) -> Iterator[None]:
    """A second connection that has the text locked."""
    other = connection.copy()
    try:
        with transaction.atomic(), other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT id FROM feedback_freetext WHERE id = %s FOR UPDATE", [pk])
            yield
            cursor.execute("ROLLBACK")
    finally:
        other.close()


@pytest.mark.django_db
def test_tasks_do_the_work_and_return_counts() -> None:
    run = store("Good")
    assert score_texts_task.name == "feedback.score_texts"
    assert refresh_runs_task.name == "feedback.refresh_runs"
    assert score_texts_task() == {"positive": 1}
    assert refresh_runs_task() == 1
    assert refresh_runs_task() == 0
    run.refresh_from_db()
    assert run.stale is False


@pytest.mark.django_db
def test_score_texts_tags_the_themes_once_and_only_in_languages_with_phrases() -> None:
    store("Far too slow, and nobody kept me informed", "Good")
    store("Das hat viel zu lange gedauert, wir waren sehr enttäuscht", language="de")
    score_texts()
    before = list(ThemeTag.objects.order_by("theme").values_list("theme", "method", "polarity"))
    assert before == [("kept_informed", "keywords", None), ("speed", "keywords", None)]
    FreeText.objects.update(scored_at=None)
    score_texts()
    assert list(ThemeTag.objects.order_by("theme").values_list("theme", "method", "polarity")) == before
