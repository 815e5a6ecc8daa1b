"""Conditions as a browser can evaluate them for one page: what is known already is settled, the rest is a small tree.

A tree is True, False or a list: ["&", tree, …], ["|", tree, …], ["!", tree], or one of these comparisons:

    [name, values]                            one of these values is chosen
    [name, ones, many, least, most, alone]    boxes: the only one ticked is in `ones`, or one of several is in `many`
    [name, what, op, wanted, low, high, step] typed: what n, d or t; op ? (given), = (in), ~ (holds), <, <=, >, >=

The comparisons themselves are those of `conditions`, asked here for every value that can be chosen, so that the script
repeats no rule of ours. The server decides: what cannot be foreseen exactly is not mirrored (`NotMirrored`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from surveys.logic.conditions import (
    DAY,
    MAX_DEPTH,
    ORDERED,
    WITHOUT_VALUE,
    Answers,
    Condition,
    as_list,
    compare,
    comparisons,
    holds,
    number_of,
    subject,
    word_of,
)
from surveys.logic.context import Context
from surveys.question_kinds import RawValue
from surveys.question_kinds.inputs import Inputs, OneOf, Several, Typed

Tree = Any
SIGNS: Final = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
NEVER: Final = {"ne": "eq", "not_in": "in"}


class NotMirrored(ValueError):
    """The condition looks at something that only the server can read."""


def mirrored(
    condition: Condition | None,
    live: Mapping[str, Inputs | None],
    answers: Answers,
    context: Context,
    depth: int = 0,
) -> Tree:
    """The tree. `live` are the inputs of the page by name, None where nobody can foresee what they are read as."""
    if not condition:
        return True
    if depth > MAX_DEPTH:
        return False
    if "all" in condition:
        return _all([mirrored(each, live, answers, context, depth + 1) for each in condition["all"]])
    if "any" in condition:
        return _any([mirrored(each, live, answers, context, depth + 1) for each in condition["any"]])
    if "not" in condition:
        return _not(mirrored(condition["not"], live, answers, context, depth + 1))
    return _leaf(condition, live, answers, context)


def _all(trees: Sequence[Tree]) -> Tree:
    rest = [each for each in trees if each is not True]
    if False in rest:
        return False
    return rest[0] if len(rest) == 1 else ["&", *rest] if rest else True


def _any(trees: Sequence[Tree]) -> Tree:
    rest = [each for each in trees if each is not False]
    if True in rest:
        return True
    return rest[0] if len(rest) == 1 else ["|", *rest] if rest else False


def _not(tree: Tree) -> Tree:
    return not tree if isinstance(tree, bool) else ["!", tree]


def _leaf(leaf: Condition, live: Mapping[str, Inputs | None], answers: Answers, context: Context) -> Tree:
    source, name = subject(leaf)
    names = [each for each in live if each == name or each.startswith(f"{name}.")] if source == "question" else []
    if not names:
        return holds(leaf, answers, context)
    trees = []
    for operator, wanted in comparisons(leaf):
        if operator in WITHOUT_VALUE:
            given = _any([_given(each, live[each]) for each in names])
            trees.append(given if operator == "answered" else _not(given))
        elif names == [name]:
            trees.append(_compared(name, live[name], operator, wanted))
        else:
            raise NotMirrored
    return _all(trees)


def _given(name: str, inputs: Inputs | None) -> Tree:
    """Whether anything is answered there."""
    match inputs:
        case OneOf():
            return [name, [value for value, _read in inputs.values]]
        case Several():
            return [name, inputs.codes, inputs.codes, inputs.least, inputs.most, inputs.alone]
        case Typed():
            return [name, inputs.what, "?", 0, inputs.low, inputs.high, inputs.step]
    raise NotMirrored


def _compared(name: str, inputs: Inputs | None, operator: str, wanted: Any) -> Tree:
    if operator in NEVER:  # an answer, and another one
        return _all([_given(name, inputs), _not(_compared(name, inputs, NEVER[operator], wanted))])
    match inputs:
        case OneOf():
            return [name, [value for value, read in inputs.values if compare(operator, wanted, (read,))]]
        case Several():
            ones = [code for code in inputs.codes if compare(operator, wanted, (RawValue(choices=(code,)),))]
            many = [code for code in inputs.codes if compare(operator, wanted, (RawValue(choices=(code, "")),))]
            return [name, ones, many, inputs.least, inputs.most, inputs.alone]
        case Typed():
            return _typed(name, inputs, operator, wanted)
    raise NotMirrored


def _typed(name: str, inputs: Typed, operator: str, wanted: Any) -> Tree:
    ends = [inputs.low, inputs.high, inputs.step]
    if operator in ORDERED:
        other = _end(inputs, wanted)
        return False if other is None else [name, inputs.what, SIGNS[operator], other, *ends]
    if inputs.what == "n":
        found: list[Any] = [number for each in as_list(wanted) if (number := number_of(each)) is not None]
    else:
        words = [word_of(each) for each in as_list(wanted)]
        found = words if inputs.what == "d" else [word.casefold() for word in words if word]
    part = operator == "contains" and inputs.what == "t"
    return [name, inputs.what, "~" if part else "=", found, *ends]


def _end(inputs: Typed, wanted: Any) -> float | str | None:
    """What a typed answer is held against; None where the two have no order."""
    if inputs.what == "n":
        return number_of(wanted)
    return wanted if inputs.what == "d" and isinstance(wanted, str) and DAY.fullmatch(wanted) else None
