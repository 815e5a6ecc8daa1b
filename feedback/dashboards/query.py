"""The question that a comparison answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

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

    def as_shown(self, value: Mapping[str, Any]) -> "Query":
        """The same with the window of its value, which may have been moved."""
        start, end = (value["window"][name] for name in ("from", "to"))
        return replace(self, start=_moment(start), end=_moment(end))


def _moment(iso: str | None) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None
