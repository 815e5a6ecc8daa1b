"""When an ask is due, and for which occasion."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from surveys.policy.due import Due, DueRule, Event, clock_due, due
from surveys.policy.reasons import Reason

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RULE = DueRule("touchpoint", "interaction", delay=DAY, stage="documents", conditions={"resolved": True})
FACTS = {"channel": "phone", "resolved": True, "team": "north", "attr.product": "loan", "attr.day": "2026-07-01"}
EVENT = Event("interaction", AT, run="r1", interaction="i1", stage="documents", facts=FACTS)
END = Event("run", AT, run="r1", outcome="completed")


def test_due_interaction_at_the_stage_is_due_after_the_delay() -> None:
    assert due(RULE, EVENT, AT) == Due(AT + DAY, "stage:r1:documents")


@pytest.mark.parametrize(
    "changes",
    [{"stage": "approval"}, {"facts": {"resolved": False}}, {"facts": {}}, {"trigger": "run", "outcome": "completed"}],
)
def test_due_other_interaction_is_nothing(changes: dict[str, object]) -> None:
    assert due(RULE, replace(EVENT, **changes), AT) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        ({"channel": "phone"}, True),
        ({"channel": "chat"}, False),
        ({"channel": ["chat", "phone"]}, True),
        ({"team": "north", "attr.product": ["loan", "card"]}, True),
        ({"attr.product": "card"}, False),
        ({"attr.unknown": "x"}, False),
        ({"resolved": "True"}, True),
        ({"agent": None}, True),
    ],
)
def test_due_rule_with_conditions_wants_every_fact(conditions: dict[str, object], holds: bool) -> None:
    assert (due(replace(RULE, conditions=conditions), EVENT, AT) is not None) is holds


@pytest.mark.parametrize(
    ("value", "zone", "expected"),
    [
        ("2026-07-01", "", datetime(2026, 7, 3, tzinfo=UTC)),
        ("2026-07-01", "Asia/Kathmandu", datetime(2026, 7, 2, 18, 15, tzinfo=UTC)),
        ("2026-07-01T10:00", "Europe/Berlin", datetime(2026, 7, 3, 8, tzinfo=UTC)),
        ("2026-07-01T10:00:00+02:00", "America/New_York", datetime(2026, 7, 3, 8, tzinfo=UTC)),
    ],
)
def test_due_delay_after_a_date_counts_from_it_on_the_customers_clock(
    value: str, zone: str, expected: datetime
) -> None:
    rule = replace(RULE, delay=2 * DAY, delay_after="day")
    event = replace(EVENT, facts={**FACTS, "attr.day": value}, zone=zone)
    assert due(rule, event, AT) == Due(expected, "stage:r1:documents")


@pytest.mark.parametrize("value", [None, "", "soon", "2026-13-01", 7, "9999-12-31T23:59:59-23:59"])
def test_due_delay_after_no_date_stands_in_the_ledger_as_no_date(value: object) -> None:
    event = replace(EVENT, facts={**FACTS, "attr.day": value})
    assert due(replace(RULE, delay_after="day"), event, AT) == Due(AT, "stage:r1:documents", Reason.NO_DATE)


def test_due_passage_and_wait_name_their_stages() -> None:
    left = DueRule("touchpoint", "stage", stage="documents", passage="left")
    event = Event("stage", AT, run="r1", stage="documents", passage="left")
    assert due(left, event, AT) == Due(AT, "stage:r1:documents")
    assert due(left, replace(event, passage="entered"), AT) is None
    wait = DueRule("touchpoint", "wait", stage="documents", to_stage="approval")
    late = Event("wait", AT, run="r1", stage="documents", to_stage="approval")
    assert due(wait, late, AT) == Due(AT, "wait:r1:documents->approval")
    assert due(wait, replace(late, to_stage="welcome"), AT) is None


def test_due_touchpoint_at_the_end_of_the_run_is_the_occasion_of_its_stage() -> None:
    rule = DueRule("touchpoint", "run", stage="documents")
    assert due(rule, END, AT) == Due(AT, "stage:r1:documents")


def test_due_interaction_without_run_is_its_own_occasion() -> None:
    assert due(RULE, replace(EVENT, run=""), AT) == Due(AT + DAY, "stage:i1:documents")


def test_due_old_event_stands_in_the_ledger_as_too_old() -> None:
    assert due(RULE, EVENT, AT + 3 * DAY) == Due(AT + DAY, "stage:r1:documents")
    late = due(RULE, EVENT, AT + 3 * DAY + timedelta(seconds=1))
    assert late == Due(AT + DAY, "stage:r1:documents", Reason.TOO_OLD)


@pytest.mark.parametrize(
    ("outcomes", "outcome", "expected"),
    [
        ({"completed", "abandoned"}, "abandoned", Due(AT, "run:r1")),
        ({"completed"}, "completed", Due(AT, "run:r1")),
        ({"completed"}, "abandoned", None),
        ({"completed"}, "open", None),
    ],
)
def test_due_run_end_by_outcome(outcomes: set[str], outcome: str, expected: Due | None) -> None:
    rule = DueRule("end_to_end", "run", outcomes=frozenset(outcomes))
    assert due(rule, replace(END, outcome=outcome), AT) == expected


def test_due_clock_rule_heeds_no_event() -> None:
    rule = DueRule("relationship", "clock", every=180 * DAY)
    assert due(rule, replace(END, trigger="clock"), AT) is None
    assert clock_due(RULE, "c1", AT) is None


def test_clock_due_spread_gives_each_customer_one_slot_in_a_period_evenly() -> None:
    rule = DueRule("relationship", "clock", every=10 * DAY)
    slots = [clock_due(rule, f"customer {number}", AT) for number in range(2000)]
    ages = [AT - slot.at for slot in slots if slot]
    assert (min(ages) >= timedelta(0), max(ages) < 10 * DAY) == (True, True)
    per_day = Counter(age // DAY for age in ages)
    assert sorted(per_day) == list(range(10))
    assert max(abs(count - 200) for count in per_day.values()) < 60


def test_clock_due_next_period_is_next_occasion_and_together_without_spread() -> None:
    rule = DueRule("relationship", "clock", every=7 * DAY, spread=False)
    monday = datetime(2026, 6, 1, tzinfo=UTC)
    first = clock_due(rule, "c1", monday)
    assert first == clock_due(rule, "c2", monday + 7 * DAY - timedelta(seconds=1))
    assert first == Due(monday, "period:2026-06-01")
    assert clock_due(rule, "c1", monday + 7 * DAY) == Due(monday + 7 * DAY, "period:2026-06-08")
