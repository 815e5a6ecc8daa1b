"""Handling time per call against handling time until solved: the two 9-minute calls and the one of 10."""

from datetime import UTC, datetime, timedelta

from feedback.insights.calls import HandledContact, chains
from feedback.insights.handle_time import handle_times

MONDAY = datetime(2024, 5, 6, 9, tzinfo=UTC)


def call(customer, agent, day, minutes, reason="billing", open_end=False):
    start = MONDAY + timedelta(days=day)
    end = None if open_end else start + timedelta(minutes=minutes)
    return HandledContact(customer, reason, agent, start, end, minutes * 60)


NINES_AND_TEN = [call("ann", "X", 0, 9), call("ann", "X", 1, 9), call("bob", "Y", 0, 10)]


def test_handle_times_two_nines_do_not_beat_one_ten():
    best, other = handle_times(NINES_AND_TEN)
    assert (best.agent, best.aht, best.tht, best.contacts_per_issue) == ("Y", 10.0, 10.0, 1.0)
    assert (other.agent, other.aht, other.tht, other.contacts_per_issue) == ("X", 9.0, 18.0, 2.0)
    assert (other.recontact, other.recontact_k, other.recontact_n) == (0.5, 1, 2)
    assert other.ttr_hours == 24 + 9 / 60


def test_handle_times_issue_belongs_to_who_opened_it():
    figures = {f.agent: f for f in handle_times([call("ann", "X", 0, 5), call("ann", "Z", 2, 20)])}
    assert (figures["X"].issues, figures["X"].tht, figures["X"].recontact_k) == (1, 25.0, 1)
    assert (figures["Z"].issues, figures["Z"].tht, figures["Z"].recontact_k) == (0, None, 0)


def test_handle_times_without_an_issue_come_last():
    assert [f.agent for f in handle_times([call("ann", "Z", 0, 5), call("ann", "A", 2, 20)])] == ["Z", "A"]


def test_handle_times_unripe_contacts_are_not_judged():
    calls = [call("ann", "X", 0, 10), call("bob", "X", 9, 10)]
    figure = handle_times(calls, data_end=MONDAY + timedelta(days=10))[0]
    assert (figure.contacts, figure.issues, figure.recontact_n) == (2, 1, 1)


def test_chains_split_by_reason_customer_and_pause():
    calls = [
        call("ann", "X", 0, 10),
        call("ann", "X", 7, 10),
        call("ann", "X", 15, 10),
        call("ann", "X", 1, 10, reason="fault"),
        call("bob", "X", 1, 10),
    ]
    assert [len(chain) for chain in chains(calls)] == [2, 1, 1, 1]


def test_chains_seven_days_count_from_the_end_of_the_last():
    first = call("ann", "X", 0, 60)
    inside, outside = call("ann", "X", 7 + 1 / 24, 5), call("ann", "X", 7 + 1 / 24 + 1e-6, 5)
    assert ([len(c) for c in chains([first, inside])], [len(c) for c in chains([first, outside])]) == ([2], [1, 1])


def test_chains_open_end_counts_from_its_start():
    assert [len(c) for c in chains([call("ann", "X", 0, 60, open_end=True), call("ann", "X", 7, 5)])] == [2]


def test_handle_times_nothing_is_empty():
    assert handle_times([]) == []
