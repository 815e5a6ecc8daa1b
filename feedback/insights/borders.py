"""Borders in time between which nobody or enough customers lie, so that no two windows differ by too few of them."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Floats, Ints
from feedback.insights.suppression import small_cell

_FIRST_LOOK = 64  # rows: nearly always enough to see that a block holds enough customers


@dataclass(frozen=True, slots=True)
class Moments:
    """When the runs of one number were, in order, and whose; edges: borders at which it is told of already."""

    at: Floats
    customer: Ints
    edges: tuple[float, ...] = ()

    def enough(self, start: float, end: float) -> bool:
        """Whether nobody or at least the limit of customers lies in [start, end)."""
        first, last = np.searchsorted(self.at, (start, end))
        if first == last:
            return True
        least, some = small_cell(), self.customer[first : min(last, first + _FIRST_LOOK)]
        return len(np.unique(some)) >= least or len(np.unique(self.customer[first:last])) >= least


def moments(at: Floats, customer: Ints, edges: Iterable[float] = ()) -> Moments:
    """The moments of runs in any order; those without a time lie in no block."""
    known = np.flatnonzero(np.isfinite(at))
    order = known[np.argsort(at[known], kind="stable")]
    return Moments(at[order], customer[order], tuple(sorted(edges)))


def borders(kinds: Sequence[Moments], wanted: Iterable[float]) -> tuple[float, ...]:
    """Which of these moments may begin or end a window, those named first before others; in order of time.

    One may where of each kind nobody or at least the limit of customers lies on either side of it, up to the next
    edge of that kind and the next border found so far. So any two borders, and any border and edge, are as far apart.
    """
    found = [sorted({-np.inf, np.inf, *kind.edges}) for kind in kinds]
    kept = list[float]()
    for moment in wanted:
        if all(_parts_enough(kind, edges, moment) for kind, edges in zip(kinds, found, strict=True)):
            insort(kept, moment)
            for edges in found:
                insort(edges, moment)
    return tuple(kept)


def _parts_enough(kind: Moments, edges: Sequence[float], moment: float) -> bool:
    place = bisect_left(edges, moment)
    if edges[place] == moment:
        return True
    return kind.enough(edges[place - 1], moment) and kind.enough(moment, edges[place])


def is_border(kinds: Sequence[Moments], found: Sequence[float], moment: float) -> bool:
    """Whether a window may begin or end here: at a border, or where nothing lies between it and the nearest one."""
    every = [-np.inf, *found, np.inf]
    place = bisect_left(every, moment)
    return any(
        all(_nobody(kind, *sorted((moment, border))) for kind in kinds) for border in (every[place - 1], every[place])
    )


def _nobody(kind: Moments, start: float, end: float) -> bool:
    first, last = np.searchsorted(kind.at, (start, end))
    return bool(first == last)


def inward(kinds: Sequence[Moments], found: Sequence[float], start: float, end: float) -> tuple[float, float]:
    """The largest window of borders within [start, end); infinite ends are open. Empty: start >= end."""
    first = start if is_border(kinds, found, start) else next((b for b in found if b >= start), np.inf)
    last = end if is_border(kinds, found, end) else next((b for b in reversed(found) if b <= end), -np.inf)
    return float(first), float(last)
