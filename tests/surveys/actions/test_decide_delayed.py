"""Delayed asks: one row in the ledger, looked at again until asked, refused, or dropped with the reason."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys.actions.decide_delayed import decide_delayed
from surveys.actions.decide_events import decide_for_interactions
from surveys.models import AskDecision, ContactPolicy, Customer, Invitation, JourneyVersion, Rule
from tests.asking import NOON, customer
from tests.factories import published_journey
from tests.surveys.actions.test_decide import contact, outcomes, touchpoint

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def journey() -> JourneyVersion:
    return published_journey(("apply", "documents"))


def two_asks(journey: JourneyVersion, days: float = 10, life: timedelta = 14 * DAY) -> Customer:
    """One customer asked at noon, and blocked `days` later by 1 per 14d."""
    touchpoint(journey, life=life)
    person = customer()
    for at in (NOON, NOON + days * DAY):
        decide_for_interactions([contact(journey, person, started_at=at, ended_at=at).pk], at)
    return person


def test_blocked_ask_is_delayed_until_its_limit_is_free(journey: JourneyVersion) -> None:
    two_asks(journey)
    waiting = AskDecision.objects.get(outcome="delayed")
    assert (waiting.retry_at, waiting.detail) == (NOON + 14 * DAY, "policy: 1 per 14d")
    assert decide_delayed(NOON + 14 * DAY - timedelta(seconds=1)) == {}
    assert decide_delayed(NOON + 14 * DAY) == {"planned": 1}
    waiting.refresh_from_db()
    assert (waiting.outcome, waiting.detail, waiting.retry_at) == ("planned", "", None)
    assert (waiting.due_at, waiting.decided_at) == (NOON + 10 * DAY, NOON + 14 * DAY)
    assert waiting.invitation.due_at == NOON + 14 * DAY
    assert (AskDecision.objects.count(), Invitation.objects.count()) == (2, 2)


def test_delayed_ask_is_asked_once_whoever_looks_and_however_often(journey: JourneyVersion) -> None:
    two_asks(journey)
    assert [decide_delayed(NOON + 15 * DAY)["planned"] for _ in range(3)] == [1, 0, 0]


def test_second_event_of_a_delayed_occasion_changes_nothing(journey: JourneyVersion) -> None:
    two_asks(journey)
    again = AskDecision.objects.get(outcome="delayed").interaction
    assert decide_for_interactions([again.pk], NOON + 20 * DAY) == {}


def test_ask_that_cannot_be_free_within_its_life_is_dropped_at_once(journey: JourneyVersion) -> None:
    two_asks(journey, days=10, life=4 * DAY)
    assert outcomes() == ["planned", "policy"]


def test_delayed_ask_blocked_again_beyond_its_life_is_dropped(journey: JourneyVersion) -> None:
    person = two_asks(journey)
    at = NOON + 14 * DAY
    decide_for_interactions([contact(journey, person, started_at=at, ended_at=at).pk], at)
    assert decide_delayed(at + timedelta(minutes=1)) == {"policy": 1}
    assert AskDecision.objects.get(outcome="policy").detail == "1 per 14d"


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"consent_email": False}, "no_consent"),
        ({"email": ""}, "no_address"),
        ({"paused_until": NOON + 99 * DAY}, "paused"),
    ],
)
def test_delayed_ask_is_held_to_what_the_customer_wants_now(
    journey: JourneyVersion, change: dict[str, object], outcome: str
) -> None:
    two_asks(journey)
    Customer.objects.update(**change)
    assert decide_delayed(NOON + 14 * DAY) == {outcome: 1}


@pytest.mark.parametrize("gone", ["deleted", "inactive", "survey set aside", "not published"])
def test_delayed_ask_without_a_rule_in_force_is_withdrawn(journey: JourneyVersion, gone: str) -> None:
    two_asks(journey)
    rule = Rule.objects.get()
    if gone == "deleted":
        rule.delete()
    elif gone == "inactive":
        Rule.objects.update(active=False)
    elif gone == "survey set aside":
        type(rule.survey).objects.update(active=False)
    else:
        rule.survey.versions.update(state="retired")
    assert decide_delayed(NOON + DAY) == {"withdrawn": 1}
    decision = AskDecision.objects.get(outcome="withdrawn")
    assert (decision.retry_at, decision.detail) == (None, "its rule or survey is no longer in force")


def test_many_delayed_asks_take_a_constant_number_of_queries(journey: JourneyVersion) -> None:
    ContactPolicy.objects.create(limits={"touchpoint": ["1 per 14d"], "e2e_only": 0})
    rule = touchpoint(journey)

    def statements(count: int, offset: int) -> int:
        rows = [
            AskDecision(
                survey=rule.survey, rule=rule, customer=customer(offset + n), occasion=f"stage:x{offset + n}:documents",
                outcome="delayed", due_at=NOON, decided_at=NOON, retry_at=NOON,
            )
            for n in range(count)
        ]  # fmt: skip
        AskDecision.objects.bulk_create(rows)
        with CaptureQueriesContext(connection) as queries:
            assert decide_delayed(NOON)["planned"] == count
        return len(queries)

    assert statements(1, 0) == statements(7, 10)
