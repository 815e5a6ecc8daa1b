"""A value that the link carries (?campaign=spring): never shown, kept beside the answers. Not for personal data."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _

from surveys.question_kinds.base import QuestionSpec, Raw, RawValue, choice_problems, common_problems, one_text
from surveys.question_kinds.options import find_code

MOST = 60


class Hidden:
    """Kept as a choice. With choices only these are taken: whoever has the link can write anything into it."""

    name: ClassVar[str] = "hidden"
    template_name: ClassVar[str] = "surveys/questions/hidden.html"

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        problems = common_problems(spec, choices=True)
        if spec.required:
            problems.append(_("A hidden value cannot be required: the customer could do nothing about it."))
        return problems + (choice_problems(spec, least=1) if spec.choices else [])

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        return forms.CharField(required=False, label=spec.text, widget=forms.HiddenInput)

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        """Printable characters, at most 60; what is too long or no choice says so and is not kept."""
        text = one_text(raw)
        if not text:
            return RawValue()
        if len(text) > MOST or not text.isprintable():
            raise ValueError(_("A hidden value has at most 60 characters in one line."))
        return RawValue(choices=(find_code(text, spec.choices) if spec.choices else text,))

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        return None

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        return "".join(value.choices)
