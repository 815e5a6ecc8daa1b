"""The four service qualities: speed, knowledge, patience, accommodation, 1 to 5 each (method C50, SERVPERF)."""

from dataclasses import replace
from typing import ClassVar, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.question_kinds.base import Choice, QuestionKind, QuestionSpec
from surveys.question_kinds.battery import Battery
from surveys.question_kinds.scale import Scale

LABELS: Final = {
    "speed": gettext_lazy("Speed"),
    "knowledge": gettext_lazy("Knowledge"),
    "patience": gettext_lazy("Patience"),
    "accommodation": gettext_lazy("Meeting your needs"),
}


class ServiceQuality(Battery):
    """Only what was experienced is rated, never what was expected: differences of the two are unreliable."""

    name: ClassVar[str] = "service_quality"

    def own_items(self) -> tuple[Choice, ...]:
        return tuple((code, str(label)) for code, label in LABELS.items())

    def row_kind(self, spec: QuestionSpec) -> QuestionKind:
        return Scale()

    def row_base(self, spec: QuestionSpec) -> QuestionSpec:
        low = 1 if spec.scale_min is None else spec.scale_min
        high = 5 if spec.scale_max is None else spec.scale_max
        ends = (spec.low, spec.high) if spec.low or spec.high else (_("Very poor"), _("Very good"))
        return replace(spec, scale_min=low, scale_max=high, low=ends[0], high=ends[1])
