"""Contacts about issues over 26 weeks: agents of whom one is a trap, one honestly fast, one slow but thorough."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from feedback.insights.arrays import Bools, Floats, Ints
from feedback.insights.calls import HandledContact

ISSUES, AGENTS, DAYS = 9_000, 20, 26 * 7
REASONS, REASON_SHARES, REASON_LENGTH = ("billing", "technical", "mortgage"), (0.5, 0.35, 0.15), (1.0, 1.3, 1.8)
MINUTES, RECONTACT, SHAPE = 9.0, 0.15, 9.0
# Agent: (minutes, recontact).
PLANTED = {7: (7.0, 0.50), 3: (7.0, 0.15), 11: (10.0, 0.05)}
MORTGAGE_ONLY = 15
LOGGED, TOLD_SHARE, TOLD_IF_SOLVED, TOLD_IF_NOT = 0.97, 0.30, 0.95, 0.40
FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Contacts:
    """Arrays over all contacts, first ones first: issue (also its customer), agent, reason, start day, minutes.

    first: opened the issue; followed: the customer came back. logged: the agent marked it solved; told: 1 / 0 as the
    customer said, NaN not asked (first contacts only).
    """

    issue: Ints
    agent: Ints
    reason: Ints
    day: Floats
    minutes: Floats
    first: Bools
    followed: Bools
    logged: Bools
    told: Floats

    def handled(self) -> list[HandledContact]:
        """As the pure functions take them."""
        starts = [FIRST_DAY + timedelta(days=float(day)) for day in self.day]
        return [
            HandledContact(
                f"i{issue:05d}", REASONS[reason], f"ag{agent:02d}", start, start + timedelta(minutes=float(m)), m * 60
            )
            for issue, agent, reason, start, m in zip(
                self.issue.tolist(),
                self.agent.tolist(),
                self.reason.tolist(),
                starts,
                self.minutes.tolist(),
                strict=True,
            )
        ]


def contacts(random: np.random.Generator, size: float = 1.0, null: bool = False) -> Contacts:
    """All contacts of size x 9,000 issues; each is followed with its agent's chance after .2 to 6.5 days."""
    n = max(1, round(ISSUES * size))
    planted = {} if null else PLANTED
    speed = np.array([planted.get(agent, (MINUTES, RECONTACT))[0] for agent in range(AGENTS)])
    chance = np.array([planted.get(agent, (MINUTES, RECONTACT))[1] for agent in range(AGENTS)])
    issue, day = np.arange(n), random.uniform(0, DAYS, n)
    agent = random.integers(0, AGENTS, n)
    reason = random.choice(3, n, p=REASON_SHARES)
    if not null:
        reason = np.where(agent == MORTGAGE_ONLY, REASONS.index("mortgage"), reason)
    rounds: list[tuple[Ints, Ints, Ints, Floats, Floats, Bools, Bools]] = []
    first = np.ones(n, dtype=bool)
    while len(issue):
        mean = speed[agent] * np.array(REASON_LENGTH)[reason]
        minutes = random.gamma(SHAPE, mean / SHAPE)
        followed = random.random(len(issue)) < chance[agent]
        rounds.append((issue, agent, reason, day, minutes, first, followed))
        issue, reason = issue[followed], reason[followed]
        day = day[followed] + minutes[followed] / 1440 + random.uniform(0.2, 6.5, len(issue))
        agent, first = _routed(random, reason, null), np.zeros(len(issue), dtype=bool)
    columns = [np.concatenate(column) for column in zip(*rounds, strict=True)]
    return _told(random, columns)


def _routed(random: np.random.Generator, reason: Ints, null: bool) -> Ints:
    """A random agent, but the specialist for mortgages takes nothing else."""
    agent = random.integers(0, AGENTS, len(reason))
    if null:
        return agent
    misplaced = (agent == MORTGAGE_ONLY) & (reason != REASONS.index("mortgage"))
    return np.where(misplaced, (agent + 1 + random.integers(0, AGENTS - 1, len(agent))) % AGENTS, agent)


def _told(random: np.random.Generator, columns: list[Any]) -> Contacts:
    issue, agent, reason, day, minutes, first, followed = columns
    n = len(issue)
    asked = first & (random.random(n) < TOLD_SHARE)
    says = (random.random(n) < np.where(followed, TOLD_IF_NOT, TOLD_IF_SOLVED)).astype(np.float64)
    logged = random.random(n) < LOGGED
    return Contacts(issue, agent, reason, day, minutes, first, followed, logged, np.where(asked, says, np.nan))
