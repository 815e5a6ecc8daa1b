"""What the kinds on a scale of whole numbers share: NPS, CSAT, CES and free scales."""

from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _

from surveys.question_kinds.base import (
    QuestionSpec,
    Raw,
    RawValue,
    common_problems,
    parse_whole,
    pomp,
    range_message,
    whole,
)

MAX_BUTTONS = 11


@dataclass(frozen=True)
class Points:
    """A question answered by one whole number between two ends."""

    name: ClassVar[str] = ""
    default: ClassVar[tuple[int, int]] = (1, 5)
    fewest: ClassVar[int] = 2
    most: ClassVar[int] = MAX_BUTTONS
    may_reverse: ClassVar[bool] = False
    field: ClassVar[type[forms.ChoiceField]] = forms.ChoiceField

    @property
    def template_name(self) -> str:
        return f"surveys/questions/{self.name}.html"

    def ends(self, spec: QuestionSpec) -> tuple[int, int]:
        """Lowest and highest value: as given, else the kind's own."""
        low = self.default[0] if spec.scale_min is None else spec.scale_min
        return low, self.default[1] if spec.scale_max is None else spec.scale_max

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        low, high = self.ends(spec)
        problems = common_problems(spec, scale=True)
        if not self.fits(low, high):
            problems.append(self.points_problem(low, high))
        if spec.reversed and not self.may_reverse:
            problems.append(_('A question of kind "%(kind)s" cannot be reversed: use "scale".') % {"kind": self.name})
        if bool(spec.low.strip()) != bool(spec.high.strip()):
            problems.append(_("Label both ends of the scale in words, or neither."))
        return problems

    def fits(self, low: int, high: int) -> bool:
        return self.fewest <= high - low + 1 <= self.most

    def points_problem(self, low: int, high: int) -> str:
        sizes = {"low": low, "high": high, "fewest": self.fewest, "most": self.most}
        return _("The scale from %(low)s to %(high)s must have %(fewest)s to %(most)s points.") % sizes

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        low, high = self.ends(spec)
        message = range_message(low, high)
        errors = {"required": message, "invalid_choice": message}
        numbers = [(str(number), str(number)) for number in range(low, high + 1)]
        return self.field(
            choices=numbers,
            widget=forms.RadioSelect,
            required=spec.required,
            label=spec.text,
            help_text=spec.help,
            error_messages=errors,
        )

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        return parse_whole(raw, *self.ends(spec))

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        if value.number is None:
            return None
        return pomp(value.number, *self.ends(spec), low_is_good=spec.reversed)

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        return "" if value.number is None else whole(value.number)


class FixedPoints(Points):
    """A standard question whose scale is part of its name."""

    def fits(self, low: int, high: int) -> bool:
        return (low, high) == self.default
