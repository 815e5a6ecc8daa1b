"""The key `when` of a rule: what makes its asks due."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from cxsurvey.lib.periods import parse_period
from surveys.enums import Initiator, RunOutcome, Trigger
from surveys.policy.due import ENTERED, LEFT
from surveys.programme.journeys import check_stage
from surveys.programme.nodes import Node, nearest
from surveys.programme.periods import write_period
from surveys.programme.schema import Document, JourneyDef, SurveyDef

OUTCOMES: Final = (RunOutcome.COMPLETED, RunOutcome.ABANDONED)
CONTACT: Final = ("channel", "team", "reason", "initiator")  # what a contact can be asked by, beside its stage
ATTRIBUTE: Final = "attr."
MOST_TIMES: Final = 100.0


def parse_when(node: Node, journey: JourneyDef, survey: SurveyDef | None) -> tuple[Trigger, Document] | None:
    """One of interaction, stage, run, wait, every (with spread), manual; the trigger and its conditions."""
    readers: dict[str, tuple[Trigger, Callable[[], Document]]] = {
        "interaction": (Trigger.INTERACTION, lambda: _interaction(node, journey, survey)),
        "stage": (Trigger.STAGE, lambda: _stage(node, journey, survey)),
        "run": (Trigger.RUN, lambda: _run(node)),
        "wait": (Trigger.WAIT, lambda: _wait(node, journey)),
        "every": (Trigger.CLOCK, lambda: _clock(node)),
        "manual": (Trigger.MANUAL, lambda: _manual(node)),
    }
    if not node.expect(*readers, "spread"):
        return None
    given = [key for key in readers if key in node.value]
    if len(given) != 1:
        node.problem(f"needs exactly one of {', '.join(readers)}.")
        return None
    if "spread" in node.value and given != ["every"]:
        node.problem("spread belongs to every.", "spread")
    trigger, read = readers[given[0]]
    return trigger, read()


def _interaction(node: Node, journey: JourneyDef, survey: SurveyDef | None) -> Document:
    """Conditions on the contact; a touchpoint survey's stage goes without saying."""
    own = survey.stage if survey else ""
    conditions: Document = {"stage": own} if own else {}
    inner = node.child("interaction")
    if inner.value is None or not isinstance(inner.value, dict):
        if inner.value is not None:
            inner.expect()
        return conditions
    attributes = [key for key in inner.value if key.startswith(ATTRIBUTE) and len(key) > len(ATTRIBUTE)]
    if not inner.expect("stage", *CONTACT, "resolved", *attributes):
        return conditions
    stage = inner.optional_code("stage")
    if stage and check_stage(inner, "stage", stage, journey.stages):
        conditions["stage"] = stage
        _only_own(inner, "stage", stage, own)
    for key in (*CONTACT, *sorted(attributes)):
        if inner.has(key) and (wanted := _wanted(inner, key)):
            conditions[key] = wanted
    if inner.has("initiator"):
        inner.one_of("initiator", Initiator.values, Initiator.CUSTOMER)
    if inner.has("resolved"):
        conditions["resolved"] = inner.flag("resolved", default=True)
    return conditions


def _wanted(node: Node, key: str) -> str | list[str]:
    """One value, or the list of those that will do."""
    words = [item.word() for item in node.entries(key)]
    return words if isinstance(node.value[key], list) else words[0]


def _stage(node: Node, journey: JourneyDef, survey: SurveyDef | None) -> Document:
    """`entered` or `left`, with the stage's code."""
    inner = node.child("stage")
    if not inner.expect(ENTERED, LEFT):
        return {}
    given = [key for key in (ENTERED, LEFT) if key in inner.value]
    if len(given) != 1:
        inner.problem(f"needs exactly one of {ENTERED}, {LEFT}, with the code of a stage.")
        return {}
    code = inner.code(given[0])
    if code and check_stage(inner, given[0], code, journey.stages):
        _only_own(inner, given[0], code, survey.stage if survey else "")
    return {"stage": code, "passage": given[0]}


def _run(node: Node) -> Document:
    words = [item.word() for item in node.entries("run")] or list(OUTCOMES)
    for word in words:
        if word not in OUTCOMES:
            node.problem(f'"{word}" is none of {", ".join(OUTCOMES)}{nearest(word, OUTCOMES)}', "run")
    return {"outcomes": [str(outcome) for outcome in OUTCOMES if outcome in words]}


def _wait(node: Node, journey: JourneyDef) -> Document:
    """The stage before the wait, the one after it if it matters, and how many times the promise must have gone by."""
    inner = node.child("wait")
    if not inner.expect("from", "to", "times"):
        return {}
    conditions: Document = {}
    for key, name in (("from", "stage"), ("to", "to_stage")):
        code = inner.code(key) if key == "from" else inner.optional_code(key)
        if code and check_stage(inner, key, code, journey.stages):
            conditions[name] = code
    times = inner.positive("times")
    if times is not None and times > MOST_TIMES:
        inner.problem(f"must be at most {MOST_TIMES:.0f}.", "times")
    return conditions | ({"times": times} if times not in (None, 1.0) else {})


def _clock(node: Node) -> Document:
    every = node.parsed("every", lambda text: parse_period(text).delta, timedelta(days=180))
    if every < timedelta(days=1):
        node.problem("must be a day or more.", "every")
    return {"every": write_period(every), "spread": node.flag("spread", default=True)}


def _manual(node: Node) -> Document:
    if not node.flag("manual", default=True):
        node.problem("must be true: asks then come from a list, by hand or by the API.", "manual")
    return {}


def _only_own(node: Node, key: str, stage: str, own: str) -> None:
    if own and own != stage:
        node.problem(f'the survey is about the stage "{own}", not "{stage}".', key)


def write_when(trigger: str, conditions: Document, own: str) -> dict[str, Any]:
    """The conditions as a file writes them; `own` is the stage of a touchpoint survey, which need not be said."""
    if trigger == Trigger.RUN:
        return {"run": list(conditions["outcomes"])}
    if trigger == Trigger.CLOCK:
        return {"every": conditions["every"], **({} if conditions.get("spread", True) else {"spread": False})}
    if trigger == Trigger.MANUAL:
        return {"manual": True}
    if trigger == Trigger.STAGE:
        return {"stage": {conditions["passage"]: conditions["stage"]}}
    if trigger == Trigger.WAIT:
        names = {"from": "stage", "to": "to_stage", "times": "times"}
        return {"wait": {key: conditions[name] for key, name in names.items() if name in conditions}}
    said = {key: value for key, value in conditions.items() if (key, value) != ("stage", own)}
    attributes = sorted(key for key in said if key.startswith(ATTRIBUTE))
    order = ("stage", *CONTACT, "resolved", *attributes)
    return {"interaction": {key: said[key] for key in order if key in said}}
