"""The handle-time trap: who looks fast per call but leaves more handling until solved, and who the other way round."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
from scipy import special

from feedback.insights.arrays import Floats
from feedback.insights.comparison import FINDING_Q, TEST_FROM_CUSTOMERS
from feedback.insights.handle_time import FOLLOWS_WITHIN, HandledContact, chains
from feedback.insights.intervals import Mean, clustered_mean
from feedback.insights.multiple import benjamini_hochberg
from feedback.insights.shares import Share, wilson
from feedback.insights.suppression import AGENT_ANSWERS_FROM, AGENT_CONTACTS_FROM, agent_shown

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
    """Columns over contacts or issues: account, customer, minutes, ratio to the stratum, and followed or count."""

    agents: np.ndarray[tuple[int], np.dtype[np.str_]]
    customers: np.ndarray[tuple[int], np.dtype[np.str_]]
    minutes: Floats
    ratios: Floats
    extra: Floats


def handle_time_traps(
    contacts: Iterable[HandledContact],
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
    ripe = None if data_end is None else data_end - within
    found = chains(contacts, within)
    strata = _strata([chain for chain in found if _ripe(chain[-1], ripe)])
    calls, issues = _calls(found, strata, ripe), _issues(found, strata, ripe)
    handled = Counter(calls.agents.tolist())
    names = sorted(name for name in handled if _shown(name, handled, issues, answers))
    items = [_agent(name, calls, issues) for name in names]
    q_values = benjamini_hochberg([item.p for item in items])
    judged = [_judged(item, q, calls) for item, q in zip(items, q_values, strict=True)]
    judged.sort(key=lambda item: (item.per_issue.value, item.agent))
    findings = tuple(_finding(item, calls) for item in judged if item.finding)
    total = sum(len(chain) for chain in found)
    return Traps(strata, tuple(judged), findings, len(handled) - len(names), total - len(calls.agents))


def _ripe(contact: HandledContact, ripe: datetime | None) -> bool:
    return ripe is None or contact.over <= ripe


def _strata(found: Sequence[Sequence[HandledContact]]) -> Strata:
    counts = Counter((chain[0].reason, chain[0].channel) for chain in found)
    channels = {channel for _, channel in counts}
    return "reason_channel" if len(channels) > 1 and min(counts.values()) >= STRATUM_CHAINS else "reason"


def _calls(found: Sequence[Sequence[HandledContact]], strata: Strata, ripe: datetime | None) -> _Case:
    rows = [
        (contact, contact.handle_seconds / 60, float(place < len(chain)))
        for chain in found
        for place, contact in enumerate(chain, start=1)
        if _ripe(contact, ripe)
    ]
    return _case(rows, strata)


def _issues(found: Sequence[Sequence[HandledContact]], strata: Strata, ripe: datetime | None) -> _Case:
    whole = [chain for chain in found if all(_ripe(contact, ripe) for contact in chain)]
    return _case([(chain[0], sum(c.handle_seconds for c in chain) / 60, float(len(chain))) for chain in whole], strata)


def _case(rows: Sequence[tuple[HandledContact, float, float]], strata: Strata) -> _Case:
    labels = [c.reason if strata == "reason" else f"{c.reason}\n{c.channel}" for c, _, _ in rows]
    minutes = np.array([m for _, m, _ in rows], dtype=np.float64)
    codes = np.unique(labels, return_inverse=True)[1] if rows else np.zeros(0, dtype=np.int64)
    means = np.bincount(codes, weights=minutes) / np.maximum(np.bincount(codes), 1)
    own = means[codes] if rows else minutes
    ratios = np.divide(minutes, own, out=np.ones(len(minutes)), where=own > 0)
    agents, customers = (np.array([str(v) for v in column]) for column in _who(rows))
    return _Case(agents, customers, minutes, ratios, np.array([e for _, _, e in rows], dtype=np.float64))


def _who(rows: Sequence[tuple[HandledContact, float, float]]) -> tuple[list[str], list[str]]:
    return [c.agent for c, _, _ in rows], [str(c.customer) for c, _, _ in rows]


def _shown(name: str, handled: Counter[str], issues: _Case, answers: Mapping[str, int] | None) -> bool:
    opened = int((issues.agents == name).sum())
    if answers is None:
        return handled[name] >= AGENT_CONTACTS_FROM and opened >= AGENT_ANSWERS_FROM
    return agent_shown(handled[name], answers.get(name, 0)) and opened > 0


def _agent(name: str, calls: _Case, issues: _Case) -> AgentHandling:
    own, opened = calls.agents == name, issues.agents == name
    a = clustered_mean(calls.ratios[own], calls.customers[own])
    t = clustered_mean(issues.ratios[opened], issues.customers[opened])
    per_call, per_issue = _ratio(a), _ratio(t)
    return AgentHandling(
        agent=name,
        contacts=int(own.sum()),
        issues=int(opened.sum()),
        aht=float(calls.minutes[own].mean()),
        tht=float(issues.minutes[opened].mean()),
        contacts_per_issue=float(issues.extra[opened].mean()),
        per_call=per_call,
        per_issue=per_issue,
        trap_index=per_issue.value / per_call.value if per_call.value > 0 else 1.0,
        recontact=wilson(int(calls.extra[own].sum()), int(own.sum())),
        p=_both(_one_sided(a, below=True), _one_sided(t, below=False)),
        p_mirror=_both(_one_sided(a, below=False), _fewer_recontacts(name, calls)),
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


def _fewer_recontacts(name: str, calls: _Case) -> float | None:
    """p that an account's contacts are followed as often as the others' or more (two shares, one-sided, pooled)."""
    own = calls.agents == name
    n, m = int(own.sum()), int((~own).sum())
    pooled = float(calls.extra.mean()) if n and m else 0.0
    if not 0 < pooled < 1:
        return None
    apart = float(calls.extra[own].mean() - calls.extra[~own].mean())
    return float(special.ndtr(apart / np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))))


def _judged(item: AgentHandling, q: float | None, calls: _Case) -> AgentHandling:
    peers = _peers(item.agent, calls)[1]
    finding: TrapKind | None = None
    if q is not None and q < FINDING_Q and item.per_call.value < FASTER and item.per_issue.value > DEARER:
        finding = "trap"
    elif item.per_call.value > SLOWER and (item.recontact.hi or 0.0) < (peers.lo or 0.0):
        finding = "slower_but_solves"
    return replace(item, q=q, finding=finding)


def _peers(name: str, calls: _Case) -> tuple[float, Share]:
    """Mean minutes a call and recontacts of everybody else."""
    others = calls.agents != name
    n = int(others.sum())
    return float(calls.minutes[others].mean()) if n else 0.0, wilson(int(calls.extra[others].sum()), n)


def _finding(item: AgentHandling, calls: _Case) -> TrapFinding:
    peer_aht, peer_recontact = _peers(item.agent, calls)
    return TrapFinding(
        kind=item.finding or "trap",
        agent=item.agent,
        per_call_change=item.per_call.value - 1,
        per_issue_change=item.per_issue.value - 1,
        aht=item.aht,
        peer_aht=peer_aht,
        recontact=item.recontact,
        peer_recontact=peer_recontact,
    )
