"""Conditions: trees of all, any and not over comparisons with an answer or a value that is known beforehand.

A comparison with something absent (not answered, not shown, unknown) is false, whatever the operator; only
`not_answered` is true then. So `ne` and `not_in` want an answer; `not: {…}` does not.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from surveys.logic.context import Context, Value
from surveys.question_kinds import RawValue

Condition = Mapping[str, Any]
Answers = Mapping[str, RawValue]

OPERATORS: Final = (
    *("eq", "ne", "lt", "le", "gt", "ge", "in", "not_in"),
    *("answered", "not_answered", "contains"),
)
WITHOUT_VALUE: Final = ("answered", "not_answered")
ORDERED: Final = ("lt", "le", "gt", "ge")
GROUPS: Final = ("all", "any", "not")
SOURCES: Final = ("question", "customer", "interaction", "hidden", "run")
SHORT: Final = {"is": "eq", "at_least": "ge", "at_most": "le"}  # `in` is the same in both forms
MAX_DEPTH: Final = 20

DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS: Final = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}


def holds(condition: Condition | None, answers: Answers, context: Context) -> bool:
    """Whether a condition is true; none at all is true."""
    return condition is None or not condition or _holds(condition, answers, context, 0)


def _holds(condition: Condition, answers: Answers, context: Context, depth: int) -> bool:
    if depth > MAX_DEPTH:  # refused by the check; here only kept from running away
        return False
    if "all" in condition:
        return all(_holds(each, answers, context, depth + 1) for each in condition["all"])
    if "any" in condition:
        return any(_holds(each, answers, context, depth + 1) for each in condition["any"])
    if "not" in condition:
        return not _holds(condition["not"], answers, context, depth + 1)
    source, name = subject(condition)
    facts = facts_of(source, name, answers, context)
    return all(compare(operator, value, facts) for operator, value in comparisons(condition))


def leaves(condition: Condition | None, depth: int = 0) -> Iterator[Condition]:
    """Every comparison of a tree."""
    if not isinstance(condition, Mapping) or depth > MAX_DEPTH:
        return
    for group in ("all", "any"):
        for each in condition.get(group) or () if isinstance(condition.get(group), list) else ():
            yield from leaves(each, depth + 1)
    if "not" in condition:
        yield from leaves(condition["not"], depth + 1)
    if not set(GROUPS) & set(condition) and condition:
        yield condition


def subject(leaf: Condition) -> tuple[str, str]:
    """What a comparison looks at: (source, name); blank where it names nothing known."""
    for source in SOURCES:
        if source in leaf:
            return source, str(leaf[source])
    return "", ""


def comparisons(leaf: Condition) -> list[tuple[str, Any]]:
    """Operator and value of a comparison, from {op, value} or the short forms {is, in, at_least, at_most}."""
    if "op" in leaf:
        return [(str(leaf["op"]), leaf.get("value"))]
    return [(SHORT.get(key, key), leaf[key]) for key in ("is", "in", "at_least", "at_most") if key in leaf]


def facts_of(source: str, name: str, answers: Answers, context: Context) -> tuple[RawValue, ...]:
    """What a comparison sees: one value, none where it is absent, several for a battery named as a whole."""
    if source == "question":
        found = [answers[name]] if name in answers else []
        found += [value for code, value in answers.items() if code.startswith(f"{name}.")]
        return tuple(value for value in found if not value.is_blank)
    value = context.value(source, name)
    return () if value is None else (as_raw(value),)


def as_raw(value: Value) -> RawValue:
    """A known value as if it had been answered: numbers as numbers, the rest as one chosen word."""
    if isinstance(value, bool):
        return RawValue(number=float(value))
    if isinstance(value, int | float):
        return RawValue(number=float(value))
    return RawValue(choices=(str(value),)) if value else RawValue()


def compare(operator: str, wanted: Any, facts: tuple[RawValue, ...]) -> bool:
    """One comparison; several facts (a whole battery) can only be answered or not."""
    if operator in WITHOUT_VALUE:
        return bool(facts) is (operator == "answered")
    if len(facts) != 1:
        return False
    fact = facts[0]
    if operator in ORDERED:
        return _ordered(operator, fact, wanted)
    if operator in ("eq", "in", "contains"):
        return any(_is(fact, each, part=operator == "contains") for each in as_list(wanted))
    if operator in ("ne", "not_in"):
        return not any(_is(fact, each, part=False) for each in as_list(wanted))
    return False


def as_list(wanted: Any) -> list[Any]:
    return list(wanted) if isinstance(wanted, list | tuple) else [wanted]


def _is(fact: RawValue, wanted: Any, *, part: bool) -> bool:
    """Whether this was answered: the same number, one of the chosen codes, or the same words (or a part of them)."""
    if fact.number is not None:
        number = number_of(wanted)
        return number is not None and number == fact.number
    word = word_of(wanted)
    if fact.choices and word in fact.choices:
        return True
    if len(fact.choices) == 1 and not isinstance(wanted, bool):
        mine, other = number_of(fact.choices[0]), number_of(wanted)
        if mine is not None and mine == other and fact.choices[0].casefold() not in _WORDS:
            return True
    text = "" if fact.choices else fact.text.strip().casefold()
    return bool(text and word) and (word.casefold() in text if part else word.casefold() == text)


def _ordered(operator: str, fact: RawValue, wanted: Any) -> bool:
    ends = _days(fact, wanted) or _numbers(fact, wanted)
    if ends is None:
        return False
    mine, other = ends
    return {"lt": mine < other, "le": mine <= other, "gt": mine > other, "ge": mine >= other}[operator]


def _days(fact: RawValue, wanted: Any) -> tuple[float, float] | None:
    """Both as days written YYYY-MM-DD, as numbers that sort alike."""
    mine = fact.choices[0] if len(fact.choices) == 1 else ""
    if DAY.fullmatch(mine) and isinstance(wanted, str) and DAY.fullmatch(wanted):
        return float(mine.replace("-", "")), float(wanted.replace("-", ""))
    return None


def _numbers(fact: RawValue, wanted: Any) -> tuple[float, float] | None:
    mine = fact.number if fact.number is not None else number_of(fact.choices[0]) if len(fact.choices) == 1 else None
    other = number_of(wanted)
    return None if mine is None or other is None else (mine, other)


def number_of(wanted: Any) -> float | None:
    """A value of a condition as a number; yes and no are 1 and 0."""
    if isinstance(wanted, bool):
        return float(wanted)
    if isinstance(wanted, int | float):
        return float(wanted)
    word = str(wanted).strip().casefold()
    if word in _WORDS:
        return _WORDS[word]
    try:
        number = float(word)
    except ValueError:
        return None
    return number if math.isfinite(number) and re.fullmatch(r"[+-]?[0-9.]+", word) else None


def word_of(wanted: Any) -> str:
    """A value of a condition as the word it is written with."""
    if isinstance(wanted, bool):
        return "yes" if wanted else "no"
    if isinstance(wanted, float) and wanted == int(wanted):
        return str(int(wanted))
    return str(wanted)
