"""Is an ask due? A rule held against an event, or against the clock: when, and for which occasion."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from surveys.enums import RunOutcome, SurveyKind, Trigger
from surveys.policy.reasons import Reason
from surveys.policy.sampling import draw
from surveys.policy.zones import zones_for

MAX_AGE: Final = timedelta(days=3)
CLOCK_START: Final = datetime(2000, 1, 3, tzinfo=UTC)  # any fixed Monday
ENTERED: Final = "entered"
LEFT: Final = "left"


@dataclass(frozen=True)
class DueRule:
    """What of a rule decides whether and when an ask is due. Blank, None or empty: does not matter.

    `conditions` names what must be true of the event: a fact (channel, team, reason, resolved, attr.product …) and the
    value, or the list of values, that it must have. `stage` is the stage of the event; for a wait the one it began at.
    """

    survey_kind: str
    trigger: str
    delay: timedelta = timedelta()
    delay_after: str = ""
    max_age: timedelta = MAX_AGE
    stage: str = ""
    passage: str = ""
    to_stage: str = ""
    conditions: Mapping[str, Any] = field(default_factory=dict)
    outcomes: frozenset[str] = frozenset({RunOutcome.COMPLETED, RunOutcome.ABANDONED})
    every: timedelta | None = None
    spread: bool = True


@dataclass(frozen=True)
class Event:
    """Something that happened to one customer. `facts` as in DueRule.conditions; `zone` is the customer's."""

    trigger: str
    at: datetime
    run: str = ""
    interaction: str = ""
    stage: str = ""
    passage: str = ""
    to_stage: str = ""
    outcome: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    zone: str = ""


@dataclass(frozen=True)
class Due:
    """An ask that is due: from when, and the occasion for which a customer is asked once only."""

    at: datetime
    occasion: str
    reason: Reason | None = None  # set where it is due but not to be asked: too old, or its date is not known


def matches(rule: DueRule, event: Event) -> bool:
    """Whether the rule is about such an event."""
    if rule.trigger != event.trigger or rule.trigger in (Trigger.CLOCK, Trigger.MANUAL):
        return False
    if rule.trigger == Trigger.RUN and event.outcome not in rule.outcomes:
        return False
    places = ((rule.stage, event.stage), (rule.passage, event.passage), (rule.to_stage, event.to_stage))
    if rule.trigger != Trigger.RUN and not all(want in ("", have) for want, have in places):
        return False
    return all(_holds(wanted, event.facts.get(name)) for name, wanted in rule.conditions.items())


def due(rule: DueRule, event: Event, now: datetime, fallback_zone: str = "UTC") -> Due | None:
    """The ask that the event makes due, None where the rule is not about it.

    Events older than the rule's max_age are due with the reason too_old: they stand in the ledger, nobody is asked. So
    do those whose rule waits for a date of the customer or run that is not known (no_date).
    """
    if not matches(rule, event):
        return None
    occasion = occasion_of(rule, event)
    begin: datetime | None = event.at
    if rule.delay_after:
        begin = moment_of(event.facts.get(f"attr.{rule.delay_after}"), event.zone, fallback_zone)
    if begin is None:
        return Due(event.at, occasion, Reason.NO_DATE)
    return Due(begin + rule.delay, occasion, Reason.TOO_OLD if now - event.at > rule.max_age else None)


def occasion_of(rule: DueRule, event: Event) -> str:
    """The event's occasion: a wait is one of its own, all else is what `occasion` says."""
    if event.trigger == Trigger.WAIT:
        return f"wait:{event.run}:{event.stage}->{event.to_stage}"
    return occasion(rule.survey_kind, event.run, event.stage or rule.stage, event.interaction)


def occasion(survey_kind: str, run: str, stage: str = "", interaction: str = "") -> str:
    """The words of the ledger for run x stage, run, or the single contact where there is no run."""
    if run and survey_kind != SurveyKind.TOUCHPOINT:
        return f"run:{run}"
    return f"stage:{run or interaction}:{stage}"


def period_occasion(at: datetime) -> str:
    """The words of the ledger for an ask that comes by the clock."""
    return f"period:{at:%Y-%m-%d}"


def clock_due(rule: DueRule, customer: str, now: datetime) -> Due | None:
    """The latest slot of a periodic rule for this customer, at or before `now`, delay added.

    With `spread` each customer has an own, fixed day of the period, so that the asks are even over time.
    """
    if rule.trigger != Trigger.CLOCK or not rule.every:
        return None
    shift = draw("clock", customer) * rule.every if rule.spread else timedelta()
    start = CLOCK_START + shift + rule.delay
    at = start + (now - start) // rule.every * rule.every
    return Due(at, period_occasion(at))


def moment_of(value: Any, zone: str, fallback_zone: str = "UTC") -> datetime | None:
    """The moment that an attribute names: a time with its zone, or a day, which begins by the customer's clock.

    A time without zone is the customer's own time. None where it is neither.
    """
    own = zones_for(zone, "", fallback_zone)[0]
    try:
        day = date.fromisoformat(str(value).strip())
        return datetime.combine(day, time(), own).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    try:
        moment = datetime.fromisoformat(str(value).strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=own)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _holds(wanted: Any, have: Any) -> bool:
    """Whether a fact is the value wanted, or one of those; numbers and words are compared as they are written."""
    values = wanted if isinstance(wanted, list | tuple | set | frozenset) else [wanted]
    return any(have is value or (have is not None and str(have) == str(value)) for value in values)
