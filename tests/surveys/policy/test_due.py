"""When an ask is due, and for which occasion."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from surveys.policy.due import Due, DueRule, Event, clock_due, due
from surveys.policy.reasons import Reason

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RULE = DueRule("touchpoint", "interaction", delay=DAY, stage="documents", resolved=True)
EVENT = Event("interaction", AT, run="r1", interaction="i1", stage="documents", channel="phone", resolved=True)
END = Event("run", AT, run="r1", outcome="completed")


def test_due_interaction_at_the_stage_is_due_after_the_delay() -> None:
    assert due(RULE, EVENT, AT) == Due(AT + DAY, "run:r1:stage:documents")


@pytest.mark.parametrize(
    "changes",
    [{"stage": "approval"}, {"resolved": False}, {"resolved": None}, {"trigger": "run", "outcome": "completed"}],
)
def test_due_other_interaction_is_nothing(changes: dict[str, object]) -> None:
    assert due(RULE, replace(EVENT, **changes), AT) is None  # type: ignore[arg-type]


def test_due_rule_with_channel_wants_that_channel() -> None:
    assert due(replace(RULE, channel="phone"), EVENT, AT) == Due(AT + DAY, "run:r1:stage:documents")
    assert due(replace(RULE, channel="chat"), EVENT, AT) is None


def test_due_interaction_without_run_is_its_own_occasion() -> None:
    assert due(RULE, replace(EVENT, run=""), AT) == Due(AT + DAY, "interaction:i1")


def test_due_old_event_stands_in_the_ledger_as_too_old() -> None:
    assert due(RULE, EVENT, AT + 3 * DAY) == Due(AT + DAY, "run:r1:stage:documents")
    late = due(RULE, EVENT, AT + 3 * DAY + timedelta(seconds=1))
    assert late == Due(AT + DAY, "run:r1:stage:documents", Reason.TOO_OLD)


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
    assert first == Due(monday, "period:604800s:1378")
    assert clock_due(rule, "c1", monday + 7 * DAY) == Due(monday + 7 * DAY, "period:604800s:1379")
