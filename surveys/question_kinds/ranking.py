"""Several things put in order: numbered places, each a list to choose from."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.question_kinds.base import QuestionSpec, Raw, RawValue, choice_problems, common_problems
from surveys.question_kinds.options import find_code, split_codes

MOST = 10


class Places(forms.Widget):
    """As many lists of the same name as there are places; blank where nothing was chosen."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [values] if isinstance(values, str) else list(values)


class RankingBound(forms.BoundField):
    """Gives the template what is chosen at each place."""

    @property
    def places(self) -> list[tuple[int, str]]:
        chosen = self.value() or []
        chosen = chosen if isinstance(chosen, list) else split_codes(str(chosen))
        count: int = self.field.places  # type: ignore[attr-defined]
        return [(place, chosen[place - 1] if place <= len(chosen) else "") for place in range(1, count + 1)]


class RankingField(forms.Field):
    """Its cleaned value is the codes from the first place on."""

    def __init__(self, spec: QuestionSpec, places: int) -> None:
        super().__init__(widget=Places(), required=spec.required, label=spec.text, help_text=spec.help)
        self.spec, self.choices, self.places = spec, spec.choices, places

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        return RankingBound(form, self, field_name)

    def clean(self, value: Any) -> list[str]:
        codes = [str(code).strip() for code in value or []]
        while codes and not codes[-1]:
            codes.pop()
        known = [code for code, _label in self.choices]
        if any(code and code not in known for code in codes) or len(codes) > self.places:
            raise forms.ValidationError(_("Choose from the answers shown"), code="invalid_choice")
        if "" in codes:
            raise forms.ValidationError(_("Fill the places from the first one on, without a gap"), code="gap")
        if self.required and not codes:
            raise forms.ValidationError(_("Choose what comes first"), code="required")
        check_ranking(codes, self.spec)
        return codes


def check_ranking(codes: list[str], spec: QuestionSpec) -> None:
    """No choice twice, and as many as wanted; ValidationError, which is no ValueError."""
    if len(set(codes)) < len(codes):
        raise forms.ValidationError(_("Give each place to something else"), code="twice")
    least = int(spec.least or 1)
    if codes and len(codes) < least:
        words = ngettext("Fill at least %(least)s place", "Fill at least %(least)s places", least)
        raise forms.ValidationError(words % {"least": least}, code="too_few")


class Ranking:
    """The codes in the order of preference. `max` asks for the first few places only. No score."""

    name: ClassVar[str] = "ranking"
    template_name: ClassVar[str] = "surveys/questions/ranking.html"

    def places(self, spec: QuestionSpec) -> int:
        return min(len(spec.choices), int(spec.most or len(spec.choices)))

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        problems = common_problems(spec, choices=True) + choice_problems(spec)
        if len(spec.choices) > MOST:
            problems.append(_("Give at most %(most)s choices to put in order.") % {"most": MOST})
        for count in (spec.least, spec.most):
            if count is not None and not (count == int(count) and 1 <= count <= len(spec.choices)):
                problems.append(_("min and max of a ranking are numbers of places, from 1 to the number of choices."))
                break
        if spec.least and spec.most and spec.least > spec.most:
            problems.append(_("min must not be more than max."))
        return problems

    def form_field(self, spec: QuestionSpec) -> forms.Field:
        return RankingField(spec, self.places(spec))

    def parse(self, raw: Raw, spec: QuestionSpec) -> RawValue:
        codes = [find_code(part, spec.choices) for part in split_codes(raw)]
        if len(codes) > self.places(spec):
            raise ValueError(_("Choose from the answers shown"))
        try:
            check_ranking(codes, spec)
        except forms.ValidationError as trouble:
            raise ValueError(trouble.messages[0]) from None
        return RawValue(choices=tuple(codes))

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        return None

    def export(self, value: RawValue, spec: QuestionSpec) -> str:
        return ";".join(value.choices)
