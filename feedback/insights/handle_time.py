"""Handling time to resolution beside handling time per call: chains of contacts about one issue (the AHT trap)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

FOLLOWS_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class HandledContact:
    """One contact: who called about what, when, and how long it was handled. ended may be missing (None).

    agent may be any one taken to account: agent, team, or all of one reason.
    """

    customer: int | str
    reason: str
    agent: str
    started: datetime
    ended: datetime | None
    handle_seconds: float
    channel: str = ""

    @property
    def over(self) -> datetime:
        """When it ended, as far as known."""
        return self.ended or self.started


@dataclass(frozen=True, slots=True)
class Chain:
    """All contacts about one issue: opened by an agent, handled so long in all, over at; contacts of them."""

    opened_by: str
    reason: str
    contacts: int
    handle_seconds: float
    first_started: datetime
    last_ended: datetime


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


def chains(contacts: Iterable[HandledContact], within: timedelta = FOLLOWS_WITHIN) -> list[tuple[HandledContact, ...]]:
    """Contacts by issue: same customer and reason, each starting at most `within` after the last ended (method 3.7).

    Any channel and agent. Ordered by customer and reason, inside by start. A blank reason chains with other blank ones.
    """
    ordered = sorted(contacts, key=lambda c: (str(c.customer), c.reason, c.started, c.over))
    found: list[list[HandledContact]] = []
    for _, group in groupby(ordered, key=lambda c: (str(c.customer), c.reason)):
        last_end: datetime | None = None
        for contact in group:
            if last_end is not None and contact.started - last_end <= within:
                found[-1].append(contact)
                last_end = max(last_end, contact.over)
            else:
                found.append([contact])
                last_end = contact.over
    return [tuple(chain) for chain in found]


def summed(chain: Sequence[HandledContact]) -> Chain:
    """A chain of at least one contact, ordered by start, as one issue."""
    first = chain[0]
    handled, over = sum(c.handle_seconds for c in chain), max(c.over for c in chain)
    return Chain(first.agent, first.reason, len(chain), handled, first.started, over)


def handle_times(
    contacts: Iterable[HandledContact], data_end: datetime | None = None, within: timedelta = FOLLOWS_WITHIN
) -> list[HandleTime]:
    """Every agent's figures, least handling until solved first, never ordered by AHT (method 3.7, C40).

    An issue belongs to the agent who opened it; a recontact to the agent whose contact was followed. Contacts and
    issues that ended less than `within` before data_end may still be followed, so they are not judged; without
    data_end everything counts.
    """
    ripe = None if data_end is None else data_end - within
    handled: dict[str, list[float]] = defaultdict(list)
    followed: dict[str, list[bool]] = defaultdict(list)
    issues: dict[str, list[Chain]] = defaultdict(list)
    for chain in chains(contacts, within):
        issue = summed(chain)
        if ripe is None or issue.last_ended <= ripe:
            issues[issue.opened_by].append(issue)
        for place, contact in enumerate(chain, start=1):
            handled[contact.agent].append(contact.handle_seconds / 60)
            if ripe is None or contact.over <= ripe:
                followed[contact.agent].append(place < len(chain))
    figures = [_figures(agent, minutes, issues[agent], followed[agent]) for agent, minutes in handled.items()]
    return sorted(figures, key=lambda f: (f.tht is None, f.tht or 0.0, f.agent))


def _figures(agent: str, minutes: list[float], issues: list[Chain], followed: list[bool]) -> HandleTime:
    return HandleTime(
        agent=agent,
        contacts=len(minutes),
        issues=len(issues),
        aht=_mean(minutes),
        tht=_mean([issue.handle_seconds / 60 for issue in issues]),
        contacts_per_issue=_mean([float(issue.contacts) for issue in issues]),
        ttr_hours=_mean([(issue.last_ended - issue.first_started).total_seconds() / 3600 for issue in issues]),
        recontact=_mean([float(again) for again in followed]),
        recontact_k=sum(followed),
        recontact_n=len(followed),
    )


def _mean(numbers: list[float]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None
