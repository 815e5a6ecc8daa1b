"""Customer Effort Score 2.0: "made it easy for me", 1 to 7 (method 2.5). CES 1.0 is a reversed scale, never this."""

from typing import ClassVar

from django.utils.translation import gettext as _

from surveys.question_kinds.points import FixedPoints


class Ces(FixedPoints):
    """Always 1 (strongly disagree) to 7 (strongly agree)."""

    name: ClassVar[str] = "ces"
    default: ClassVar[tuple[int, int]] = (1, 7)

    def points_problem(self, low: int, high: int) -> str:
        ends = {"low": low, "high": high}
        return _('CES 2.0 is asked from 1 to 7, not from %(low)s to %(high)s: use "scale" for another form.') % ends
