"""Whether the customer had to say the same thing again: 1 to 5, where low is good (method C24)."""

from typing import ClassVar

from django.utils.translation import gettext as _

from surveys.question_kinds.base import QuestionSpec, RawValue, pomp
from surveys.question_kinds.points import FixedPoints


class RepeatedMyself(FixedPoints):
    """Always 1 (not at all) to 5 (again and again), read from the other end."""

    name: ClassVar[str] = "repeated_myself"
    default: ClassVar[tuple[int, int]] = (1, 5)
    may_reverse: ClassVar[bool] = True

    def points_problem(self, low: int, high: int) -> str:
        return _("Repeating oneself is asked from 1 to 5, not from %(low)s to %(high)s.") % {"low": low, "high": high}

    def score(self, value: RawValue, spec: QuestionSpec) -> float | None:
        return None if value.number is None else pomp(value.number, *self.default, low_is_good=True)
