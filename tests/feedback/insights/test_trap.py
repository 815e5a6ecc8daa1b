"""The handle-time trap: case mix, mirror, maturity, minimums, and the exact story of 9 + 9 against 10."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from feedback.insights.calls import HandledContact
from feedback.insights.trap import handle_time_traps

MONDAY = datetime(2024, 5, 6, 9, tzinfo=UTC)


def call(customer, agent, day, minutes, reason="billing", channel="phone"):
    start = MONDAY + timedelta(days=day)
    return HandledContact(customer, reason, agent, start, start + timedelta(minutes=minutes), minutes * 60, channel)


def desk(agent, minutes, again, n=60, reason="billing", seed=1, channel="phone"):
    """n issues that one agent opens; a share of them is called again, and then handled by `other`."""
    rng = np.random.default_rng(seed)
    found = []
    for k in range(n):
        who = f"{agent}{reason}{channel}{k}"
        found.append(call(who, agent, k % 20, float(rng.gamma(20, minutes / 20)), reason, channel))
        if k < again * n:
            found.append(call(who, "other", k % 20 + 2, float(rng.gamma(20, 0.5)), reason, channel))
    return found


def by_agent(contacts, **more):
    return {row.agent: row for row in handle_time_traps(contacts, **more).agents}


def test_trap_fast_and_dear_is_found_and_told():
    contacts = desk("fast", 7, 0.7, 200) + desk("a", 10, 0.1, 200, seed=2) + desk("b", 10, 0.1, 200, seed=3)
    found = handle_time_traps(contacts)
    (finding,) = [finding for finding in found.findings if finding.kind == "trap"]
    row = by_agent(contacts)["fast"]
    assert (finding.kind, finding.agent, row.finding) == ("trap", "fast", "trap")
    assert finding.per_call_change == pytest.approx(row.per_call.value - 1)
    assert finding.recontact == row.recontact
    assert finding.peer_aht > finding.aht
    assert row.trap_index == pytest.approx(row.per_issue.value / row.per_call.value)
    assert [agent.agent for agent in found.agents][-1] == "fast"


def test_trap_honestly_fast_is_none():
    contacts = desk("fast", 7, 0.1) + desk("a", 10, 0.1, seed=2) + desk("b", 10, 0.1, seed=3)
    assert by_agent(contacts)["fast"].finding is None


def test_trap_slow_but_thorough_is_the_mirror():
    contacts = desk("slow", 12, 0.0) + desk("a", 10, 0.3, seed=2) + desk("b", 10, 0.3, seed=3)
    assert by_agent(contacts)["slow"].finding == "slower_but_solves"


def test_trap_case_mix_clears_the_specialist():
    contacts = desk("special", 20, 0.1, reason="mortgage") + desk("a", 10, 0.1, seed=2) + desk("b", 10, 0.1, seed=3)
    contacts += desk("a", 20, 0.1, reason="mortgage", seed=4)
    row = by_agent(contacts)["special"]
    assert row.aht > 18
    assert (row.per_call.value, row.finding) == (pytest.approx(1, abs=0.07), None)


def test_trap_strata_go_finer_only_with_thirty_issues_each():
    many = desk("a", 10, 0) + desk("a", 5, 0, channel="chat")
    few = desk("a", 10, 0) + desk("a", 5, 0, n=29, channel="chat")
    assert (handle_time_traps(many).strata, handle_time_traps(few).strata) == ("reason_channel", "reason")


def test_trap_few_contacts_or_answers_are_not_shown():
    contacts = desk("a", 10, 0, n=20) + desk("b", 10, 0, n=19)
    assert (list(by_agent(contacts)), handle_time_traps(contacts).too_few) == (["a"], 1)
    assert list(by_agent(contacts, answers={"a": 9})) == []
    assert list(by_agent(contacts, answers={"a": 10})) == ["a"]


def test_trap_unripe_contacts_are_left_out_and_counted():
    contacts = desk("a", 10, 0, n=60)
    found = handle_time_traps(contacts, MONDAY + timedelta(days=17))
    assert (found.immature_contacts, found.agents[0].contacts) == (30, 30)


def test_trap_under_twelve_customers_is_not_tested():
    contacts = [call(f"c{k % 11}", "a", k * 9, 10 + k % 3) for k in range(40)]
    assert (by_agent(contacts)["a"].p, by_agent(contacts)["a"].q) == (None, None)


def test_trap_nothing_is_empty():
    found = handle_time_traps([])
    assert (found.agents, found.findings, found.too_few, found.immature_contacts) == ((), (), 0, 0)


def test_trap_two_nines_and_a_ten_are_too_few_to_judge():
    found = handle_time_traps([call("ann", "X", 0, 9), call("ann", "X", 1, 9), call("bob", "Y", 0, 10)])
    assert (found.agents, found.too_few) == ((), 2)


def test_trap_handling_of_nothing_divides_by_nothing():
    assert by_agent([call(f"c{k}", "a", k, 0) for k in range(30)])["a"].per_call.value == 1.0
