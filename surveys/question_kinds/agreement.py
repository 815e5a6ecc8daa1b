"""How far somebody agrees with a statement: every point in words, from strongly disagree to strongly agree."""

from typing import ClassVar, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.question_kinds.base import Choice, QuestionSpec, Raw, RawValue, choice_problems, common_problems, one_text
from surveys.question_kinds.options import find_code
from surveys.question_kinds.points import Points

FIVE: Final = (
    gettext_lazy("Strongly disagree"),
    gettext_lazy("Disagree"),
    gettext_lazy("Neither agree nor disagree"),
    gettext_lazy("Agree"),
    gettext_lazy("Strongly agree"),
)
SEVEN: Final = (
    FIVE[0],
    FIVE[1],
    gettext_lazy("Somewhat disagree"),
    FIVE[2],
    gettext_lazy("Somewhat agree"),
    FIVE[3],
    FIVE[4],
)


class Agreement(Points):
    """1 to 5 or 1 to 7. Words in the survey's language may be given as choices with the numbers as codes."""

    name: ClassVar[str] = "agreement"
    default: ClassVar[tuple[int, int]] = (1, 5)
    may_reverse: ClassVar[bool] = True

    def fits(self, low: int, high: int) -> bool:
        return low == 1 and high in (5, 7)

    def points_problem(self, low: int, high: int) -> str:
        ends = {"low": low, "high": high}
        return _("Agreement is asked from 1 to 5 or from 1 to 7, not from %(low)s to %(high)s.") % ends

    def labels(self, spec: QuestionSpec) -> tuple[Choice, ...]:
        if spec.choices:
            return spec.choices
        words = SEVEN if self.ends(spec)[1] == len(SEVEN) else FIVE
        return tuple((str(number), str(label)) for number, label in enumerate(words, start=1))

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        low, high = self.ends(spec)
        problems = common_problems(spec, scale=True, choices=True)
        if not self.fits(low, high):
            return [*problems, self.points_problem(low, high)]
        if spec.low or spec.high:
            problems.append(_("Every point of an agreement scale has its words: remove low and high."))
        codes = [code for code, _label in spec.choices]
        if codes and codes != [str(number) for number in range(low, high + 1)]:
            problems.append(_("The choices of an agreement scale are its points: 1, 2, 3 and so on, in order."))
        return problems + (choice_problems(spec) if spec.choices else [])

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        message = _("Choose one of the answers")
        return forms.ChoiceField(
            choices=self.labels(spec),
            widget=forms.RadioSelect,
            required=spec.required,
            label=spec.text,
            help_text=spec.help,
            error_messages={"required": message, "invalid_choice": message},
        )

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        text = one_text(raw)
        labels = [label.casefold() for _code, label in self.labels(spec)]
        return super().parse(find_code(text, self.labels(spec)) if text.casefold() in labels else text, spec)
