"""Customer satisfaction (CSAT): 2 to 10 points, usually 1 to 5 (method 2.4)."""

from collections.abc import Iterable
from typing import ClassVar, Final, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.question_kinds.base import QuestionSpec
from surveys.question_kinds.points import Points

STYLES: Final = ("numbers", "stars", "smileys")
FACES: Final = 5  # more faces look alike
PICKED: Final = {2: (1, 5), 3: (1, 3, 5), 4: (1, 2, 4, 5)}
WORDS: Final = {
    1: gettext_lazy("very unhappy"),
    2: gettext_lazy("unhappy"),
    3: gettext_lazy("neither happy nor unhappy"),
    4: gettext_lazy("happy"),
    5: gettext_lazy("very happy"),
}


class CsatBound(forms.BoundField):
    """Gives the template the points with their drawings."""

    @property
    def drawn(self) -> list[tuple[str, bool, int, str]]:
        """Number, whether it is chosen, which of the five faces belongs to it, and the face in words."""
        chosen = str(self.value() or "")
        numbers = [str(value) for value, _label in cast("CsatField", self.field).points]
        faces = PICKED.get(len(numbers), tuple(range(1, FACES + 1)))
        faces += (FACES,) * (len(numbers) - len(faces))
        return [
            (number, number == chosen, face, str(WORDS[face])) for number, face in zip(numbers, faces, strict=False)
        ]


class CsatField(forms.ChoiceField):
    """Radio buttons, drawn as the style says."""

    @property
    def points(self) -> list[tuple[str, str]]:
        return list(cast("Iterable[tuple[str, str]]", self.choices))

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        return CsatBound(form, self, field_name)


class Csat(Points):
    """Higher is more satisfied. Stars and smileys are drawn beside the number, never instead of it."""

    name: ClassVar[str] = "csat"
    most: ClassVar[int] = 10
    field: ClassVar[type[forms.ChoiceField]] = CsatField

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        problems = super().validate_spec(spec)
        low, high = self.ends(spec)
        if spec.style and spec.style not in STYLES:
            names = {"style": spec.style, "known": ", ".join(STYLES)}
            problems.append(_('"%(style)s" is no style: use %(known)s.') % names)
        if spec.style == "smileys" and high - low + 1 > FACES:
            problems.append(_("Smileys have at most 5 points: use numbers or stars for longer scales."))
        if spec.style == "stars" and low != 1:
            problems.append(_("Stars are counted from 1: start the scale at 1."))
        return problems
