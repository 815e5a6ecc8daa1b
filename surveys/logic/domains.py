"""For the check of a document: every value that could make a difference to its conditions.

A finite set of stand-ins for each thing that conditions look at, so that whatever a customer answers, some stand-in
makes exactly the same comparisons true. None stands for an absent value.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import Any, Final

from surveys.logic.conditions import (
    WITHOUT_VALUE,
    Condition,
    as_list,
    comparisons,
    number_of,
    subject,
    word_of,
)
from surveys.logic.document import Document, Question, choice_codes, keys_of, questions
from surveys.question_kinds import RawValue

Key = tuple[str, str]  # (source, name)
Standin = RawValue | None

OPAQUE: Final[tuple[Standin, ...]] = ()  # too many sorts of values: such a condition may hold or not
MOST_CODES: Final = 5  # of several choices that conditions look at together
ENDS: Final = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "agreement": (1, 5), "repeated_myself": (1, 5)}
ELSE: Final = "\u2023something else"


def domains(document: Document, leaves: Iterable[Condition]) -> dict[Key, tuple[Standin, ...]]:
    """Stand-ins for everything that these comparisons look at."""
    asked: dict[str, Question] = {}
    for question in questions(document):
        asked.update(dict.fromkeys(keys_of(question), question))
    compared: dict[Key, list[tuple[str, Any]]] = {}
    for leaf in leaves:
        compared.setdefault(subject(leaf), []).extend(comparisons(leaf))
    return {key: _standins(key, uses, asked) for key, uses in compared.items()}


def _standins(key: Key, uses: Sequence[tuple[str, Any]], asked: Mapping[str, Question]) -> tuple[Standin, ...]:
    source, name = key
    wanted = [value for operator, uses_of in uses for value in as_list(uses_of) if operator not in WITHOUT_VALUE]
    if source == "question" and name in asked:
        found = _of_question(asked[name], uses, wanted)
    elif source == "question":
        found = (RawValue(number=1.0),)  # a battery as a whole: answered or not is all that can be asked
    else:
        found = _of_words(uses, wanted)
    return (None, *found) if found else OPAQUE


def _of_question(question: Question, uses: Sequence[tuple[str, Any]], wanted: Sequence[Any]) -> tuple[RawValue, ...]:
    kind = str(question.get("kind"))
    if kind in ("yes_no", "consent", "between_steps"):
        return (RawValue(number=0.0), RawValue(number=1.0))
    if kind == "service_quality" or kind in ENDS or (kind in ("scale", "matrix") and question.get("scale")):
        return _points(question, ENDS.get(kind, (1, 5)))
    if kind in ("single", "matrix"):
        return tuple(RawValue(choices=(code,)) for code in choice_codes(question.get("choices")))
    readers = {"number": _numbers, "multi": _several, "feelings": _several, "date": _days}
    if kind in readers:
        return readers[kind](question, wanted)
    return _of_words(uses, wanted) if kind == "hidden" else _of_text(uses)


def _points(question: Question, usual: tuple[int, int]) -> tuple[RawValue, ...]:
    low, high = question.get("scale") or usual
    if not 0 < int(high) - int(low) <= 1000:
        return ()
    return tuple(RawValue(number=float(point)) for point in range(int(low), int(high) + 1))


def _several(question: Question, wanted: Sequence[Any]) -> tuple[RawValue, ...]:
    """Every set of the codes that are looked at, and one other code to stand for the rest."""
    offered = choice_codes(question.get("choices"))
    looked_at = [code for code in dict.fromkeys(word_of(value) for value in wanted) if code in offered or not offered]
    if len(looked_at) > MOST_CODES:
        return ()
    others = [code for code in offered if code not in looked_at][:1] or [ELSE]
    codes = [*looked_at, *others]
    sets = (each for size in range(1, len(codes) + 1) for each in combinations(codes, size))
    return tuple(RawValue(choices=each) for each in sets)


def _numbers(question: Question, wanted: Sequence[Any]) -> tuple[RawValue, ...]:
    low, high = number_of(question.get("min", "")), number_of(question.get("max", ""))
    bounds = [end for end in (low, high) if end is not None]
    points = _around([*bounds, *(number for number in map(number_of, wanted) if number is not None)])
    inside = [each for each in points if (low is None or each >= low) and (high is None or each <= high)]
    return tuple(RawValue(number=point) for point in inside)


def _around(numbers: Iterable[float]) -> list[float]:
    """The numbers, one between each two, one below and one above all."""
    ordered = sorted(set(numbers)) or [0.0]
    between = [(low + high) / 2 for low, high in pairwise(ordered)]
    return sorted({*ordered, *between, ordered[0] - 1, ordered[-1] + 1})


def _days(question: Question, wanted: Sequence[Any]) -> tuple[RawValue, ...]:
    bounds = [day for day in (_day(question.get("min")), _day(question.get("max"))) if day]
    named = [day for day in map(_day, wanted) if day]
    low, high = _day(question.get("min")), _day(question.get("max"))
    near = {day + timedelta(days=step) for day in [*bounds, *named] or [date(2000, 1, 1)] for step in (-1, 0, 1)}
    inside = sorted(day for day in near if (not low or day >= low) and (not high or day <= high))
    return tuple(RawValue(choices=(day.isoformat(),)) for day in inside)


def _day(value: Any) -> date | None:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return day if day and date(2, 1, 1) <= day <= date(9998, 1, 1) else None


def _of_words(uses: Sequence[tuple[str, Any]], wanted: Sequence[Any]) -> tuple[RawValue, ...]:
    """Words and numbers from outside: each that is named, others, and numbers between them."""
    if any(operator == "contains" for operator, _value in uses):
        return ()
    words = [RawValue(choices=(word_of(value),)) for value in wanted]
    numbers = [number for number in map(number_of, wanted) if number is not None]
    days = [day for day in map(_day, wanted) if day]
    near = {day + timedelta(days=step) for day in days for step in (-1, 0, 1)}
    return (
        *dict.fromkeys(words),
        RawValue(choices=(ELSE,)),
        *(RawValue(number=point) for point in _around(numbers)),
        *(RawValue(choices=(day.isoformat(),)) for day in sorted(near)),
    )


def _of_text(uses: Sequence[tuple[str, Any]]) -> tuple[RawValue, ...]:
    """Typed words: whether there are any is all that can be foreseen."""
    if all(operator in WITHOUT_VALUE for operator, _value in uses):
        return (RawValue(text=ELSE),)
    return ()
