"""The key outcomes of a programme file; its rows live in the listening half."""

from datetime import date
from typing import Final

from surveys.programme.nodes import Node
from surveys.programme.schema import OutcomeDef, TargetDef

OUTCOME_KEYS: Final = ("code", "statement", "measure", "level", "targets")
TARGET_KEYS: Final = ("value", "due", "baseline", "baseline_lo", "baseline_hi", "baseline_from", "baseline_to")
LEVELS: Final = ("service", "experience")


def parse_outcomes(root: Node) -> tuple[OutcomeDef, ...]:
    """Outcomes by code."""
    found: dict[str, OutcomeDef] = {}
    for node in root.entries("outcomes"):
        outcome = _outcome(node) if node.expect(*OUTCOME_KEYS) else None
        if outcome and outcome.code in found:
            node.problem(f'the outcome code "{outcome.code}" is there more than once.', "code")
        elif outcome:
            found[outcome.code] = outcome
    return tuple(found[code] for code in sorted(found))


def _outcome(node: Node) -> OutcomeDef | None:
    node.require("statement", "measure", "level")
    code = node.code("code")
    targets = [_target(item) for item in node.entries("targets") if item.expect(*TARGET_KEYS)]
    known = sorted((each for each in targets if each), key=lambda target: (target.due, target.value))
    return (
        OutcomeDef(
            code=code,
            statement=node.text("statement", most=1000),
            measure=node.text("measure", most=60),
            level=node.one_of("level", LEVELS, "experience"),
            targets=tuple(known),
        )
        if code
        else None
    )


def _target(node: Node) -> TargetDef | None:
    node.require("value", "baseline")
    value, baseline = node.number("value"), node.number("baseline")
    days = {key: node.day(key) for key in ("due", "baseline_from", "baseline_to")}
    if value is None or baseline is None or None in days.values():
        return None
    known: dict[str, date] = {key: day for key, day in days.items() if day is not None}
    if known["baseline_to"] < known["baseline_from"]:
        node.problem("must not be before baseline_from.", "baseline_to")
    return TargetDef(
        value=value,
        baseline=baseline,
        baseline_lo=node.number("baseline_lo"),
        baseline_hi=node.number("baseline_hi"),
        **known,
    )
