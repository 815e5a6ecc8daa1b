"""Contacts that came back: counted by hand, the interval by Wilson on what the customers' answers are worth."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from feedback.insights.avoidable import all_avoidable, avoidable_contacts
from feedback.insights.calls import HandledContact, Issues, issues
from feedback.insights.shares import wilson

START = datetime(2024, 1, 1, tzinfo=UTC)


def calls(rows: list[tuple[int, str, float]]) -> Issues:
    """Contacts (customer, reason, day) of ten minutes each."""
    started = [START + timedelta(days=day) for _customer, _reason, day in rows]
    return issues(
        HandledContact(customer, reason, "a", at, at + timedelta(minutes=10), 600.0)
        for (customer, reason, _day), at in zip(rows, started, strict=True)
    )


def flags(found: Issues, value: bool = True) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.full(len(found.calls), value)


def nowhere(found: Issues) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """All contacts at one stage."""
    return np.zeros(len(found.calls), np.int32)


def test_contact_at_the_next_stage_is_a_step_and_not_a_return() -> None:
    found = calls([(1, "account", 0.0), (1, "account", 1.0), (1, "account", 2.0)])
    whole = all_avoidable(found, flags(found), flags(found), np.array([0, 1, 1], np.int32))
    assert (whole.again.k, whole.again.n) == (1, 3)


def test_reasons_are_ranked_by_contacts_that_came_back_within_the_window() -> None:
    rows = [(1, "bill", 0.0), (1, "bill", 3.0), (1, "bill", 6.0), (2, "bill", 0.0)]
    rows += [(3, "line", 0.0), (3, "line", 20.0), (4, "line", 0.0), (4, "line", 1.0)]
    found = calls(rows)
    ranked = avoidable_contacts(found, flags(found), flags(found), nowhere(found))
    assert [(row.reason, row.again.k, row.again.n, row.minutes, row.customers) for row in ranked] == [
        ("bill", 2, 4, 20.0, 2),
        ("line", 1, 4, 10.0, 2),
    ]


def test_interval_of_customers_with_one_contact_each_is_wilsons() -> None:
    found = calls([(n, "bill", 0.0) for n in range(40)])
    (row,) = avoidable_contacts(found, flags(found), flags(found), nowhere(found))
    assert (row.again.lo, row.again.hi) == (wilson(0, 40).lo, wilson(0, 40).hi)


def test_contacts_that_the_company_began_are_no_demand() -> None:
    found = calls([(1, "bill", 0.0), (1, "bill", 1.0), (2, "bill", 0.0)])
    begun = np.array([True, False, True])
    (row,) = avoidable_contacts(found, begun, flags(found), nowhere(found))
    assert (row.again.k, row.again.n) == (0, 2)


def test_minutes_are_unknown_without_handle_times() -> None:
    found = calls([(1, "bill", 0.0), (1, "bill", 1.0)])
    (row,) = avoidable_contacts(found, flags(found), flags(found, value=False), nowhere(found))
    assert row.minutes is None


def test_all_reasons_add_up() -> None:
    found = calls([(1, "bill", 0.0), (1, "bill", 1.0), (1, "line", 0.0), (2, "line", 0.0)])
    whole = all_avoidable(found, flags(found), flags(found), nowhere(found))
    rows = avoidable_contacts(found, flags(found), flags(found), nowhere(found))
    assert (whole.again.k, whole.again.n, whole.customers) == (1, 4, 2)
    assert sum(row.again.k for row in rows) == whole.again.k
    assert whole.minutes == pytest.approx(10.0)
