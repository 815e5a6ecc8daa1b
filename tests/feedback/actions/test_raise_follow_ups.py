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
CLOSED = {"state": "not_solvable", "outcome": "Explained.", "root_cause": "rules"}


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
    FollowUp.objects.update(state="solved", closed_at=NOW, outcome="Refunded.", root_cause="price")
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


def owned_journey(owner: str = "") -> JourneyVersion:
    """Two stages, the second with an owner; perhaps an owner of the whole."""
    version = JourneyVersionFactory(journey__code="owned", options={"owner": owner} if owner else {})
    StageFactory(version=version, code="apply", order=1)
    StageFactory(version=version, code="documents", order=2, owner=Department.objects.create(name="Branch"))
    if owner:
        Department.objects.create(name=owner)
    JourneyVersion.objects.filter(pk=version.pk).update(state="published", published_at=START)
    version.refresh_from_db()
    survey = SurveyFactory(code="owned-e2e", journey=version.journey)
    published_survey(survey, [{"code": "nps", "kind": "nps", "metric": "nps", "text": "Recommend?"}])
    return version


@pytest.mark.parametrize(
    ("stages", "owner", "expected"),
    [
        ({"apply": 80, "documents": 30}, "Accounts", "Branch"),
        ({"apply": 30, "documents": 80}, "Accounts", "Accounts"),  # the lowest stage has no owner
        ({}, "Accounts", "Accounts"),
        ({"apply": 80, "documents": 30}, "", "Branch"),
        ({"apply": 30, "documents": 80}, "", None),
        ({}, "", None),
    ],
)
def test_raise_belongs_to_the_lowest_stage_else_to_who_owns_the_journey(
    stages: dict[str, float], owner: str, expected: str | None
) -> None:
    scored_runs(owned_journey(owner), [Row(1, experience=75, stages=stages, ratings={"owned-e2e.nps|0-10": [2]})])
    raise_follow_ups(NOW)
    (row,) = FollowUp.objects.select_related("department")
    assert (row.rule, row.department and row.department.name) == ("detractor", expected)


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
        rule="detractor", run=run, **CLOSED, opened_at=NOW, closed_at=NOW, contacted_at=NOW
    )
    later = NOW + timedelta(days=7)
    assert reopen_follow_ups(later) == 0
    InteractionFactory(run=run, customer=run.customer, started_at=later, ended_at=later)
    assert [reopen_follow_ups(later) for _ in range(2)] == [1, 0]
    closed.refresh_from_db()
    assert (closed.state, closed.closed_at, closed.contacted_at) == ("open", None, None)


def test_reopen_contact_after_a_week_is_another_matter() -> None:
    (run,) = scored_runs(asked_journey(), [Row(1, experience=75)])
    FollowUp.objects.create(rule="detractor", run=run, **CLOSED, opened_at=NOW, closed_at=NOW)
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
