"""The handle-time trap: who looks fast per call but leaves more handling until solved, and who the other way round."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
from scipy import special

from feedback.insights.arrays import Bools, Floats, Ints
from feedback.insights.calls import FOLLOWS_WITHIN, Calls, HandledContact, Issues, issues, micros
from feedback.insights.comparison import FINDING_Q, TEST_FROM_CUSTOMERS
from feedback.insights.handle_time import ripe
from feedback.insights.intervals import Mean, clustered_mean
from feedback.insights.multiple import benjamini_hochberg
from feedback.insights.shares import Share, wilson
from feedback.insights.suppression import agent_shown

STRATUM_CHAINS = 30
FASTER, DEARER, SLOWER = 0.95, 1.05, 1.05

Strata = Literal["reason", "reason_channel"]
TrapKind = Literal["trap", "slower_but_solves"]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A mean ratio to the case mix's own mean (1 = as the others), with its 95 % interval."""

    value: float
    lo: float | None
    hi: float | None


@dataclass(frozen=True, slots=True)
class AgentHandling:
    """What one agent (team, reason) looks like per call and per issue, case mix taken out; minutes for aht and tht.

    per_call: A, per_issue: T of method 3.7; trap_index: T / A. recontact: of his mature contacts, those followed.
    p: the larger of p[A < 1] and p[T > 1]; q over all agents shown. p_mirror: the larger of p[A > 1] and p[recontacts
    below the others']. aht never stands without the other two.
    """

    agent: str
    contacts: int
    issues: int
    aht: float
    tht: float
    contacts_per_issue: float
    per_call: Ratio
    per_issue: Ratio
    trap_index: float
    recontact: Share
    p: float | None
    p_mirror: float | None
    q: float | None
    finding: TrapKind | None


@dataclass(frozen=True, slots=True)
class TrapFinding:
    """The numbers of a sentence: how much faster or slower per call (share), against peers' minutes and recontacts."""

    kind: TrapKind
    agent: str
    per_call_change: float
    per_issue_change: float
    aht: float
    peer_aht: float
    recontact: Share
    peer_recontact: Share


@dataclass(frozen=True, slots=True)
class Traps:
    """All agents with enough contacts, least handling until solved (case mix out) first; too_few counts the others."""

    strata: Strata
    agents: tuple[AgentHandling, ...]
    findings: tuple[TrapFinding, ...]
    too_few: int
    immature_contacts: int


@dataclass(frozen=True, slots=True)
class _Case:
    """Columns over contacts or issues in order of account: customer, minutes, ratio to the stratum, followed or count.

    begins: where each account begins, shape (accounts + 1,).
    """

    names: tuple[str, ...]
    begins: Ints
    customers: Ints
    minutes: Floats
    ratios: Floats
    extra: Floats

    def count(self, code: int) -> int:
        """Rows of one account."""
        return int(self.begins[code + 1] - self.begins[code])

    def own(self, code: int) -> slice:
        """The rows of one account."""
        return slice(int(self.begins[code]), int(self.begins[code + 1]))


def handle_time_traps(
    contacts: Iterable[HandledContact] | Calls | Issues,
    data_end: datetime | None = None,
    answers: Mapping[str, int] | None = None,
    within: timedelta = FOLLOWS_WITHIN,
) -> Traps:
    """Every agent held against the case mix, with traps and their mirror (method 3.7).

    A = mean(h / mean h of the stratum) over his contacts, T the same of handling until solved over the issues he
    opened; stratum: reason, or reason and channel when each such has 30 issues. Trap: q < .05, A < .95, T > 1.05.
    Mirror: A > 1.05 and recontact hi below the others' lo. Contacts and issues that ended less than `within` before
    data_end are not judged. Shown from 20 contacts and 10 answers (answers by agent; 10 issues where not given).
    """
    found = issues(contacts, within)
    ripe_calls, ripe_issues = ripe(found, None if data_end is None else data_end - within)
    strata = _strata(found, data_end, within)
    calls, opened = _calls(found, strata, ripe_calls), _issues(found, strata, ripe_issues)
    handled = [code for code in range(len(calls.names)) if calls.count(code)]
    codes = [code for code in handled if _shown(code, calls, opened, answers)]
    items = {calls.names[code]: _agent(code, calls, opened) for code in codes}
    q_values = benjamini_hochberg([item.p for item in items.values()])
    peers = {calls.names[code]: _peers(code, calls) for code in codes}
    judged = [_judged(item, q, peers[item.agent]) for item, q in zip(items.values(), q_values, strict=True)]
    judged.sort(key=lambda item: (item.per_issue.value, item.agent))
    findings = tuple(_finding(item, calls, peers[item.agent]) for item in judged if item.finding)
    immature = len(found.calls) - len(calls.minutes)
    return Traps(strata, tuple(judged), findings, len(handled) - len(codes), immature)


def _strata(found: Issues, data_end: datetime | None, within: timedelta) -> Strata:
    calls, first, last = found.calls, found.first, found.last
    if data_end is not None:
        first = first[calls.over[last] <= micros(data_end - within)]
    channel = calls.channel.codes[first]
    counts = np.bincount(_pairs(calls, first)) if len(first) else np.zeros(0, dtype=np.int64)
    many = len(np.unique(channel)) > 1 and int(counts[counts > 0].min()) >= STRATUM_CHAINS
    return "reason_channel" if many else "reason"


def _pairs(calls: Calls, rows: Ints) -> Ints:
    """Reason and channel of these rows as one code."""
    pairs: Ints = calls.reason.codes[rows].astype(np.int64) * len(calls.channel.names) + calls.channel.codes[rows]
    return pairs


def _calls(found: Issues, strata: Strata, ripe_calls: Bools) -> _Case:
    rows = np.flatnonzero(ripe_calls)
    return _case(found, rows, found.calls.seconds[rows] / 60, found.followed[rows].astype(np.float64), strata)


def _issues(found: Issues, strata: Strata, ripe_issues: Bools) -> _Case:
    contacts = found.contacts[ripe_issues].astype(np.float64)
    return _case(found, found.first[ripe_issues], found.seconds[ripe_issues] / 60, contacts, strata)


def _case(found: Issues, rows: Ints, minutes: Floats, extra: Floats, strata: Strata) -> _Case:
    calls = found.calls
    codes = calls.reason.codes[rows] if strata == "reason" else _pairs(calls, rows)
    means = np.bincount(codes, weights=minutes) / np.maximum(np.bincount(codes), 1)
    own = means[codes] if len(rows) else minutes
    ratios = np.divide(minutes, own, out=np.ones(len(minutes)), where=own > 0)
    agents = calls.agent.codes[rows]
    order = np.argsort(agents, kind="stable")
    begins = np.searchsorted(agents[order], np.arange(len(calls.agent.names) + 1))
    return _Case(calls.agent.names, begins, calls.customer[rows][order], minutes[order], ratios[order], extra[order])


def _shown(code: int, calls: _Case, opened: _Case, answers: Mapping[str, int] | None) -> bool:
    handled, own_issues = calls.count(code), opened.count(code)
    if answers is None:
        return agent_shown(handled, own_issues)
    return agent_shown(handled, answers.get(calls.names[code], 0)) and own_issues > 0


def _agent(code: int, calls: _Case, opened: _Case) -> AgentHandling:
    own, issue = calls.own(code), opened.own(code)
    a = clustered_mean(calls.ratios[own], calls.customers[own])
    t = clustered_mean(opened.ratios[issue], opened.customers[issue])
    per_call, per_issue = _ratio(a), _ratio(t)
    return AgentHandling(
        agent=calls.names[code],
        contacts=calls.count(code),
        issues=opened.count(code),
        aht=float(calls.minutes[own].mean()),
        tht=float(opened.minutes[issue].mean()),
        contacts_per_issue=float(opened.extra[issue].mean()),
        per_call=per_call,
        per_issue=per_issue,
        trap_index=per_issue.value / per_call.value if per_call.value > 0 else 1.0,
        recontact=wilson(int(calls.extra[own].sum()), calls.count(code)),
        p=_both(_one_sided(a, below=True), _one_sided(t, below=False)),
        p_mirror=_both(_one_sided(a, below=False), _fewer_recontacts(code, calls)),
        q=None,
        finding=None,
    )


def _ratio(mean: Mean) -> Ratio:
    return Ratio(1.0 if mean.value is None else mean.value, mean.lo, mean.hi)


def _one_sided(mean: Mean, below: bool) -> float | None:
    """p that the mean is not below (above) 1; None under 12 customers or without variation."""
    if mean.value is None or not mean.se or mean.df is None or mean.customers < TEST_FROM_CUSTOMERS:
        return None
    t = (mean.value - 1) / mean.se
    return float(special.stdtr(mean.df, t if below else -t))


def _both(first: float | None, second: float | None) -> float | None:
    """The p of two claims that must both hold: the larger one."""
    return None if first is None or second is None else max(first, second)


def _fewer_recontacts(code: int, calls: _Case) -> float | None:
    """p that an account's contacts are followed as often as the others' or more (two shares, one-sided, pooled)."""
    n, total = calls.count(code), len(calls.extra)
    m, followed, own = total - n, int(calls.extra.sum()), int(calls.extra[calls.own(code)].sum())
    if not (n and m and 0 < followed < total):
        return None
    pooled, apart = followed / total, own / n - (followed - own) / m
    return float(special.ndtr(apart / np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))))


def _judged(item: AgentHandling, q: float | None, peers: Share) -> AgentHandling:
    finding: TrapKind | None = None
    if q is not None and q < FINDING_Q and item.per_call.value < FASTER and item.per_issue.value > DEARER:
        finding = "trap"
    elif item.per_call.value > SLOWER and (item.recontact.hi or 0.0) < (peers.lo or 0.0):
        finding = "slower_but_solves"
    return replace(item, q=q, finding=finding)


def _peers(code: int, calls: _Case) -> Share:
    """Recontacts of everybody else."""
    followed = int(calls.extra.sum()) - int(calls.extra[calls.own(code)].sum())
    return wilson(followed, len(calls.extra) - calls.count(code))


def _finding(item: AgentHandling, calls: _Case, peer_recontact: Share) -> TrapFinding:
    own = calls.own(calls.names.index(item.agent))
    others = np.concatenate([calls.minutes[: own.start], calls.minutes[own.stop :]])
    return TrapFinding(
        kind=item.finding or "trap",
        agent=item.agent,
        per_call_change=item.per_call.value - 1,
        per_issue_change=item.per_issue.value - 1,
        aht=item.aht,
        peer_aht=float(others.mean()) if len(others) else 0.0,
        recontact=item.recontact,
        peer_recontact=peer_recontact,
    )
