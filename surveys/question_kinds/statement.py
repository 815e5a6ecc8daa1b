"""Words between questions: nothing is asked."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _

from surveys.question_kinds.base import QuestionSpec, Raw, RawValue, common_problems, one_text


class Statement:
    """Has no row and no answer."""

    name: ClassVar[str] = "statement"
    template_name: ClassVar[str] = "surveys/questions/statement.html"

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        problems = common_problems(spec)
        if spec.required:
            problems.append(_("A statement asks nothing, so it cannot be required."))
        return problems

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        return forms.CharField(required=False, label=spec.text, help_text=spec.help, max_length=0)

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        if one_text(raw):
            raise ValueError(_("Nothing is answered here: leave it blank."))
        return RawValue()

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        return None

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        return ""
