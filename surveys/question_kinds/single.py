"""One of several choices."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _

from surveys.question_kinds.base import QuestionSpec, Raw, RawValue, choice_problems, common_problems, one_text
from surveys.question_kinds.options import find_code
from surveys.question_kinds.own_words import OwnWords, take_words, with_words


class Single:
    """Radio buttons. Codes are nominal: no score."""

    name: ClassVar[str] = "single"
    template_name: ClassVar[str] = "surveys/questions/single.html"

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        return common_problems(spec, choices=True) + choice_problems(spec)

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        message = _("Choose one of the answers")
        field = forms.ChoiceField(
            choices=spec.choices,
            widget=forms.RadioSelect,
            required=spec.required,
            label=spec.text,
            help_text=spec.help,
            error_messages={"required": message, "invalid_choice": message},
        )
        return OwnWords(field, spec.other) if spec.other else field

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        codes, words = take_words(raw, spec)
        text = one_text(codes)
        return RawValue(choices=(find_code(text, spec.choices),), text=words) if text else RawValue()

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        return None

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        return with_words(value, spec)
