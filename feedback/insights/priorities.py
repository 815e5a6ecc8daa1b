"""Importance against performance: where to begin, placed only where both intervals leave their line (method 2.10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Place = Literal["concentrate", "keep_up", "low_priority", "overkill", "borderline"]
PLACES: dict[tuple[bool, bool], Place] = {  # important, good
    (True, False): "concentrate",
    (True, True): "keep_up",
    (False, False): "low_priority",
    (False, True): "overkill",
}


@dataclass(frozen=True, slots=True)
class Rated:
    """What customers rate: its part (0..1) of what is explained and its 0-100 score, both with their interval."""

    code: str
    share: float
    share_lo: float | None
    share_hi: float | None
    score: float | None
    lo: float | None
    hi: float | None


@dataclass(frozen=True, slots=True)
class Priority:
    """Where it lies; the lines are the mean importance and the target, not the centre of the data."""

    code: str
    place: Place


def priorities(items: Sequence[Rated], target: float) -> tuple[Priority, ...]:
    """The quadrant of each (Martilla & James 1977): concentrate here, keep up, low priority, possible overkill.

    Borderline where an interval holds its line, or is not known: never placed by a point estimate.
    """
    line = sum(item.share for item in items) / len(items) if items else 0.0
    return tuple(Priority(item.code, _place(item, line, target)) for item in items)


def _place(item: Rated, line: float, target: float) -> Place:
    important, good = _above(item.share_lo, item.share_hi, line), _above(item.lo, item.hi, target)
    return "borderline" if important is None or good is None else PLACES[important, good]


def _above(lo: float | None, hi: float | None, line: float) -> bool | None:
    if lo is None or hi is None:
        return None
    if lo > line:
        return True
    return False if hi < line else None
