"""Several things rated alike: rows on one scale, or rows with the same choices."""

from typing import ClassVar

from django.utils.translation import gettext as _

from surveys.question_kinds.base import QuestionKind, QuestionSpec
from surveys.question_kinds.battery import Battery
from surveys.question_kinds.points import MAX_BUTTONS
from surveys.question_kinds.scale import Scale
from surveys.question_kinds.single import Single


class Matrix(Battery):
    """With a scale each row has a 0-100 value; with choices it has none."""

    name: ClassVar[str] = "matrix"
    has_choices: ClassVar[bool] = True

    def row_kind(self, spec: QuestionSpec) -> QuestionKind:
        return Single() if spec.choices else Scale()

    def validate_spec(self, spec: QuestionSpec) -> list[str]:
        if spec.choices and spec.scale_min is not None:
            return [_("Give a matrix a scale or choices, not both.")]
        problems = super().validate_spec(spec)
        if (spec.scale_max or 0) - (spec.scale_min or 0) >= MAX_BUTTONS:
            problems.append(_("The scale of a matrix must have at most %(most)s points.") % {"most": MAX_BUTTONS})
        return problems
