"""Any number of several choices."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.question_kinds.base import QuestionSpec, Raw, RawValue, choice_problems, common_problems
from surveys.question_kinds.options import find_codes
from surveys.question_kinds.own_words import OwnWords, take_words, with_words


class Boxes(forms.MultipleChoiceField):
    """Check boxes with a least and a greatest number, and choices that stand alone."""

    def __init__(self, spec: QuestionSpec) -> None:
        super().__init__(
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
        self.spec = spec

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        try:
            check_together(value, self.spec)
        except ValueError as trouble:
            raise forms.ValidationError(str(trouble), code="together") from None


class Multi:
    """Check boxes. Codes are nominal: no score."""

    name: ClassVar[str] = "multi"
    template_name: ClassVar[str] = "surveys/questions/multi.html"

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        problems = common_problems(spec, choices=True) + choice_problems(spec)
        counts = [count for count in (spec.least, spec.most) if count is not None]
        if any(count != int(count) or not 1 <= count <= len(spec.choices) for count in counts):
            problems.append(_("min and max of a multiple choice are from 1 to the number of choices."))
        if len(counts) == 2 and counts[0] > counts[1]:
            problems.append(_("min must not be more than max."))
        if set(spec.exclusive) == {code for code, _label in spec.choices} and spec.exclusive:
            problems.append(_("If every choice is exclusive, ask a question of kind single."))
        return problems

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        field = Boxes(spec)
        return OwnWords(field, spec.other) if spec.other else field

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        parts, words = take_words(raw, spec)
        codes = find_codes(parts, spec.choices)
        check_together(list(codes), spec)
        return RawValue(choices=codes, text=words)

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        return None

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        return with_words(value, spec)


def check_together(codes: list[str], spec: QuestionSpec) -> None:
    """ValueError where an exclusive choice does not stand alone, or where there are too few or too many."""
    alone = [label for code, label in spec.choices if code in spec.exclusive and code in codes]
    if alone and len(codes) > 1:
        raise ValueError(_('Choose "%(label)s" alone, or leave it out') % {"label": alone[0]})
    if not codes or alone:
        return
    least, most = int(spec.least or 0), int(spec.most or len(spec.choices))
    if len(codes) < least:
        words = ngettext("Choose at least %(least)s answer", "Choose at least %(least)s answers", least)
        raise ValueError(words % {"least": least})
    if len(codes) > most:
        words = ngettext("Choose at most %(most)s answer", "Choose at most %(most)s answers", most)
        raise ValueError(words % {"most": most})
