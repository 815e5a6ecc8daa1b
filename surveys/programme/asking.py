"""The keys rules and contact_policy of a programme file."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from cxsurvey.lib.periods import parse_cap, parse_period, parse_window
from surveys.enums import Channel, RunOutcome, SurveyKind, Trigger
from surveys.programme.journeys import check_stage
from surveys.programme.nodes import Node, nearest
from surveys.programme.periods import write_period
from surveys.programme.schema import (
    CHANNELS,
    DELAYS,
    LIVES,
    MAX_AGE,
    REMINDER,
    WINDOW,
    Document,
    JourneyDef,
    RuleDef,
    SurveyDef,
)

RULE_KEYS: Final = (
    "survey",
    "when",
    "delay",
    "window",
    "channels",
    "sample",
    "life",
    "reminder",
    "max_age",
    "active",
)
POLICY_KEYS: Final = (*SurveyKind.values, "total", "keep_room_for")
OUTCOMES: Final = (RunOutcome.COMPLETED, RunOutcome.ABANDONED)
NONE: Final = "none"


def parse_rules(root: Node, journey: JourneyDef, surveys: Sequence[SurveyDef]) -> tuple[RuleDef, ...]:
    """Rules grouped by survey in canonical order; within a survey as they are written."""
    known = {survey.code: survey for survey in surveys}
    found = []
    for node in root.entries("rules"):
        rule = _rule(node, journey, known) if node.expect(*RULE_KEYS) else None
        if rule:
            found.append(rule)
    return tuple(sorted(found, key=lambda rule: list(known).index(rule.survey)))


def _rule(node: Node, journey: JourneyDef, surveys: Mapping[str, SurveyDef]) -> RuleDef | None:
    code = node.code("survey")
    if code and code not in surveys:
        node.problem(f'there is no survey "{code}"{nearest(code, surveys)}', "survey")
    node.require("when")
    when = _when(node.child("when"), journey, surveys.get(code)) if node.has("when") else None
    if code not in surveys or when is None:
        return None
    trigger, conditions = when
    return RuleDef(
        survey=code,
        trigger=trigger,
        conditions=conditions,
        delay=node.period("delay", DELAYS[trigger]),
        life=_life(node, LIVES[trigger]),
        window=_window(node),
        channels=_channels(node),
        sample=_sample(node),
        reminder=_reminder(node, LIVES[trigger]),
        max_age=node.period("max_age", MAX_AGE),
        active=node.flag("active", default=True),
    )


def _when(node: Node, journey: JourneyDef, survey: SurveyDef | None) -> tuple[Trigger, Document] | None:
    """One of interaction: {stage, channel, resolved}, run: [outcomes], every: a period (with spread)."""
    if not node.expect("interaction", "run", "every", "spread"):
        return None
    given = [key for key in ("interaction", "run", "every") if key in node.value]
    if len(given) != 1:
        node.problem("needs exactly one of interaction, run, every.")
        return None
    if "spread" in node.value and given != ["every"]:
        node.problem("spread belongs to every.", "spread")
    if given == ["interaction"]:
        return Trigger.INTERACTION, _interaction(node, journey, survey)
    return (Trigger.RUN, _run(node)) if given == ["run"] else (Trigger.CLOCK, _clock(node))


def _interaction(node: Node, journey: JourneyDef, survey: SurveyDef | None) -> Document:
    """Conditions on the contact; a touchpoint survey's stage goes without saying."""
    own = survey.stage if survey else ""
    conditions: Document = {"stage": own} if own else {}
    inner = node.child("interaction")
    if inner.value is None or not inner.expect("stage", "channel", "resolved"):
        return conditions
    stage = inner.optional_code("stage")
    if stage and check_stage(inner, "stage", stage, journey.stages):
        conditions["stage"] = stage
        if own and own != stage:
            inner.problem(f'the survey is about the stage "{own}", not "{stage}".', "stage")
    if channel := inner.text("channel", most=40):
        conditions["channel"] = channel
    if inner.has("resolved"):
        conditions["resolved"] = inner.flag("resolved", default=True)
    return conditions


def _run(node: Node) -> Document:
    words = [item.word() for item in node.entries("run")] or list(OUTCOMES)
    for word in words:
        if word not in OUTCOMES:
            node.problem(f'"{word}" is none of {", ".join(OUTCOMES)}{nearest(word, OUTCOMES)}', "run")
    return {"outcomes": [str(outcome) for outcome in OUTCOMES if outcome in words]}


def _clock(node: Node) -> Document:
    every = node.parsed("every", lambda text: parse_period(text).delta, timedelta(days=180))
    if every < timedelta(days=1):
        node.problem("must be a day or more.", "every")
    return {"every": write_period(every), "spread": node.flag("spread", default=True)}


def _window(node: Node) -> str:
    return node.parsed("window", lambda text: str(parse_window(text)), WINDOW) if node.has("window") else WINDOW


def _channels(node: Node) -> tuple[str, ...]:
    if not node.has("channels"):
        return CHANNELS
    words = [item.word() for item in node.entries("channels")]
    for word in words:
        if word not in Channel.values:
            node.problem(f'"{word}" is none of {", ".join(Channel.values)}{nearest(word, Channel.values)}', "channels")
    if not words or len(set(words)) != len(words):
        node.problem("name each channel once, the preferred one first.", "channels")
    return tuple(dict.fromkeys(word for word in words if word in Channel.values)) or CHANNELS


def _sample(node: Node) -> float:
    number = node.number("sample")
    if number is None:
        return 1.0
    if not 0 < number <= 1:
        node.problem("must be more than 0 and at most 1.", "sample")
        return 1.0
    return number


def _life(node: Node, default: timedelta) -> timedelta:
    life = node.period("life", default)
    if life <= timedelta():
        node.problem("must be longer than 0: after it the link no longer works.", "life")
        return default
    return life


def _reminder(node: Node, default_life: timedelta) -> timedelta | None:
    """After how long one reminder follows: 4 days unless said otherwise; none switches it off."""
    life = node.period("life", default_life) if node.has("life") else default_life
    if not node.has("reminder"):
        return REMINDER if life > REMINDER else None
    if node.child("reminder").word().lower() in (NONE, "false", "0"):
        return None
    reminder = node.period("reminder", REMINDER)
    if reminder >= life:
        node.problem("comes after the link has expired: make it shorter than life.", "reminder")
    return reminder


def parse_policy(root: Node) -> Document | None:
    """None: the installation's own limits. Empty (or `none`): no limits."""
    if "contact_policy" not in root.value:
        return None
    node = root.child("contact_policy")
    if node.value is None or node.value == NONE:
        return {}
    if not node.expect(*POLICY_KEYS):
        return {}
    policy: dict[str, Any] = {}
    for key in (*SurveyKind.values, "total"):
        if node.has(key):
            caps = [_cap(item) for item in node.entries(key)]
            policy[key] = [cap for cap in caps if cap]
    if node.has("keep_room_for"):
        policy["keep_room_for"] = node.one_of("keep_room_for", SurveyKind.values, SurveyKind.END_TO_END)
    return policy


def _cap(item: Node) -> str:
    try:
        return str(parse_cap(item.word()))
    except ValueError as error:
        item.problem(str(error))
        return ""
