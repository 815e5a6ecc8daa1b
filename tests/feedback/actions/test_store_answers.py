"""Storing responses: what an answer measures, its 0-100 value, its words, and one response per occasion."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.actions.store_answers import (
    ResponseIn,
    UnknownQuestion,
    UnknownStage,
    content_hash,
    store_each,
    store_responses,
)
from feedback.models import Answer, FreeText, Response
from surveys.enums import SurveyKind
from surveys.models import JourneyRun, SurveyVersion
from surveys.question_kinds import RawValue
from tests.factories import JourneyRunFactory, SurveyFactory, published_journey, published_survey
from tests.factories.asking import START

pytestmark = pytest.mark.django_db

QUESTIONS: list[dict[str, Any]] = [
    {"code": "overall", "kind": "csat", "metric": "csat", "headline": True, "text": "Overall?"},
    {"code": "effort", "kind": "scale", "scale": [1, 7], "reversed": True, "text": "Effort?", "measures": "journey"},
    {"code": "wait", "kind": "scale", "scale": [0, 10], "text": "Wait?", "measures": "transition",
     "stage_code": "apply", "to_stage_code": "documents"},
    {"code": "how", "kind": "multi", "text": "How?", "choices": [{"code": "mail"}, {"code": "phone"}]},
    {"code": "why", "kind": "text", "metric": "free_text", "text": "Why?"},
]  # fmt: skip


@pytest.fixture
def run() -> JourneyRun:
    return JourneyRunFactory.create(version=published_journey())


@pytest.fixture
def version(run: JourneyRun) -> SurveyVersion:
    survey = SurveyFactory.create(kind=SurveyKind.TOUCHPOINT, journey=run.journey, stage_code="documents")
    questions = [{"stage_code": "" if q.get("measures") == "journey" else survey.stage_code, **q} for q in QUESTIONS]
    return published_survey(survey, questions)


def item(version: SurveyVersion, run: JourneyRun | None, key: str = "k1", /, **values: RawValue) -> ResponseIn:
    return ResponseIn(
        occasion_key=key, version=version, values=values, run=run, answered_at=START, language="en",
        customer=run.customer if run else None,
    )  # fmt: skip


def test_store_answers_carry_measure_stage_value_and_score(version: SurveyVersion, run: JourneyRun) -> None:
    values = {
        "overall": RawValue(number=4.0),
        "effort": RawValue(number=1.0),
        "wait": RawValue(number=3.0),
        "how": RawValue(choices=("mail", "phone")),
        "why": RawValue(text="Too slow"),
    }
    [response] = store_responses([item(version, run, "k1", **values)])
    rows = response.answers.order_by("question__order").values_list(
        "question__code", "measures", "stage__code", "to_stage__code", "value", "choices", "score", "run"
    )
    assert list(rows) == [
        ("overall", "stage", "documents", None, 4.0, [], 75.0, run.pk),
        ("effort", "journey", None, None, 1.0, [], 100.0, run.pk),
        ("wait", "transition", "apply", "documents", 3.0, [], 30.0, run.pk),
        ("how", "stage", "documents", None, None, ["mail", "phone"], None, run.pk),
        ("why", "stage", "documents", None, None, [], None, run.pk),
    ]
    stages = {a.stage.version_id for a in response.answers.select_related("stage") if a.stage}
    assert stages == {run.version_id}


def test_store_text_and_comment_wait_to_be_scored(version: SurveyVersion, run: JourneyRun) -> None:
    values = {"overall": RawValue(number=1.0, text="I called twice "), "why": RawValue(text="Slow")}
    store_responses([item(version, run, "k1", **values)])
    texts = FreeText.objects.order_by("pk").values_list("answer__question__code", "text", "language", "scored_at")
    assert list(texts) == [("overall", "I called twice", "en", None), ("why", "Slow", "en", None)]


def test_store_blank_values_are_not_stored(version: SurveyVersion, run: JourneyRun) -> None:
    [response] = store_responses([item(version, run, overall=RawValue(), why=RawValue(text=""))])
    assert response.answers.count() == 0


def test_store_same_occasion_twice_keeps_the_first(version: SurveyVersion, run: JourneyRun) -> None:
    [first] = store_each([item(version, run, overall=RawValue(number=5.0))])
    [again] = store_each([item(version, run, overall=RawValue(number=1.0), why=RawValue(text="no"))])
    assert (first.created, again.created) == (True, False)
    assert again.response.pk == first.response.pk
    assert list(Answer.objects.values_list("value", flat=True)) == [5.0]
    assert FreeText.objects.count() == 0


def test_store_same_occasion_twice_in_one_call_keeps_the_first(version: SurveyVersion, run: JourneyRun) -> None:
    stored = store_each([item(version, run, overall=RawValue(number=n)) for n in (5.0, 1.0)])
    assert [each.created for each in stored] == [True, False]
    assert list(Answer.objects.values_list("value", flat=True)) == [5.0]


def test_store_marks_the_run_stale(version: SurveyVersion, run: JourneyRun) -> None:
    JourneyRun.objects.update(stale=False)
    other = JourneyRunFactory.create(version=run.version, stale=False)
    store_responses([item(version, run, overall=RawValue(number=5.0))])
    assert dict(JourneyRun.objects.values_list("pk", "stale")) == {run.pk: True, other.pk: False}


def test_store_wakes_only_the_tasks_with_work(
    version: SurveyVersion, run: JourneyRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr("feedback.actions.store_answers.nudge", woken.append)
    store_responses([item(version, run, "a", overall=RawValue(number=5.0))])
    store_responses([item(version, None, "b", why=RawValue(text="Slow"))])
    store_responses([item(version, run, "a", why=RawValue(text="again"))])
    assert woken == ["feedback.refresh_runs", "feedback.score_texts"]


def test_store_without_run_takes_the_published_journey(version: SurveyVersion, run: JourneyRun) -> None:
    [response] = store_responses([item(version, None, overall=RawValue(number=5.0))])
    answer = response.answers.select_related("stage").get()
    assert answer.stage is not None
    assert (answer.stage.code, answer.stage.version_id, answer.run_id) == ("documents", run.version_id, None)


def test_store_unknown_stage_stores_nothing(run: JourneyRun) -> None:
    survey = SurveyFactory.create(kind=SurveyKind.TOUCHPOINT, journey=run.journey, stage_code="nowhere")
    with pytest.raises(UnknownStage, match="nowhere"):
        store_responses([item(published_survey(survey), run, overall=RawValue(number=5.0))])
    assert Response.objects.count() == 0


def test_store_unknown_question_stores_nothing(version: SurveyVersion, run: JourneyRun) -> None:
    with pytest.raises(UnknownQuestion, match="asks overall, effort"):
        store_responses([item(version, run, speed=RawValue(number=5.0))])
    assert Response.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_store_needs_the_same_statements_for_one_and_three(version: SurveyVersion, run: JourneyRun, count: int) -> None:
    store_responses([item(version, run, "warm", overall=RawValue(number=5.0))])
    items = [item(version, run, f"k{n}", overall=RawValue(number=5.0), why=RawValue(text="x")) for n in range(count)]
    with CaptureQueriesContext(
        connection,
    ) as seen:
        store_responses(items)
    statements = [query["sql"].split(maxsplit=1)[0] for query in seen]
    kinds = [verb for verb in statements if verb in ("SELECT", "INSERT", "UPDATE")]
    assert kinds == ["INSERT", "INSERT", "INSERT", "UPDATE"]


def test_content_hash_ignores_order_and_blanks() -> None:
    one, two = RawValue(number=1.0), RawValue(text="x")
    assert content_hash(1, {"a": one, "b": two}) == content_hash(1, {"b": two, "a": one, "c": RawValue()})
    assert content_hash(1, {"a": one}) != content_hash(2, {"a": one})
    assert content_hash(1, {"a": RawValue(text="1")}) != content_hash(1, {"a": one})


def test_store_answer_time_is_that_of_the_response(version: SurveyVersion, run: JourneyRun) -> None:
    [response] = store_responses([item(version, run, overall=RawValue(number=5.0))])
    assert response.answers.get().answered_at == response.answered_at == START
    assert response.created_at - START > timedelta(0)


def test_store_many_answers_at_once_are_the_same_as_one_by_one(version: SurveyVersion, run: JourneyRun) -> None:
    values = {"overall": RawValue(number=4.0), "why": RawValue(text="x")}
    store_responses([item(version, run, f"many{n}", **values) for n in range(60)])
    store_responses([item(version, run, "one", **values)])
    columns = ("question__code", "run_id", "measures", "stage_id", "value", "choices", "score", "answered_at")
    of_one = Answer.objects.filter(response__occasion_key="one").order_by("question_id").values_list(*columns)
    of_many = Answer.objects.filter(response__occasion_key="many59").order_by("question_id").values_list(*columns)
    assert list(of_many) == list(of_one)
    assert (Response.objects.count(), Answer.objects.count(), FreeText.objects.count()) == (61, 122, 61)


BATTERIES: list[dict[str, Any]] = [
    {"code": "overall", "kind": "csat", "metric": "csat", "headline": True, "text": "Overall?"},
    {"code": "served", "kind": "service_quality", "metric": "rating", "text": "How did we do?"},
    {"code": "news", "kind": "between_steps", "metric": "other", "text": "Between the steps?"},
    {"code": "again", "kind": "repeated_myself", "metric": "repeated_myself", "text": "Repeated?"},
    {"code": "each", "kind": "matrix", "metric": "rating", "scale": [1, 5], "text": "Each?",
     "rows": [{"code": "desk", "text": "Desk"}, {"code": "all", "text": "All", "metric": "ease",
               "measures": "journey", "stage_code": ""}]},
    {"code": "first", "kind": "ranking", "text": "First?", "choices": [{"code": "a"}, {"code": "b"}]},
    {"code": "many", "kind": "number", "text": "How many?"},
    {"code": "day", "kind": "date", "text": "When?"},
    {"code": "from", "kind": "hidden", "text": "From"},
    {"code": "reach", "kind": "contact", "text": "How can we reach you?"},
    {"code": "note", "kind": "statement", "text": "Nearly there."},
]  # fmt: skip


@pytest.fixture
def batteries(run: JourneyRun) -> SurveyVersion:
    survey = SurveyFactory.create(kind=SurveyKind.TOUCHPOINT, journey=run.journey, stage_code="documents")
    return published_survey(survey, [{"stage_code": survey.stage_code, **q} for q in BATTERIES])


def test_battery_rows_are_questions_with_their_own_metric_and_scale(batteries: SurveyVersion) -> None:
    rows = batteries.questions.order_by("order").values_list(
        "code", "kind", "metric", "measures", "scale_min", "scale_max"
    )
    assert list(rows) == [
        ("overall", "csat", "csat", "stage", 1, 5),
        ("served.speed", "scale", "speed", "stage", 1, 5),
        ("served.knowledge", "scale", "knowledge", "stage", 1, 5),
        ("served.patience", "scale", "patience", "stage", 1, 5),
        ("served.accommodation", "scale", "accommodation", "stage", 1, 5),
        ("news.receipt_confirmed", "yes_no", "receipt_confirmed", "stage", 0, 1),
        ("news.knew_what_next", "yes_no", "knew_what_next", "stage", 0, 1),
        ("news.knew_when", "yes_no", "knew_when", "stage", 0, 1),
        ("again", "repeated_myself", "repeated_myself", "stage", 1, 5),
        ("each.desk", "scale", "rating", "stage", 1, 5),
        ("each.all", "scale", "ease", "journey", 1, 5),
        ("first", "ranking", "other", "stage", None, None),
        ("many", "number", "other", "stage", None, None),
        ("day", "date", "other", "stage", None, None),
        ("from", "hidden", "other", "stage", None, None),
        ("reach", "contact", "other", "stage", None, None),
    ]  # fmt: skip
    assert list(batteries.questions.filter(reversed=True).values_list("code", flat=True)) == ["again"]


def test_store_every_newer_kind_each_in_its_place(batteries: SurveyVersion, run: JourneyRun) -> None:
    values = {
        "served.speed": RawValue(number=4.0),
        "news.knew_when": RawValue(number=0.0),
        "again": RawValue(number=5.0),
        "each.all": RawValue(number=5.0),
        "first": RawValue(choices=("b", "a")),
        "many": RawValue(number=12.5),
        "day": RawValue(choices=("2026-03-01",)),
        "from": RawValue(choices=('a "quoted" \\ {value},',)),
    }
    many = [ResponseIn(f"k{n}", batteries, values, START, customer=run.customer, run=run) for n in range(20)]
    store_responses(many)  # enough for COPY
    store_responses([ResponseIn("alone", batteries, values, START, customer=run.customer, run=run)])
    for response in Response.objects.all():
        found = {a.question.code: (a.value, a.choices, a.score) for a in response.answers.select_related("question")}
        assert found == {
            "served.speed": (4.0, [], 75.0),
            "news.knew_when": (0.0, [], 0.0),
            "again": (5.0, [], 0.0),
            "each.all": (5.0, [], 100.0),
            "first": (None, ["b", "a"], None),
            "many": (12.5, [], None),
            "day": (None, ["2026-03-01"], None),
            "from": (None, ['a "quoted" \\ {value},'], None),
        }
    assert Response.objects.count() == 21


def test_store_contact_is_encrypted_and_never_a_text_to_score(batteries: SurveyVersion, run: JourneyRun) -> None:
    value = RawValue(text="name: Ann Lee\nemail: ann@example.org")
    store_responses([ResponseIn("k", batteries, {"reach": value}, START, customer=run.customer, run=run)])
    answer = Answer.objects.get()
    assert (answer.choices, answer.sealed_text.text) == (["name", "email"], value.text)
    assert FreeText.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM feedback_sealedtext")
        stored = str(cursor.fetchall())
    assert [word for word in ("Ann", "example") if word in stored] == []


def test_content_hash_cannot_be_tried_out_without_the_key(batteries: SurveyVersion) -> None:
    import hashlib
    import json

    said = json.dumps([batteries.pk, {"reach": [None, [], "phone: 1"]}], sort_keys=True).encode()
    assert content_hash(batteries.pk, {"reach": RawValue(text="phone: 1")}) != hashlib.sha256(said).digest()
