"""How a browser can read the inputs of a question, so as to foresee what the server will make of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from django import forms

from surveys.question_kinds.base import QuestionSpec, RawValue
from surveys.question_kinds.consent import ConsentField
from surveys.question_kinds.date import DateField
from surveys.question_kinds.feelings import MOST, AtMostTwo
from surveys.question_kinds.multi import Boxes
from surveys.question_kinds.number import NumberField
from surveys.question_kinds.registry import kind, read, rows_of
from surveys.question_kinds.text import Text


@dataclass(frozen=True)
class OneOf:
    """Radio buttons or one box: every value that can be posted, and what it is read as."""

    values: tuple[tuple[str, RawValue], ...]


@dataclass(frozen=True)
class Several:
    """Check boxes. Fewer than least, more than most, or an exclusive one with others cannot be read."""

    codes: tuple[str, ...]
    least: int = 0
    most: int = 1_000
    alone: tuple[str, ...] = ()


@dataclass(frozen=True)
class Typed:
    """A number ("n"), a day ("d") or words ("t"), with its ends where it has any; step of numbers only."""

    what: str
    low: float | str | None = None
    high: float | str | None = None
    step: float = 1.0


Inputs = OneOf | Several | Typed


def inputs_of(spec: QuestionSpec) -> dict[str, Inputs]:
    """By the names of the inputs; none for kinds whose reading is more than a browser should repeat."""
    found = {row.code: _inputs(row) for row in rows_of(spec)}
    return {code: each for code, each in found.items() if each is not None}


def _inputs(spec: QuestionSpec) -> Inputs | None:
    field = kind(spec.kind).form_field(spec)
    found: Inputs | None = None
    if isinstance(field, Boxes | AtMostTwo):
        least, most = (int(spec.least or 0), int(spec.most or 1_000)) if isinstance(field, Boxes) else (0, MOST)
        found = Several(_codes(field), least, most, spec.exclusive)
    elif isinstance(field, forms.ChoiceField):
        found = OneOf(tuple((code, read(code, spec)[spec.code]) for code in _codes(field)))
    elif isinstance(field, ConsentField):
        found = OneOf((("on", RawValue(number=1.0)),))
    elif isinstance(field, NumberField):
        found = Typed("n", spec.least, spec.most, spec.step or 1.0)
    elif isinstance(field, DateField):
        found = Typed("d", spec.first_day or None, spec.last_day or None)
    elif spec.kind == Text.name:
        found = Typed("t")
    return found


def _codes(field: forms.ChoiceField) -> tuple[str, ...]:
    return tuple(str(code) for code, _label in cast("Iterable[tuple[str, str]]", field.choices))
