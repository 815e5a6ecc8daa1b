"""Clarity between two steps: receipt confirmed, knew what was next, knew when; yes or no each."""

from dataclasses import replace
from typing import ClassVar, Final

from django.utils.translation import gettext_lazy

from surveys.question_kinds.base import Choice, QuestionKind, QuestionSpec
from surveys.question_kinds.battery import Battery
from surveys.question_kinds.yes_no import YesNo

LABELS: Final = {
    "receipt_confirmed": gettext_lazy("Did we confirm that we had received it?"),
    "knew_what_next": gettext_lazy("Did you know what would happen next?"),
    "knew_when": gettext_lazy("Did you know when you would hear from us?"),
}


class BetweenSteps(Battery):
    """Yes is the good answer to all three."""

    name: ClassVar[str] = "between_steps"
    has_scale: ClassVar[bool] = False

    def own_items(self) -> tuple[Choice, ...]:
        return tuple((code, str(label)) for code, label in LABELS.items())

    def row_kind(self, spec: QuestionSpec) -> QuestionKind:
        return YesNo()

    def row_base(self, spec: QuestionSpec) -> QuestionSpec:
        return replace(spec, reversed=False)
