"""Waits and journey times with the unfinished ones counted: Kaplan and Meier's curve, its quantiles, promises kept."""

from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Bools, Floats, FloatsLike, floats
from feedback.insights.distributions import Z95


@dataclass(frozen=True, slots=True)
class Curve:
    """The share still waiting after each time: steps at times (ascending), share and Greenwood's variance term."""

    times: tuple[float, ...]
    waiting: tuple[float, ...]
    spread: tuple[float, ...]
    n: int
    ended: int


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile of the time, None where the curve does not come down so far (or its bound does not)."""

    value: float | None
    lo: float | None
    hi: float | None


def curve(days: FloatsLike, ended: Bools) -> Curve:
    """Kaplan-Meier of durations; days: shape (n,), of those not ended the time so far; missing or negative left out.

    S(t) = product over end times of (1 - d/n at risk); spread: Greenwood's sum of d / (n (n - d)) (1958).
    """
    time = floats(days)
    keep = np.isfinite(time) & (time >= 0)
    time, over = time[keep], np.asarray(ended, dtype=bool)[keep]
    moments, counts = np.unique(time[over], return_counts=True)
    at_risk = (len(time) - np.searchsorted(np.sort(time), moments)).astype(np.float64)
    ends = counts.astype(np.float64)
    waiting: Floats = np.array(np.cumprod(1 - ends / at_risk), dtype=np.float64)
    left = at_risk * (at_risk - ends)
    spread = np.cumsum(np.divide(ends, left, out=np.full(len(moments), np.inf), where=left > 0))
    return Curve(_tuple(moments), _tuple(waiting), _tuple(spread), len(time), int(over.sum()))


def _tuple(values: Floats) -> tuple[float, ...]:
    return tuple(values.tolist())


def _bounds(found: Curve) -> tuple[Floats, Floats]:
    """Pointwise 95 % bounds of S by log(-log S), as R's survfit(conf.type="log-log")."""
    s, spread = np.array(found.waiting), np.array(found.spread)
    inner = (s > 0) & (s < 1)
    safe = np.where(inner, s, 0.5)
    half = Z95 * np.sqrt(np.where(inner, spread, 0.0)) / np.abs(np.log(safe))
    # At 0 the interval has closed: nobody is left of whom to be unsure.
    lo, hi = safe ** np.exp(half), safe ** np.exp(-half)
    return np.where(inner, lo, s), np.where(inner, hi, s)


def quantile(found: Curve, share: float = 0.5) -> Quantile:
    """The time by which `share` have ended (0.5: the median), with its interval from the curve's bounds."""
    lower, upper = _bounds(found)
    rest = 1 - share
    return Quantile(
        _first(found.times, np.array(found.waiting) <= rest + 1e-12),
        _first(found.times, lower <= rest + 1e-12),
        _first(found.times, upper <= rest + 1e-12),
    )


def _first(times: tuple[float, ...], reached: Bools) -> float | None:
    places = np.flatnonzero(reached)
    return times[int(places[0])] if len(places) else None


def within(found: Curve, days: float) -> tuple[float, float, float]:
    """Share that ended within so many days, with 95 % bounds (a promise kept, the unfinished counted); 0..1."""
    place = int(np.searchsorted(np.array(found.times), days, side="right")) - 1
    if place < 0:
        return 0.0, 0.0, 0.0
    lower, upper = _bounds(found)
    return 1 - found.waiting[place], float(1 - upper[place]), float(1 - lower[place])
