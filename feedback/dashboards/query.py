"""The question that a comparison answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from feedback.insights.versions import seed_of
from feedback.queries.run_table import Window


@dataclass(frozen=True, slots=True)
class Query:
    """What is compared: a journey, runs ended in [start, end), filtered by attributes; by: break down by attribute."""

    journey: str
    start: datetime | None = None
    end: datetime | None = None
    segments: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    weighted: bool = False

    @property
    def window(self) -> Window:
        """Its window."""
        return Window(self.start, self.end)

    def seed(self, journey: str) -> int:
        """The seed of everything random in it: the same question gives the same bytes."""
        return seed_of(journey=journey, start=self.start, end=self.end, segments=dict(self.segments))
