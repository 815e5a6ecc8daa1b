"""A rating on any scale of whole numbers; reversed where a low number is good."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _

from surveys.question_kinds.base import QuestionSpec, range_message
from surveys.question_kinds.points import MAX_BUTTONS, Points


class Scale(Points):
    """Up to 11 points are buttons; longer scales (0-100 in other people's files) are a number to type."""

    name: ClassVar[str] = "scale"
    most: ClassVar[int] = 101
    may_reverse: ClassVar[bool] = True

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        problems = super().validate_spec(spec)
        if spec.scale_min is None or spec.scale_max is None:
            problems.append(_("Give the lowest and the highest value of the scale."))
        return problems

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        low, high = self.ends(spec)
        if high - low < MAX_BUTTONS:
            return super().form_field(spec)
        message = range_message(low, high)
        keys = ("required", "invalid", "min_value", "max_value")
        return forms.IntegerField(
            min_value=low,
            max_value=high,
            required=spec.required,
            label=spec.text,
            help_text=spec.help,
            error_messages=dict.fromkeys(keys, message),
        )
