"""Follow-ups are raised where a run needs somebody, once; the customer who comes back opens his again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.actions.raise_follow_ups import raise_follow_ups, reopen_follow_ups
from feedback.models import Answer, FollowUp, FreeText, RunScore
from surveys.enums import StageKind
from surveys.models import Department, JourneyRun, JourneyVersion
from tests.factories import (
    InteractionFactory,
    JourneyVersionFactory,
    StageFactory,
    SurveyFactory,
    published_journey,
    published_survey,
)
from tests.factories.asking import START
from tests.factories.history import FIRST, Row, scored_runs
from tests.factories.listening import add_answer

pytestmark = pytest.mark.django_db
NOW = FIRST + timedelta(days=10)


def asked_journey(code: str = "alarm") -> JourneyVersion:
    """Asked by NPS, CSAT 1-5 and CES 1-7 about the whole journey."""
    version = published_journey(("apply", "documents"), code=code)
    survey = SurveyFactory(code=f"{code}-e2e", journey=version.journey)
    published_survey(
        survey,
        [
            {"code": "overall", "kind": "csat", "metric": "csat", "headline": True, "text": "Overall?"},
            {"code": "nps", "kind": "nps", "metric": "nps", "text": "Recommend?"},
            {"code": "ces", "kind": "ces", "metric": "ces", "text": "Easy?"},
        ],
    )
    return version


def rules() -> list[str]:
    return list(FollowUp.objects.order_by("pk").values_list("rule", flat=True))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Row(1, experience=75, ratings={"alarm-e2e.nps|0-10": [6]}), ["detractor"]),
        (Row(1, experience=75, ratings={"alarm-e2e.nps|0-10": [7]}), []),
        (Row(1, experience=25, ratings={"alarm-e2e.overall|1-5": [2]}), ["low_csat"]),
        (Row(1, experience=50, ratings={"alarm-e2e.overall|1-5": [3]}), []),
        (Row(1, experience=75, ratings={"alarm-e2e.ces|1-7": [3]}), ["high_effort"]),
        (Row(1, experience=75, ratings={"alarm-e2e.ces|1-7": [4]}), []),
        (Row(1, experience=49, stages={"apply": 75, "documents": 100}), ["hidden_poor"]),
        (Row(1, experience=49, stages={"apply": 74, "documents": 100}), []),
    ],
)
def test_raise_rule_fires_at_its_limit(row: Row, expected: list[str]) -> None:
    scored_runs(asked_journey(), [row])
    assert raise_follow_ups(NOW)["raised"] == len(expected)
    assert rules() == expected


def test_raise_twice_is_once_and_closed_is_not_raised_again() -> None:
    scored_runs(asked_journey(), [Row(1, experience=75, ratings={"alarm-e2e.nps|0-10": [2]})])
    assert [raise_follow_ups(NOW)["raised"] for _ in range(2)] == [1, 0]
    follow_up = FollowUp.objects.get()
    assert (follow_up.opened_at, follow_up.due_at) == (NOW, NOW + timedelta(hours=48))
    FollowUp.objects.update(state="closed", closed_at=NOW, outcome="Refunded.")
    assert raise_follow_ups(NOW + timedelta(hours=1)) == {"raised": 0, "reopened": 0}


def test_raise_old_answers_are_no_news() -> None:
    scored_runs(asked_journey(), [Row(1, experience=75, ratings={"alarm-e2e.nps|0-10": [2]})])
    assert raise_follow_ups(NOW + timedelta(days=40)) == {"raised": 0, "reopened": 0}


def promised_journey() -> JourneyVersion:
    version = JourneyVersionFactory(journey__code="waiting")
    StageFactory(version=version, code="apply", order=1)
    owner = Department.objects.create(name="Credit")
    StageFactory(version=version, code="approval", order=2, kind=StageKind.WAIT, promised_days=2, owner=owner)
    StageFactory(version=version, code="contract", order=3)
    JourneyVersion.objects.filter(pk=version.pk).update(state="published", published_at=START)
    version.refresh_from_db()
    return version


@pytest.mark.parametrize(("after", "expected"), [(4, []), (5, ["wait_over_promise"])])
def test_raise_wait_that_goes_on_is_raised_before_any_survey(after: int, expected: list[str]) -> None:
    scored_runs(promised_journey(), [Row(0, days=None)])
    raise_follow_ups(FIRST + timedelta(days=after))
    assert rules() == expected
    assert [row.department.name for row in FollowUp.objects.all() if row.department] == ["Credit"] * len(expected)


def test_raise_third_contact_about_one_thing() -> None:
    version = asked_journey()
    (run,) = scored_runs(version, [Row(1, days=5)])
    for day in range(3):
        at = FIRST + timedelta(days=1 + day)
        InteractionFactory(run=run, customer=run.customer, reason="card", started_at=at, ended_at=at)
    raise_follow_ups(NOW)
    assert rules() == ["third_contact"]


def test_raise_word_of_law_in_a_comment() -> None:
    version = asked_journey()
    (run,) = scored_runs(version, [Row(1, experience=75)])
    answer: Answer = add_answer(run, version.journey.surveys.get().versions.get(), 4)
    FreeText.objects.create(answer=answer, text="I will call my lawyer.", language="en")
    raise_follow_ups(NOW)
    assert rules() == ["concern"]


def test_reopen_when_the_customer_is_back_within_a_week() -> None:
    (run,) = scored_runs(asked_journey(), [Row(1, experience=75)])
    closed = FollowUp.objects.create(
        rule="detractor", run=run, state="closed", opened_at=NOW, closed_at=NOW, contacted_at=NOW, outcome="Refunded."
    )
    later = NOW + timedelta(days=7)
    assert reopen_follow_ups(later) == 0
    InteractionFactory(run=run, customer=run.customer, started_at=later, ended_at=later)
    assert [reopen_follow_ups(later) for _ in range(2)] == [1, 0]
    closed.refresh_from_db()
    assert (closed.state, closed.closed_at, closed.contacted_at) == ("open", None, None)


def test_reopen_contact_after_a_week_is_another_matter() -> None:
    (run,) = scored_runs(asked_journey(), [Row(1, experience=75)])
    FollowUp.objects.create(
        rule="detractor", run=run, state="closed", opened_at=NOW, closed_at=NOW, outcome="Refunded."
    )
    at = NOW + timedelta(days=7, seconds=1)
    InteractionFactory(run=run, customer=run.customer, started_at=at, ended_at=at)
    assert reopen_follow_ups(at) == 0


@pytest.mark.parametrize("number", [1, 3])
def test_raise_queries_do_not_grow(number: int) -> None:
    scored_runs(asked_journey(), [Row(1, experience=75, ratings={"alarm-e2e.nps|0-10": [2]})] * number)
    assert (RunScore.objects.count(), JourneyRun.objects.count()) == (number, number)
    with CaptureQueriesContext(connection) as queries:
        raise_follow_ups(NOW)
    assert len(queries) == 13
