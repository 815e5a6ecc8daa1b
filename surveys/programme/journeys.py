"""The keys journey, stages and transitions of a programme file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from cxsurvey.lib.periods import parse_period
from surveys.enums import Phase, StageKind
from surveys.programme.nodes import Node, nearest
from surveys.programme.schema import OPTIONS, JourneyDef, StageDef, TransitionDef

JOURNEY_KEYS: Final = (
    "code",
    "name",
    "end",
    "promised_days",
    "promised",
    "needed_steps",
    "headline",
    *OPTIONS,
    "stages",
    "transitions",
)
STAGE_KEYS: Final = (
    "code",
    "name",
    "kind",
    "phase",
    "owner",
    "channel",
    "human",
    "optional",
    "third_party",
    "promised_days",
    "promised",
)
TRANSITION_KEYS: Final = ("from", "to", "name", "owner", "promised_days", "promised")
DAY_SECONDS: Final = 86_400


def parse_journey(root: Node) -> JourneyDef | None:
    """The journey with its stages and transitions, which may stand under `journey` or beside it."""
    if not root.has("journey"):
        root.problem('"journey" is missing.')
        return None
    node = root.child("journey")
    if not node.expect(*JOURNEY_KEYS):
        return None
    node.require("name")
    journey = JourneyDef(
        code=node.code("code"),
        name=node.text("name"),
        promised_days=promised(node),
        needed_steps=node.count("needed_steps"),
        headline=node.text("headline", most=130),
        options=_options(node),
        stages=_stages(_either(root, node, "stages"), node),
    )
    journey = replace(journey, transitions=_transitions(_either(root, node, "transitions"), journey.stages))
    return _with_end(node, journey)


def _either(root: Node, journey: Node, key: str) -> list[Node]:
    """The list under `journey` or at the top level, not both."""
    if root.has(key) and journey.has(key):
        root.problem(f'"{key}" stands here and under journey: keep one of them.', key)
    return journey.entries(key) or root.entries(key)


def promised(node: Node) -> float | None:
    """promised_days: 2, or promised: 48h."""
    if node.has("promised") and node.has("promised_days"):
        node.problem("give promised_days or promised, not both.", "promised")
    if node.has("promised"):
        days = node.parsed("promised", lambda text: parse_period(text).delta.total_seconds() / DAY_SECONDS, 1.0)
        if days <= 0:
            node.problem("must be more than 0.", "promised")
            return None
        return days
    return node.positive("promised_days")


def _options(node: Node) -> dict[str, Any]:
    """What differs from the defaults: nobody, any, below_50, a gap of 5, an effect of 3, thresholds of 75, nothing."""
    options: dict[str, Any] = {
        "owner": node.text("owner", most=120),
        "service_score": node.one_of("service_score", ("any", "complete"), "any"),
        "hidden_poor": node.one_of("hidden_poor", ("below_50", "detractor"), "below_50"),
        "min_gap": _in_range(node, "min_gap"),
        "min_effect": _in_range(node, "min_effect"),
        "thresholds": _thresholds(node),
        "case_mix": _names(node, "case_mix"),
        "answer_within": _answer_within(node),
    }
    defaults: dict[str, Any] = {"service_score": "any", "hidden_poor": "below_50"}
    return {key: value for key, value in options.items() if (value and value != defaults.get(key)) or value == 0}


def _names(node: Node, key: str) -> list[str]:
    """A list of names of attributes, each once."""
    words = [each.word() for each in node.entries(key)]
    if "" in words:
        node.problem("has a blank name.", key)
    return list(dict.fromkeys(word for word in words if word))


def _answer_within(node: Node) -> dict[str, str]:
    """How soon a customer is to be answered, by channel (`other`: every other one), as written."""
    found = {}
    for channel, each in node.pairs("answer_within"):
        written = each.word()
        try:
            if parse_period(written).amount:
                found[str(channel)] = written
            else:
                each.problem("must be more than 0.")
        except ValueError as trouble:
            each.problem(str(trouble))
    return found


def _thresholds(node: Node) -> dict[str, float]:
    if not node.has("thresholds"):
        return {}
    inner = node.child("thresholds")
    if not inner.expect("service", "experience"):
        return {}
    found = {key: _in_range(inner, key) for key in ("service", "experience")}
    return {key: value for key, value in found.items() if value is not None}


def _in_range(node: Node, key: str) -> float | None:
    number = node.number(key)
    if number is not None and not 0 <= number <= 100:
        node.problem("must be from 0 to 100.", key)
        return None
    return number


def _with_end(node: Node, journey: JourneyDef) -> JourneyDef:
    """The end rule: a stage that is left, days without an event, or both."""
    if not node.has("end"):
        return journey
    end = node.child("end")
    if not end.expect("event", "stage", "inactive_days", "or_inactive_days"):
        return journey
    event = end.one_of("event", ("stage_left",), "")
    stage = end.optional_code("stage")
    days = end.count("or_inactive_days") or end.count("inactive_days")
    if event and not stage:
        end.problem('"stage" is missing: name the stage that ends the journey when it is left.')
    if stage and not event:
        end.problem('"event" is missing: write event: stage_left.')
    if stage:
        check_stage(end, "stage", stage, journey.stages)
    if not event and days is None:
        end.problem("says nothing: give event and stage, or_inactive_days, or both.")
    return replace(journey, end_event=event, end_stage=stage, inactive_days=days)


def check_stage(node: Node, key: str | None, code: str, stages: Sequence[StageDef]) -> bool:
    """Notes a stage code that is unknown, or of a wait, which is never entered."""
    known: Mapping[str, StageDef] = {stage.code: stage for stage in stages}
    if code not in known:
        node.problem(f'there is no stage "{code}"{nearest(code, known)}', key)
    elif known[code].kind == StageKind.WAIT:
        node.problem(f'"{code}" is a wait, which is never entered: name the stages on its two sides.', key)
    else:
        return True
    return False


def _stages(nodes: list[Node], journey: Node) -> tuple[StageDef, ...]:
    stages: dict[str, StageDef] = {}
    if not nodes:
        journey.problem('"stages" is missing: a journey needs at least one.')
    for node in nodes:
        stage = _stage(node) if node.expect(*STAGE_KEYS) else None
        if stage and stage.code in stages:
            node.problem(f'the stage code "{stage.code}" is there more than once.', "code")
        elif stage:
            stages[stage.code] = stage
    if nodes and not any(stage.kind != StageKind.WAIT for stage in stages.values()):
        nodes[0].problem("every stage is a wait: a journey needs a stage that customers enter.")
    return tuple(stages.values())


def _stage(node: Node) -> StageDef | None:
    code = node.code("code")
    node.require("name")
    kind = node.one_of("kind", StageKind.values, StageKind.SERVICE)
    days = promised(node)
    if days is not None and kind != StageKind.WAIT:
        node.problem("only a stage of kind wait or a transition has a promise.", _promise_key(node))
        days = None
    stage = StageDef(
        code=code,
        name=node.text("name"),
        kind=kind,
        phase=node.one_of("phase", Phase.values, Phase.PURCHASE),
        owner=node.text("owner", most=120),
        channel=node.text("channel", most=40),
        human=node.flag("human", default=kind == StageKind.SERVICE),
        optional=node.flag("optional", default=False),
        third_party=node.flag("third_party", default=False),
        promised_days=days,
    )
    return stage if code else None


def _promise_key(node: Node) -> str:
    return "promised" if node.has("promised") else "promised_days"


def _transitions(nodes: list[Node], stages: Sequence[StageDef]) -> tuple[TransitionDef, ...]:
    """Those that say something, in the journey's order."""
    order = {stage.code: place for place, stage in enumerate(stages)}
    found: dict[tuple[str, str], TransitionDef] = {}
    for node in nodes:
        transition = _transition(node, order, stages) if node.expect(*TRANSITION_KEYS) else None
        if transition is None:
            continue
        ends = (transition.from_code, transition.to_code)
        if ends in found:
            node.problem(f"the transition {ends[0]}->{ends[1]} is there more than once.")
        found[ends] = transition
    waits = waits_between(stages)
    for ends, transition in found.items():
        wait = waits.get(ends)
        if wait and transition != TransitionDef(*ends):
            node = next(each for each in nodes if (each.text("from"), each.text("to")) == ends)
            node.problem(f'the wait "{wait.code}" names and owns this transition: say it there, not twice.')
    said = (each for each in found.values() if each != TransitionDef(each.from_code, each.to_code))
    return tuple(sorted(said, key=lambda each: (order[each.from_code], order[each.to_code])))


def _transition(node: Node, order: Mapping[str, int], stages: Sequence[StageDef]) -> TransitionDef | None:
    start, end = node.code("from"), node.code("to")
    known = [check_stage(node, key, code, stages) for key, code in (("from", start), ("to", end)) if code]
    if len(known) < 2 or not all(known):
        return None
    if order[start] >= order[end]:
        node.problem(f'"{end}" does not come after "{start}" in the journey.', "to")
        return None
    return TransitionDef(start, end, node.text("name"), node.text("owner", most=120), promised(node))


def waits_between(stages: Sequence[StageDef]) -> dict[tuple[str, str], StageDef]:
    """The wait stage that lies between two stages which follow each other; of several the first."""
    found: dict[tuple[str, str], StageDef] = {}
    before: StageDef | None = None
    wait: StageDef | None = None
    for stage in stages:
        if stage.kind == StageKind.WAIT:
            wait = wait or stage
            continue
        if before and wait:
            found[before.code, stage.code] = wait
        before, wait = stage, None
    return found
