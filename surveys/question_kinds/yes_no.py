"""Yes or no; scored 100 and 0, from the other end where "no" is the good answer."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _

from surveys.question_kinds.base import QuestionSpec, Raw, RawValue, choice_problems, common_problems, one_text, pomp

YES = frozenset({"yes", "y", "1", "1.0", "true"})
NO = frozenset({"no", "n", "0", "0.0", "false"})


class YesNo:
    """Stored as 1 and 0. The two labels may be given in the survey's language as choices yes and no."""

    name: ClassVar[str] = "yes_no"
    template_name: ClassVar[str] = "surveys/questions/yes_no.html"

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        problems = common_problems(spec, choices=True)
        if spec.choices and {code for code, _label in spec.choices} != {"yes", "no"}:
            problems.append(_('The choices of a yes/no question can only be "yes" and "no".'))
        return problems + (choice_problems(spec) if spec.choices else [])

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        message = _("Choose yes or no")
        return forms.ChoiceField(
            choices=spec.choices or (("yes", _("Yes")), ("no", _("No"))),
            widget=forms.RadioSelect,
            required=spec.required,
            label=spec.text,
            help_text=spec.help,
            error_messages={"required": message, "invalid_choice": message},
        )

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        text = one_text(raw).casefold()
        if not text:
            return RawValue()
        labels = {label.strip().casefold(): code for code, label in spec.choices}
        meant = labels.get(text, text)
        if meant not in YES | NO:
            raise ValueError(_("Choose yes or no"))
        return RawValue(number=1.0 if meant in YES else 0.0)

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        return None if value.number is None else pomp(value.number, 0, 1, spec.reversed)

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        return "" if value.number is None else ("yes" if value.number else "no")

    def words(self, value: RawValue, spec: QuestionSpec) -> str:
        """The label that was chosen."""
        labels = dict(spec.choices or (("yes", _("Yes")), ("no", _("No"))))
        return labels["yes" if value.number else "no"]
