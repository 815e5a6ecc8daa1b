"""A consent: one box that is never ticked beforehand."""

from typing import ClassVar, Final

from django import forms
from django.utils.translation import gettext as _

from surveys.question_kinds.base import QuestionSpec, Raw, RawValue, common_problems, one_text
from surveys.question_kinds.yes_no import NO, YES

CHANNELS: Final = ("email", "sms")


class ConsentField(forms.BooleanField):
    """Its cleaned value is yes or nothing."""

    def clean(self, value: object) -> str:
        return "yes" if super().clean(value) else ""


class Consent:
    """Stored as 1 where given. A box left empty is no answer: nothing is withdrawn by it."""

    name: ClassVar[str] = "consent"
    template_name: ClassVar[str] = "surveys/questions/consent.html"

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        problems = common_problems(spec)
        if any(channel not in CHANNELS for channel in spec.grants):
            problems.append(_("A consent grants email, sms, or nothing that we could act on."))
        return problems

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        return ConsentField(
            required=spec.required,
            label=spec.text,
            help_text=spec.help,
            error_messages={"required": _("Tick the box to go on")},
        )

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        text = one_text(raw).casefold()
        if not text or text in NO:
            return RawValue()
        if text not in YES | {"on"}:
            raise ValueError(_("Choose yes or no"))
        return RawValue(number=1.0)

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        return None

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        return "yes" if value.number else ""
