"""Single touchpoints against the journey: the worst one (C06), the gap by length (C04), and what compounding says."""

from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Bools, CodesLike, Floats, FloatsLike, Ints, cluster_codes, floats
from feedback.insights.comparison import DETRACTOR_TO, GOOD_STAGE, POOR_BELOW, TEST_FROM_CUSTOMERS
from feedback.insights.intervals import Difference, Mean, clustered_mean, mean_difference
from feedback.insights.regression import Slope, least_squares
from feedback.insights.shares import Share, share_of

BANDS = ((0.0, 50.0), (50.0, 75.0), (75.0, 90.0), (90.0, 100.0))
STEP_BANDS = ((1, 3), (4, 5), (6, None))
DAY_BANDS = ((0.0, 2.0), (2.0, 7.0), (7.0, None))
SWITCH_BANDS = ((0, 0), (1, 1), (2, None))


@dataclass(frozen=True, slots=True)
class Band:
    """The outcome of rows whose predictor lies in low..high (high not included, but 100 is; None: no upper end)."""

    low: float
    high: float | None
    n: int
    score: float | None
    lo: float | None
    hi: float | None


@dataclass(frozen=True, slots=True)
class WorstTouchpoint:
    """Experience by the lowest stage score, and what one bad touchpoint goes with (C06).

    detractors_one_bad, detractors_none_bad: shares of runs with an experience of 60 or less, among runs with exactly
    one stage under 50 and with none. difference: experience of the first minus that of the second, points.
    """

    bands: tuple[Band, ...]
    detractors_one_bad: Share
    detractors_none_bad: Share
    difference: Difference


@dataclass(frozen=True, slots=True)
class GapByLength:
    """The gap by steps (1-3, 4-5, 6+), elapsed days (under 2, under 7, 7+) and channel switches (0, 1, 2+); C04, C29.

    per_step, per_day, per_switch: slopes in points.
    """

    bands: tuple[Band, ...]
    per_step: Slope | None
    per_day: Slope | None
    day_bands: tuple[Band, ...]
    switch_bands: tuple[Band, ...]
    per_switch: Slope | None


@dataclass(frozen=True, slots=True)
class NoBadStep:
    """Share of runs with every stage asked good, seen and as independent stages would give (method 2.1)."""

    observed: Share
    if_independent: float | None


def worst_touchpoint(scores: Floats, experience: FloatsLike, clusters: CodesLike | None = None) -> WorstTouchpoint:
    """Experience against the worst stage of each run; scores: shape (runs, stages), 0-100, NaN = not answered."""
    table, e = floats(scores), floats(experience)
    codes, answered = cluster_codes(clusters, len(e)), np.isfinite(table).any(axis=1)
    lowest = np.where(answered, np.where(np.isfinite(table), table, np.inf).min(axis=1, initial=np.inf), np.nan)
    bad = (table < POOR_BELOW).sum(axis=1)
    one, none = answered & (bad == 1), answered & (bad == 0)
    detractor = np.where(np.isfinite(e), (e <= DETRACTOR_TO).astype(np.float64), np.nan)
    return WorstTouchpoint(
        bands=tuple(_band(lowest, e, codes, low, high) for low, high in BANDS),
        detractors_one_bad=share_of(np.where(one, detractor, np.nan), codes),
        detractors_none_bad=share_of(np.where(none, detractor, np.nan), codes),
        difference=mean_difference(_mean(e, one, codes), _mean(e, none, codes)),
    )


def _band(x: Floats, y: Floats, codes: Ints, low: float, high: float | None) -> Band:
    inside = x >= low
    if high is not None:
        inside &= (x <= high) if high == 100 else (x < high)
    mean = _mean(y, inside, codes)
    return Band(low, high, mean.n, mean.value, mean.lo, mean.hi)


def _mean(values: Floats, inside: Bools, codes: Ints) -> Mean:
    return clustered_mean(np.where(inside, values, np.nan), codes)


def gap_by_length(
    service: FloatsLike,
    experience: FloatsLike,
    steps: FloatsLike,
    elapsed_days: FloatsLike | None = None,
    clusters: CodesLike | None = None,
    switches: FloatsLike | None = None,
) -> GapByLength:
    """The gap of runs (arrays of shape (runs,)) against how long they were; slopes with CR3 by customer."""
    gap, length = floats(service) - floats(experience), floats(steps)
    unknown = np.full(len(gap), np.nan)
    days = unknown if elapsed_days is None else floats(elapsed_days)
    changes = unknown if switches is None else floats(switches)
    codes = cluster_codes(clusters, len(gap))
    return GapByLength(
        _whole_bands(length, gap, codes, STEP_BANDS),
        _slope(length, gap, codes),
        _slope(days, gap, codes),
        tuple(_band(days, gap, codes, low, high) for low, high in DAY_BANDS),
        _whole_bands(changes, gap, codes, SWITCH_BANDS),
        _slope(changes, gap, codes),
    )


def _whole_bands(x: Floats, y: Floats, codes: Ints, ends: tuple[tuple[int, int | None], ...]) -> tuple[Band, ...]:
    """Bands of whole numbers: the upper end of a band is part of it."""
    found = [_band(x, y, codes, float(low), None if high is None else high + 1.0) for low, high in ends]
    return tuple(
        Band(float(low), None if high is None else float(high), b.n, b.score, b.lo, b.hi)
        for b, (low, high) in zip(found, ends, strict=True)
    )


def _slope(x: Floats, y: Floats, codes: Ints) -> Slope | None:
    keep = np.isfinite(x) & np.isfinite(y)
    if len(np.unique(codes[keep])) < TEST_FROM_CUSTOMERS or float(np.ptp(x[keep])) == 0:
        return None
    fit = least_squares(y[keep], x[keep][:, None], codes[keep])
    return fit.slopes[0] if fit else None


def no_bad_step(scores: Floats, clusters: CodesLike | None = None, good_from: float = GOOD_STAGE) -> NoBadStep:
    """Runs whose every answered stage is good, beside the product of the stages' own shares (0.95^5 = 0.774)."""
    table = floats(scores)
    present = np.isfinite(table)
    answered = present.any(axis=1)
    fine = np.where(answered, (~(table < good_from)).all(axis=1).astype(np.float64), np.nan)
    asked = present.any(axis=0)
    singles = [float((table[present[:, j], j] >= good_from).mean()) for j in np.flatnonzero(asked)]
    return NoBadStep(share_of(fine, clusters), float(np.prod(singles)) if singles else None)
