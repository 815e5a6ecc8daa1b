"""The keys rules and contact_policy of a programme file; `when` is read next door."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from cxsurvey.lib.periods import parse_cap, parse_window
from surveys.enums import Channel, RuleMode, SurveyKind
from surveys.programme.asking_when import parse_when
from surveys.programme.nodes import Node, nearest
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
    "mode",
)
POLICY_KEYS: Final = (*SurveyKind.values, "total", "keep_room_for", "e2e_only")
NONE: Final = "none"
ATTRIBUTE: Final = "attr."


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
    when = parse_when(node.child("when"), journey, surveys.get(code)) if node.has("when") else None
    if code not in surveys or when is None:
        return None
    trigger, conditions = when
    delay, after = _delay(node, DELAYS[trigger])
    sample, strata = _sample(node)
    mode, test, per_day = _mode(node)
    return RuleDef(
        survey=code,
        trigger=trigger,
        conditions=conditions,
        delay=delay,
        delay_after=after,
        life=_life(node, LIVES[trigger]),
        window=_window(node),
        channels=_channels(node),
        sample=sample,
        strata=strata,
        reminder=_reminder(node, LIVES[trigger]),
        max_age=node.period("max_age", MAX_AGE),
        active=node.flag("active", default=True),
        mode=mode,
        test=test,
        per_day=per_day,
    )


def _delay(node: Node, default: timedelta) -> tuple[timedelta, str]:
    """A period from the event on, or {after: attr.NAME, by: a period}: from a date of the run or customer on."""
    if not node.has("delay") or not isinstance(node.value["delay"], dict):
        return node.period("delay", default), ""
    inner = node.child("delay")
    if not inner.expect("after", "by"):
        return default, ""
    inner.require("after")
    name = inner.text("after", most=60)
    if name and not (name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE)):
        inner.problem(f'"{name}" is no attribute: write attr. and its name, such as attr.departure.', "after")
    return inner.period("by", timedelta()), name.removeprefix(ATTRIBUTE)


def _mode(node: Node) -> tuple[str | None, tuple[str, ...], int | None]:
    """How far the rule is in force: shadow, live, {test: [customers]} or {ramp: asks a day}; None: not said."""
    if not node.has("mode"):
        return None, (), None
    if not isinstance(node.value["mode"], dict):
        word = node.one_of("mode", RuleMode.values, RuleMode.SHADOW)
        if word in (RuleMode.TEST, RuleMode.RAMP):
            node.problem("needs its customers or number: write {test: [C1, C2]} or {ramp: 50}.", "mode")
        return word, (), None
    inner = node.child("mode")
    if not inner.expect(RuleMode.TEST, RuleMode.RAMP) or len(inner.value) != 1:
        inner.problem("needs exactly one of test, ramp.")
        return RuleMode.SHADOW, (), None
    if inner.has(RuleMode.RAMP):
        return RuleMode.RAMP, (), inner.count(RuleMode.RAMP) or 1
    customers = tuple(dict.fromkeys(item.word() for item in inner.entries(RuleMode.TEST)))
    if not customers or not all(customers):
        inner.problem("name the customers of the test.", RuleMode.TEST)
    return RuleMode.TEST, customers, None


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


def _sample(node: Node) -> tuple[float, Document]:
    """One share for everybody, or {default: .3, by: segment, silent: 1.0}: one per class, the default for others."""
    if not node.has("sample") or not isinstance(node.value["sample"], dict):
        return _share(node, "sample"), {}
    inner = node.child("sample")
    by = inner.text("by", most=60)
    inner.require("by")
    if by and by not in ("segment", "language") and not by.startswith(ATTRIBUTE):
        inner.problem(f'"{by}" makes no classes: use segment, language or an attribute such as attr.product.', "by")
    shares = {str(name): _share(inner, name) for name in inner.value if name not in ("default", "by")}
    if not shares:
        inner.problem("names no class with a share of its own: write a number instead.")
    return _share(inner, "default"), {"by": by, "shares": shares}


def _share(node: Node, key: str) -> float:
    number = node.number(key)
    if number is None:
        return 1.0
    if not 0 < number <= 1:
        node.problem("must be more than 0 and at most 1.", key)
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
    share = node.number("e2e_only")
    if share is not None and not 0 <= share < 1:
        node.problem("must be from 0 to less than 1: the share of runs asked about the whole only.", "e2e_only")
    elif share is not None:
        policy["e2e_only"] = share
    return policy


def _cap(item: Node) -> str:
    try:
        return str(parse_cap(item.word()))
    except ValueError as error:
        item.problem(str(error))
        return ""
