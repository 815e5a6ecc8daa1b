"""Asks about stages entered and left, and about waits that outlast their promise."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys.actions.decide_delayed import decide_delayed
from surveys.actions.decide_passages import decide_waits
from surveys.actions.publish import publish_journey
from surveys.actions.record_interactions import InteractionIn, record_interactions
from surveys.enums import SurveyKind, Trigger
from surveys.models import AskDecision, JourneyRun, JourneyVersion, Rule, Transition
from tests.asking import NOON, customer
from tests.factories import (
    JourneyRunFactory,
    JourneyVersionFactory,
    RuleFactory,
    StageFactory,
    SurveyFactory,
    published_journey,
    published_survey,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def journey() -> JourneyVersion:
    return published_journey(("apply", "documents", "welcome"))


def rule_at(journey: JourneyVersion, trigger: Trigger, stage: str = "apply", **fields: Any) -> Rule:
    survey = SurveyFactory(kind=SurveyKind.TOUCHPOINT, journey=journey.journey, stage_code=stage)
    published_survey(survey)
    conditions = {"stage": stage, **fields.pop("conditions", {})}
    return RuleFactory(survey=survey, trigger=trigger, conditions=conditions, **fields)


def meet(journey: JourneyVersion, stage: str, at: datetime, run: str = "R1", **fields: Any) -> None:
    customer_id = fields.pop("customer", "C1")
    told = InteractionIn(
        customer=customer_id, started_at=at, ended_at=at + timedelta(minutes=5), journey=journey.journey.code, run=run,
        stage=stage, **fields,
    )  # fmt: skip
    record_interactions([told], ask=True, now=at + timedelta(minutes=5))


def asked() -> list[tuple[str, str]]:
    return list(AskDecision.objects.order_by("pk").values_list("occasion", "outcome"))


@pytest.mark.parametrize(("passage", "after"), [("entered", "apply"), ("left", "documents")])
def test_stage_entered_or_left_is_asked_about_once(journey: JourneyVersion, passage: str, after: str) -> None:
    rule_at(journey, Trigger.STAGE, conditions={"passage": passage})
    customer(external_id="C1")
    seen = []
    for day, stage in enumerate(("apply", "apply", "documents", "apply", "welcome")):
        meet(journey, stage, NOON + day * DAY)
        seen.append((stage, len(asked())))
    run = JourneyRun.objects.get()
    assert asked() == [(f"stage:{run.public_id}:apply", "planned")]
    assert next(stage for stage, count in seen if count) == after


def test_stage_left_by_the_end_of_the_run(journey: JourneyVersion) -> None:
    rule_at(journey, Trigger.STAGE, "welcome", conditions={"passage": "left"})
    customer(external_id="C1")
    for day, stage in enumerate(("apply", "documents", "welcome")):
        meet(journey, stage, NOON + day * DAY)
        assert len(asked()) == (stage == "welcome" and JourneyRun.objects.get().ended_at is not None)


def waiting(journey: JourneyVersion, days: float, number: int = 0, **fields: Any) -> JourneyRun:
    """A run that was at the stage apply once, so many days before noon."""
    at = NOON - days * DAY
    run = JourneyRunFactory(
        version=journey, customer=customer(number), started_at=at, last_event_at=at, external_id=f"W{number}", **fields
    )
    run.visits.create(stage=journey.stages.get(code="apply"), order=1, entered_at=at, left_at=at)
    return run


@pytest.fixture
def promised() -> JourneyVersion:
    """The passage after apply is promised in two days."""
    version = JourneyVersionFactory()
    apply, documents = (StageFactory(version=version, code=code) for code in ("apply", "documents"))
    Transition.objects.create(version=version, from_stage=apply, to_stage=documents, promised_days=2)
    return publish_journey(version)


@pytest.mark.parametrize(
    ("days", "times", "count"), [(1.9, 1, 0), (2.0, 1, 1), (4.9, 1, 1), (5.1, 1, 0), (2.5, 1.5, 0), (3.0, 1.5, 1)]
)
def test_wait_over_its_promise_is_asked_about_within_max_age(
    promised: JourneyVersion, days: float, times: float, count: int
) -> None:
    rule_at(promised, Trigger.WAIT, conditions={"times": times})
    run = waiting(promised, days)
    assert [decide_waits(NOON)["planned"], decide_waits(NOON + timedelta(hours=1))["planned"]] == [count, 0]
    assert asked() == [(f"wait:{run.public_id}:apply->documents", "planned")] * count


def test_wait_of_runs_that_go_on_ended_or_were_imported_is_nobodys(promised: JourneyVersion) -> None:
    rule_at(promised, Trigger.WAIT)
    went_on = waiting(promised, 3)
    stage = promised.stages.get(code="documents")
    went_on.visits.create(stage=stage, order=2, entered_at=NOON - DAY, left_at=NOON - DAY)
    JourneyRun.objects.filter(pk=went_on.pk).update(last_event_at=NOON - DAY)
    waiting(promised, 3, 1, outcome="completed", ended_at=NOON)
    waiting(promised, 3, 2, imported=True)
    assert decide_waits(NOON) == {}


def test_wait_many_take_a_constant_number_of_queries(promised: JourneyVersion) -> None:
    rule_at(promised, Trigger.WAIT)

    def statements(count: int, offset: int) -> int:
        for number in range(count):
            waiting(promised, 3, offset + number)
        with CaptureQueriesContext(connection) as queries:
            assert decide_waits(NOON)["planned"] == count
        return len(queries)

    assert statements(1, 0) == statements(3, 10)


@pytest.mark.parametrize("delayed", [False, True])
def test_wait_that_is_over_before_the_message_left_is_not_asked_about(promised: JourneyVersion, delayed: bool) -> None:
    rule_at(promised, Trigger.WAIT)
    run = waiting(promised, 3)
    decide_waits(NOON)
    if delayed:
        AskDecision.objects.update(outcome="delayed", retry_at=NOON + DAY, invitation=None)
    meet(promised, "documents", NOON + timedelta(hours=1), run=run.external_id, customer=run.customer.external_id)
    assert asked() == [(f"wait:{run.public_id}:apply->documents", "withdrawn")]
    assert decide_delayed(NOON + 2 * DAY) == {}
