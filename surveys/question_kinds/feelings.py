"""Feelings: up to two of eight, each with a sign (method C60)."""

from typing import Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.question_kinds.base import Choice, QuestionSpec, Raw, RawValue, choice_problems, common_problems, pomp
from surveys.question_kinds.options import find_codes

MOST: Final = 2
SIGNS: Final = {
    "delighted": 1,
    "relieved": 1,
    "confident": 1,
    "neutral": 0,
    "confused": -1,
    "anxious": -1,
    "frustrated": -1,
    "angry": -1,
}
LABELS: Final = {
    "delighted": gettext_lazy("Delighted"),
    "relieved": gettext_lazy("Relieved"),
    "confident": gettext_lazy("Confident"),
    "neutral": gettext_lazy("Neutral"),
    "confused": gettext_lazy("Confused"),
    "anxious": gettext_lazy("Anxious"),
    "frustrated": gettext_lazy("Frustrated"),
    "angry": gettext_lazy("Angry"),
}


class AtMostTwo(forms.MultipleChoiceField):
    """Check boxes of which no more than two may be ticked."""

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > MOST:
            raise forms.ValidationError(too_many(), code="too_many")


class Feelings:
    """Check boxes. Labels in the survey's language may be given as choices; the codes stay these eight."""

    name: Final = "feelings"
    template_name: Final = "surveys/questions/feelings.html"

    def choices(self, spec: QuestionSpec) -> tuple[Choice, ...]:
        return spec.choices or tuple((code, str(LABELS[code])) for code in SIGNS)

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        problems = common_problems(spec, choices=True)
        unknown = [code for code, _label in spec.choices if code not in SIGNS]
        if unknown:
            known = {"unknown": ", ".join(unknown), "known": ", ".join(SIGNS)}
            problems.append(_("Unknown feelings: %(unknown)s. Use %(known)s.") % known)
        return problems + (choice_problems(spec) if spec.choices else [])

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        return AtMostTwo(
            choices=self.choices(spec),
            widget=forms.CheckboxSelectMultiple,
            required=spec.required,
            label=spec.text,
            help_text=spec.help or _("Choose one or two"),
            error_messages={"required": _("Choose one or two feelings"), "invalid_choice": too_many()},
        )

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        codes = find_codes(raw, self.choices(spec))
        if len(codes) > MOST:
            raise ValueError(too_many())
        return RawValue(choices=codes)

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        """Mean sign of the feelings chosen, -1..1, brought to 0..100: both good 100, one each 50, both bad 0."""
        if not value.choices:
            return None
        return pomp(sum(SIGNS[code] for code in value.choices) / len(value.choices), -1, 1)

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        return ";".join(value.choices)


def too_many() -> str:
    return _("Choose one or two feelings")
