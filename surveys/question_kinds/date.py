"""A day."""

import datetime
from typing import ClassVar

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from surveys.question_kinds.base import QuestionSpec, Raw, RawValue, common_problems, one_text
from surveys.question_kinds.typed_field import TypedField


class DateField(TypedField):
    """The browser's own field for a day, which sends YYYY-MM-DD whatever it shows."""

    widget = forms.DateInput(attrs={"type": "date"})

    def __init__(self, spec: QuestionSpec) -> None:
        super().__init__(spec, read, wanted(spec))


class Date:
    """Kept as a choice written YYYY-MM-DD, so that it is neither a rating nor words to be scored."""

    name: ClassVar[str] = "date"
    template_name: ClassVar[str] = "surveys/questions/date.html"

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        problems = common_problems(spec)
        if any(day and as_day(day) is None for day in (spec.first_day, spec.last_day)):
            problems.append(_("min and max of a date are days such as 2026-03-01."))
        elif spec.first_day and spec.last_day and spec.first_day > spec.last_day:
            problems.append(_("min must not be after max."))
        return problems

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        return DateField(spec)

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        text = one_text(raw)
        return RawValue(choices=(read(text, spec),)) if text else RawValue()

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        return None

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        return ";".join(value.choices)

    def words(self, value: RawValue) -> str:
        """The day as people write it in the language in force."""
        return _shown("".join(value.choices))


def as_day(text: str) -> datetime.date | None:
    """The day written YYYY-MM-DD; None for anything else."""
    try:
        return datetime.date.fromisoformat(text) if len(text) == 10 and text.isascii() else None
    except ValueError:
        return None


def read(text: str, spec: QuestionSpec) -> str:
    """The day in the one form that is kept; ValueError says which days are wanted. Blank for a blank."""
    text = text.strip()
    if not text:
        return ""
    day = as_day(text)
    if day is None or day.isoformat() != text:
        raise ValueError(wanted(spec))
    if (spec.first_day and text < spec.first_day) or (spec.last_day and text > spec.last_day):
        raise ValueError(wanted(spec))
    return text


def wanted(spec: QuestionSpec) -> str:
    """Which days can be given, in a sentence."""
    names = {"first": _shown(spec.first_day), "last": _shown(spec.last_day)}
    if names["first"] and names["last"]:
        return _("Choose a day from %(first)s to %(last)s") % names
    if names["first"]:
        return _("Choose %(first)s or a later day") % names
    if names["last"]:
        return _("Choose %(last)s or an earlier day") % names
    return _("Write the day as year, month and day, such as 2026-03-01")


def _shown(text: str) -> str:
    day = as_day(text)
    return date_format(day, "DATE_FORMAT") if day else ""
