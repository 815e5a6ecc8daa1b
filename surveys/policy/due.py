"""Is an ask due? A rule held against an event, or against the clock: when, and for which occasion."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from surveys.enums import RunOutcome, SurveyKind, Trigger
from surveys.policy.reasons import Reason
from surveys.policy.sampling import draw

MAX_AGE: Final = timedelta(days=3)
CLOCK_START: Final = datetime(2000, 1, 3, tzinfo=UTC)  # any fixed Monday


@dataclass(frozen=True)
class DueRule:
    """What of a rule decides whether and when an ask is due. Blank or None: does not matter."""

    survey_kind: str
    trigger: str
    delay: timedelta = timedelta()
    max_age: timedelta = MAX_AGE
    stage: str = ""
    channel: str = ""
    resolved: bool | None = None
    outcomes: frozenset[str] = frozenset({RunOutcome.COMPLETED, RunOutcome.ABANDONED})
    every: timedelta | None = None
    spread: bool = True


@dataclass(frozen=True)
class Event:
    """Something that happened to one customer: an interaction, or the end of a run with its outcome."""

    trigger: str
    at: datetime
    run: str = ""
    interaction: str = ""
    stage: str = ""
    channel: str = ""
    resolved: bool | None = None
    outcome: str = ""


@dataclass(frozen=True)
class Due:
    """An ask that is due: from when, and the occasion for which a customer is asked once only."""

    at: datetime
    occasion: str
    reason: Reason | None = None  # set where it is due but not to be asked: too old


def matches(rule: DueRule, event: Event) -> bool:
    """Whether the rule is about such an event."""
    if rule.trigger != event.trigger or rule.trigger == Trigger.CLOCK:
        return False
    if rule.trigger == Trigger.RUN:
        return event.outcome in rule.outcomes
    wanted = ((rule.stage, event.stage), (rule.channel, event.channel))
    return all(want in ("", have) for want, have in wanted) and rule.resolved in (None, event.resolved)


def due(rule: DueRule, event: Event, now: datetime) -> Due | None:
    """The ask that the event makes due, None where the rule is not about it.

    Events older than the rule's max_age are due with the reason too_old: they stand in the ledger, nobody is asked.
    """
    if not matches(rule, event):
        return None
    reason = Reason.TOO_OLD if now - event.at > rule.max_age else None
    return Due(event.at + rule.delay, occasion(rule.survey_kind, event), reason)


def occasion(survey_kind: str, event: Event) -> str:
    """Run x stage, run, or the single contact where there is no run."""
    if not event.run:
        return f"interaction:{event.interaction}"
    if survey_kind == SurveyKind.TOUCHPOINT:
        return f"run:{event.run}:stage:{event.stage}"
    return f"run:{event.run}"


def clock_due(rule: DueRule, customer: str, now: datetime) -> Due | None:
    """The latest slot of a periodic rule for this customer, at or before `now`, delay added.

    With `spread` each customer has an own, fixed day of the period, so that the asks are even over time.
    """
    if rule.trigger != Trigger.CLOCK or not rule.every:
        return None
    shift = draw("clock", customer) * rule.every if rule.spread else timedelta()
    start = CLOCK_START + shift + rule.delay
    slot = (now - start) // rule.every
    return Due(start + slot * rule.every, f"period:{int(rule.every.total_seconds())}s:{slot}")
