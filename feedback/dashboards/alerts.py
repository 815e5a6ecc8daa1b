"""Closing the loop: open and overdue follow-ups by rule, and how fast and how well they are dealt with."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from feedback.dashboards.context import Context
from feedback.enums import CLOSED_STATES, FollowUpState
from feedback.insights.alerts import CONTACT_HOURS, RULES, loop
from feedback.insights.arrays import Floats
from feedback.insights.neighbours import first_after
from feedback.insights.suppression import small_cell
from feedback.queries.columns import places_of
from feedback.queries.follow_ups import Case, cases_of
from feedback.queries.run_history import DAY, RunHistory

Value = dict[str, Any]


def alert_values(context: Context, value: Value) -> Value:
    """Follow-ups as they stand, however few (they are promises to single customers), and the measures of the loop."""
    now = datetime.fromisoformat(value["generated_at"])
    cases = cases_of(context.definition.journey_id, context.query.end)
    open_ones = [case for case in cases if case.state not in CLOSED_STATES]
    return {
        "open": len(open_ones),
        "overdue": sum(_overdue(case, now) for case in open_ones),
        "total": len(cases),
        "by_rule": [row for rule in _rules(cases) if (row := _by_rule(rule, cases, now))],
        "causes": _causes(cases),
        "loop": _loop(cases, context.history, now),
    }


def _rules(cases: Sequence[Case]) -> list[str]:
    """The rules in their order, then those that people wrote themselves."""
    return [*RULES, *sorted({case.rule for case in cases} - set(RULES))]


def _by_rule(rule: str, cases: Sequence[Case], now: datetime) -> Value | None:
    own = [case for case in cases if case.rule == rule]
    if not own:
        return None
    waiting = [case for case in own if case.state not in CLOSED_STATES]
    return {
        "rule": rule,
        "open": len(waiting),
        "overdue": sum(_overdue(case, now) for case in waiting),
        "total": len(own),
    }


def _causes(cases: Sequence[Case]) -> list[Value]:
    """What closed cases came from, the most frequent first; however few, as they stand in the list of cases."""
    counts = Counter(case.root_cause for case in cases if case.state in CLOSED_STATES)
    return [{"cause": cause, "n": n} for cause, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def _overdue(case: Case, now: datetime) -> bool:
    """Nobody has been in touch and the time for it is over."""
    return case.contacted_at is None and case.due_at is not None and case.due_at < now


def _loop(cases: Sequence[Case], history: RunHistory, now: datetime) -> Value | None:
    """Measures over the cases whose first contact is due or has been."""
    due = [case for case in cases if case.contacted_at or now - case.opened_at >= timedelta(hours=CONTACT_HOURS)]
    if len(due) < small_cell():
        return None
    hours = [_hours(case) for case in due]
    old, new = _scores(due, history)
    found = loop(hours, [case.state == FollowUpState.SOLVED for case in due], old, new, [case.customer for case in due])
    rescored = found.rescored
    return {
        "contacted_in_time": dataclasses.asdict(found.contacted_in_time),
        "solved": dataclasses.asdict(found.solved),
        "not_solvable": sum(case.state == FollowUpState.NOT_SOLVABLE for case in due),
        "median_hours": found.median_hours,
        "rescored": {"value": rescored.value, "lo": rescored.lo, "hi": rescored.hi, "n": rescored.n}
        if rescored.n >= small_cell()
        else None,
    }


def _hours(case: Case) -> float | None:
    first = case.contacted_at or case.closed_at
    return None if first is None else (first - case.opened_at).total_seconds() / 3600


def _scores(cases: Sequence[Case], history: RunHistory) -> tuple[Floats, Floats]:
    """Experience of each run, and of the same customer's next run that was rated after the case was closed.

    NaN in both where there is no such run, or the case goes on.
    """
    rated = np.flatnonzero(np.isfinite(history.experience))
    customer, started = history.customer[rated], history.started[rated]
    own = places_of(np.array([case.run for case in cases], dtype=np.int64), history.run)
    who = places_of(np.array([case.customer for case in cases], dtype=np.int64), history.people)
    closed = np.array([case.closed_at.timestamp() / DAY if case.closed_at else np.inf for case in cases])
    later = first_after(customer, started, who, closed)
    known = (own >= 0) & (later >= 0)
    old, new = np.full(len(cases), np.nan), np.full(len(cases), np.nan)
    old[known] = history.experience[own[known]]
    new[known] = history.experience[rated[later[known]]]
    return old, new
