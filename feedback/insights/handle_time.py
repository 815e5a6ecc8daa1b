"""Handling time to resolution beside handling time per call: by chains of contacts about one issue (the AHT trap)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from feedback.insights.arrays import Bools, Floats
from feedback.insights.calls import FOLLOWS_WITHIN, Calls, HandledContact, Issues, issues, micros

HOUR = 3_600_000_000.0  # microseconds


@dataclass(frozen=True, slots=True)
class HandleTime:
    """What one agent (or team) looks like per call and per issue, minutes.

    aht: mean handling of a call; tht: mean handling until solved of the issues he opened; ttr_hours: mean time to
    resolution; recontact: share of his mature contacts that the customer followed by another, k of n.
    aht is never shown without tht and recontact beside it.
    """

    agent: str
    contacts: int
    issues: int
    aht: float | None
    tht: float | None
    contacts_per_issue: float | None
    ttr_hours: float | None
    recontact: float | None
    recontact_k: int
    recontact_n: int


def handle_times(
    contacts: Iterable[HandledContact] | Calls | Issues,
    data_end: datetime | None = None,
    within: timedelta = FOLLOWS_WITHIN,
) -> list[HandleTime]:
    """Every agent's figures, least handling until solved first, never ordered by AHT (method 3.7, C40).

    An issue belongs to the agent who opened it; a recontact to the agent whose contact was followed. Contacts and
    issues that ended less than `within` before data_end may still be followed, so they are not judged; without
    data_end everything counts.
    """
    found = issues(contacts, within)
    figures = _figures(found, *ripe(found, None if data_end is None else data_end - within))
    return sorted(figures, key=lambda f: (f.tht is None, f.tht or 0.0, f.agent))


def ripe(found: Issues, until: datetime | None) -> tuple[Bools, Bools]:
    """Which contacts, and which whole issues, were over by then; all where there is no such moment."""
    if until is None:
        return np.ones(len(found.calls), dtype=bool), np.ones(len(found), dtype=bool)
    return found.calls.over <= micros(until), found.over <= micros(until)


def _figures(found: Issues, ripe_calls: Bools, ripe_issues: Bools) -> list[HandleTime]:
    agent = found.calls.agent
    opened = agent.take(found.first[ripe_issues])
    n, issues_n, judged = agent.counts(), opened.counts(), agent.take(ripe_calls).counts()
    followed = agent.take(ripe_calls & found.followed).counts()
    hours = (found.over - found.calls.started[found.first])[ripe_issues] / HOUR
    calls_mean = _means(agent.counts(found.calls.seconds / 60), n)
    per_issue = [
        _means(opened.counts(column), issues_n)
        for column in (found.seconds[ripe_issues] / 60, found.contacts[ripe_issues].astype(np.float64), hours)
    ]
    return [
        HandleTime(
            agent=agent.names[code],
            contacts=int(n[code]),
            issues=int(issues_n[code]),
            aht=calls_mean[code],
            tht=per_issue[0][code],
            contacts_per_issue=per_issue[1][code],
            ttr_hours=per_issue[2][code],
            recontact=int(followed[code]) / int(judged[code]) if judged[code] else None,
            recontact_k=int(followed[code]),
            recontact_n=int(judged[code]),
        )
        for code in np.flatnonzero(n).tolist()
    ]


def _means(totals: Floats, counts: Floats) -> list[float | None]:
    return [total / n if n else None for total, n in zip(totals.tolist(), counts.tolist(), strict=True)]
