"""What a programme is, as values: two programmes are the same when these are equal."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from surveys.enums import Phase, StageKind, SurveyKind, Trigger

Document = dict[str, Any]

SURVEY_RANK: Final = {SurveyKind.TOUCHPOINT: 0, SurveyKind.END_TO_END: 1, SurveyKind.RELATIONSHIP: 2}
OPTIONS: Final = (
    *("owner", "service_score", "hidden_poor", "min_gap", "min_effect", "thresholds", "case_mix", "answer_within"),
)
MAX_AGE: Final = timedelta(days=3)
REMINDER: Final = timedelta(days=4)
DELAYS: Final = {
    Trigger.INTERACTION: timedelta(hours=24),
    Trigger.STAGE: timedelta(hours=24),
    Trigger.RUN: timedelta(hours=12),
    Trigger.WAIT: timedelta(),
    Trigger.CLOCK: timedelta(),
    Trigger.MANUAL: timedelta(),
}
LIVES: Final = {
    Trigger.INTERACTION: timedelta(days=14),
    Trigger.STAGE: timedelta(days=14),
    Trigger.RUN: timedelta(days=28),
    Trigger.WAIT: timedelta(days=14),
    Trigger.CLOCK: timedelta(days=28),
    Trigger.MANUAL: timedelta(days=28),
}
WINDOW: Final = "Mon-Sat 09:00-19:00"
CHANNELS: Final = ("email", "sms")


@dataclass(frozen=True)
class StageDef:
    """An ordered step; its place is its place in the list."""

    code: str
    name: str
    kind: str = StageKind.SERVICE
    phase: str = Phase.PURCHASE
    owner: str = ""
    channel: str = ""
    human: bool = True
    optional: bool = False
    third_party: bool = False
    promised_days: float | None = None


@dataclass(frozen=True)
class TransitionDef:
    """What a file says of the passage between two stages beyond that it is there."""

    from_code: str
    to_code: str
    name: str = ""
    owner: str = ""
    promised_days: float | None = None


@dataclass(frozen=True)
class JourneyDef:
    """A journey; options hold only what differs from the defaults."""

    code: str
    name: str
    end_event: str = ""
    end_stage: str = ""
    inactive_days: int | None = None
    promised_days: float | None = None
    needed_steps: int | None = None
    headline: str = ""
    options: Document = field(default_factory=dict)
    stages: tuple[StageDef, ...] = ()
    transitions: tuple[TransitionDef, ...] = ()


@dataclass(frozen=True)
class SurveyDef:
    """A survey; the document is exactly that of its version, each question with all its keys."""

    code: str
    kind: str
    stage: str = ""
    name: str = ""
    headline: str = ""
    document: Document = field(default_factory=dict)


@dataclass(frozen=True)
class RuleDef:
    """When a survey is asked. mode None: the file does not say, what is so stays so (a new one: load decides)."""

    survey: str
    trigger: str
    conditions: Document
    delay: timedelta
    life: timedelta
    window: str = WINDOW
    channels: tuple[str, ...] = CHANNELS
    sample: float = 1.0
    reminder: timedelta | None = REMINDER
    max_age: timedelta = MAX_AGE
    active: bool = True
    delay_after: str = ""
    strata: Document = field(default_factory=dict)
    mode: str | None = None
    test: tuple[str, ...] = ()
    per_day: int | None = None


@dataclass(frozen=True)
class TargetDef:
    """A value to reach by a day, and where it started."""

    value: float
    due: date
    baseline: float
    baseline_from: date
    baseline_to: date
    baseline_lo: float | None = None
    baseline_hi: float | None = None


@dataclass(frozen=True)
class OutcomeDef:
    """What is to become better for customers."""

    code: str
    statement: str
    measure: str
    level: str
    targets: tuple[TargetDef, ...] = ()


@dataclass(frozen=True)
class Programme:
    """One journey with all that is asked about it. contact_policy None: the installation's own; empty: no caps."""

    journey: JourneyDef
    surveys: tuple[SurveyDef, ...] = ()
    rules: tuple[RuleDef, ...] = ()
    contact_policy: Document | None = None
    sender: Document = field(default_factory=dict)
    outcomes: tuple[OutcomeDef, ...] = ()
    imports: dict[str, Document] = field(default_factory=dict)
    accent: str = ""


def survey_order(survey: SurveyDef, stages: list[str]) -> tuple[int, int, str]:
    """The canonical order of surveys: touchpoints along the journey, then end-to-end, then relationship."""
    place = stages.index(survey.stage) if survey.stage in stages else len(stages)
    return SURVEY_RANK[SurveyKind(survey.kind)], place, survey.code
