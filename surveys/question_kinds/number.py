"""A number to type: how many, how much, how long. Not a rating."""

import math
import re
from typing import ClassVar, Final

from django import forms
from django.utils.translation import gettext as _

from surveys.question_kinds.base import QuestionSpec, Raw, RawValue, common_problems, one_text, whole
from surveys.question_kinds.typed_field import TypedField

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,12}(?:[.,][0-9]{0,6})?|[.,][0-9]{1,6})")
LARGEST: Final = 1e12


class NumberField(TypedField):
    """A text box for digits; a comma counts as the decimal point."""

    def __init__(self, spec: QuestionSpec) -> None:
        super().__init__(spec, read, wanted(spec))


class Number:
    """Within min and max where given, in steps of `step` (1 unless said otherwise). No score."""

    name: ClassVar[str] = "number"
    template_name: ClassVar[str] = "surveys/questions/number.html"

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        problems = common_problems(spec)
        if spec.least is not None and spec.most is not None and spec.least > spec.most:
            problems.append(_("min must not be more than max."))
        if any(abs(end) > LARGEST for end in (spec.least, spec.most) if end is not None):
            problems.append(_("min and max can have at most 12 digits."))
        if spec.step is not None and not 0.000001 <= spec.step <= LARGEST:
            problems.append(_("step must be more than 0."))
        return problems

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        return NumberField(spec)

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        text = one_text(raw)
        return RawValue(number=read(text, spec)) if text else RawValue()

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        return None

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        return "" if value.number is None else plain(value.number)


def read(text: str, spec: QuestionSpec) -> float | None:
    """The number that a text means; ValueError says which numbers are wanted. None for a blank."""
    if not text.strip():
        return None
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError(wanted(spec))
    number = float(text.strip().replace(",", "."))
    if (spec.least is not None and number < spec.least) or (spec.most is not None and number > spec.most):
        raise ValueError(wanted(spec))
    step = spec.step or 1.0
    steps = (number - (spec.least or 0.0)) / step
    if not math.isclose(steps, round(steps), abs_tol=1e-6):
        raise ValueError(wanted(spec))
    return number


def wanted(spec: QuestionSpec) -> str:
    """Which numbers can be given, in a sentence."""
    names = {"low": _shown(spec.least), "high": _shown(spec.most), "step": _shown(spec.step)}
    if spec.step is not None and spec.step != 1:
        if spec.least is not None and spec.most is not None:
            return _("Write a number from %(low)s to %(high)s, in steps of %(step)s") % names
        return _("Write a number in steps of %(step)s") % names
    if spec.least is not None and spec.most is not None:
        return _("Write a whole number from %(low)s to %(high)s") % names
    if spec.least is not None:
        return _("Write a whole number of %(low)s or more") % names
    if spec.most is not None:
        return _("Write a whole number of %(high)s or less") % names
    return _("Write a whole number")


def _shown(number: float | None) -> str:
    return "" if number is None else plain(number)


def plain(number: float) -> str:
    """Digits as people write them, never 1e-05."""
    return whole(number) if number == int(number) else f"{number:.6f}".rstrip("0")
