"""When one answer or run needs a person: the conditions of each alert rule, who owns it, and how the loop does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from feedback.insights.arrays import CodesLike, FloatsLike, floats
from feedback.insights.comparison import GOOD_STAGE, POOR_BELOW
from feedback.insights.intervals import Mean, clustered_mean
from feedback.insights.shares import Share, wilson

DETRACTOR_TO, CSAT_TO, CES_TO = 6.0, 25.0, 100 * 2 / 6
PROMISE_TIMES, CHAIN_CONTACTS, CONTACT_HOURS, REOPEN_DAYS = 2.0, 3, 48.0, 7.0

Rule = Literal["detractor", "low_csat", "high_effort", "hidden_poor", "wait_over_promise", "third_contact", "concern"]
RULES: tuple[Rule, ...] = get_args(Rule)
OF_ANSWERS: tuple[Rule, ...] = ("detractor", "low_csat", "high_effort", "hidden_poor", "concern")  # else: of records


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What is known of one run (or one chain of contacts); None or empty: not known, so no rule can fire on it.

    nps: raw 0-10; csat, ces: 0-100 values (2 of 5 and 3 of 7 are the last that alert); experience, stages (by code):
    0-100; waits, promised: days by transition; contacts: in the chain; concern: a word of danger or law in a comment.
    """

    nps: float | None = None
    csat: float | None = None
    ces: float | None = None
    experience: float | None = None
    stages: Mapping[str, float] | None = None
    waits: Mapping[str, float] | None = None
    promised: Mapping[str, float] | None = None
    contacts: int = 0
    concern: bool = False


@dataclass(frozen=True, slots=True)
class Owner:
    """What the owner is to be taken from: a stage, a transition, or the journey (place empty)."""

    kind: Literal["stage", "transition", "journey"]
    place: str


@dataclass(frozen=True, slots=True)
class Loop:
    """How follow-ups do: contacted within 48 h and solved, of those due; hours to first contact (median).

    rescored: new score minus old of the same customers. Detractors rise by themselves, so the page says so beside it.
    """

    contacted_in_time: Share
    solved: Share
    median_hours: float | None
    rescored: Mean


def alerts_due(facts: AlertFacts) -> tuple[Rule, ...]:
    """The rules that fire, in the order of RULES (method 3.13); the caller opens at most one per run and rule."""
    fired: dict[Rule, bool] = {
        "detractor": facts.nps is not None and facts.nps <= DETRACTOR_TO,
        "low_csat": facts.csat is not None and facts.csat <= CSAT_TO,
        "high_effort": facts.ces is not None and facts.ces <= CES_TO + 1e-9,
        "hidden_poor": _hidden_poor(facts),
        "wait_over_promise": any(times > PROMISE_TIMES for times in _over(facts).values()),
        "third_contact": facts.contacts >= CHAIN_CONTACTS,
        "concern": facts.concern,
    }
    return tuple(rule for rule in RULES if fired[rule])


def _hidden_poor(facts: AlertFacts) -> bool:
    if facts.experience is None or not facts.stages:
        return False
    return facts.experience < POOR_BELOW and min(facts.stages.values()) >= GOOD_STAGE


def _over(facts: AlertFacts) -> dict[str, float]:
    """Waits as multiples of their promise, by transition."""
    promised = facts.promised or {}
    return {code: days / promised[code] for code, days in (facts.waits or {}).items() if promised.get(code, 0) > 0}


def owner_of(facts: AlertFacts, rule: Rule) -> Owner:
    """The transition of the longest wait over promise for a wait, the lowest stage else, the journey without either.

    A hidden-poor run has no bad stage: there the wait comes first as well.
    """
    over = {code: times for code, times in _over(facts).items() if times > 1}
    if over and (rule in ("wait_over_promise", "hidden_poor") or not facts.stages):
        return Owner("transition", max(over, key=lambda code: (over[code], code)))
    if facts.stages and rule != "hidden_poor":
        stages = facts.stages
        return Owner("stage", min(stages, key=lambda code: (stages[code], code)))
    return Owner("journey", "")


def reopens(solved_day: float, contact_day: float) -> bool:
    """Whether a contact after the solution opens the case again: within 7 days."""
    return 0 <= contact_day - solved_day <= REOPEN_DAYS


def loop(
    first_contact_hours: FloatsLike,
    solved: Sequence[bool],
    old_scores: FloatsLike,
    new_scores: FloatsLike,
    customers: CodesLike | None = None,
) -> Loop:
    """Loop measures over cases that are due; first_contact_hours: NaN where nobody called yet. All of shape (n,)."""
    hours = floats(first_contact_hours)
    reached = hours[np.isfinite(hours)]
    return Loop(
        contacted_in_time=wilson(int((reached <= CONTACT_HOURS).sum()), len(hours)),
        solved=wilson(sum(solved), len(solved)),
        median_hours=float(np.median(reached)) if len(reached) else None,
        rescored=clustered_mean(floats(new_scores) - floats(old_scores), customers),
    )
