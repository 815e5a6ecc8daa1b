"""Any number of several choices."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _

from surveys.question_kinds.base import QuestionSpec, Raw, RawValue, choice_problems, common_problems
from surveys.question_kinds.options import find_codes


class Multi:
    """Check boxes. Codes are nominal: no score."""

    name: ClassVar[str] = "multi"
    template_name: ClassVar[str] = "surveys/questions/multi.html"

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        return common_problems(spec, choices=True) + choice_problems(spec)

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        return forms.MultipleChoiceField(
            choices=spec.choices,
            widget=forms.CheckboxSelectMultiple,
            required=spec.required,
            label=spec.text,
            help_text=spec.help,
            error_messages={
                "required": _("Choose at least one of the answers"),
                "invalid_choice": _("Choose from the answers shown"),
            },
        )

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        return RawValue(choices=find_codes(raw, spec.choices))

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        return None

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        return ";".join(value.choices)
