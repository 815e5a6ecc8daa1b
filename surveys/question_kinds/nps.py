"""Net Promoter Score: how likely to recommend, 0 to 10 (method 2.3)."""

from typing import ClassVar

from django.utils.translation import gettext as _

from surveys.question_kinds.points import FixedPoints


class Nps(FixedPoints):
    """Always 0-10; promoters, passives and detractors are counted by the insights."""

    name: ClassVar[str] = "nps"
    default: ClassVar[tuple[int, int]] = (0, 10)

    def points_problem(self, low: int, high: int) -> str:
        return _("NPS is asked from 0 to 10, not from %(low)s to %(high)s.") % {"low": low, "high": high}
