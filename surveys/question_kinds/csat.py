"""Customer satisfaction (CSAT): 2 to 10 points, usually 1 to 5 (method 2.4)."""

from typing import ClassVar

from surveys.question_kinds.points import Points


class Csat(Points):
    """Higher is more satisfied."""

    name: ClassVar[str] = "csat"
    most: ClassVar[int] = 10
