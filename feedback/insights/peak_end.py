"""Which summary of the stages describes the journey's score best: their mean, the lowest, the last, or peak and end."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from feedback.insights.arrays import CodesLike, Floats, FloatsLike, floats
from feedback.insights.comparison import TEST_FROM_CUSTOMERS
from feedback.insights.drivers import MIN_ROWS
from feedback.insights.regression import Slope, least_squares

Summary = Literal["mean", "min", "last", "min_last"]
SUMMARIES: tuple[Summary, ...] = ("mean", "min", "last", "min_last")


@dataclass(frozen=True, slots=True)
class PeakEnd:
    """Correlation r of the experience with each summary, and the best; duration: points per elapsed day beside waits.

    Rows: runs with all stages (complete) or at least two answered. min_last: (lowest + last) / 2 (Kahneman 1993).
    """

    r: tuple[tuple[Summary, float], ...]
    best: Summary
    n: int
    duration: Slope | None


def summaries(scores: Floats, complete: bool = True) -> Floats:
    """mean, min, last and (min + last)/2 of the stages of every run, shape (runs, 4), columns of scores in order.

    NaN for runs without all stages (complete), else with fewer than two.
    """
    table = floats(scores)
    present = np.isfinite(table)
    enough = present.all(axis=1) if complete else present.sum(axis=1) >= 2
    total = np.where(present, table, 0.0).sum(axis=1) / np.maximum(present.sum(axis=1), 1)
    lowest = np.where(present, table, np.inf).min(axis=1, initial=np.inf)
    last_place = table.shape[1] - 1 - np.argmax(present[:, ::-1], axis=1)
    last = table[np.arange(len(table)), last_place]
    found = np.column_stack([total, lowest, last, (lowest + last) / 2])
    found[~enough] = np.nan
    return found


def peak_end(
    experience: FloatsLike,
    scores: Floats,
    complete: bool = True,
    elapsed_days: FloatsLike | None = None,
    waits: Floats | None = None,
    clusters: CodesLike | None = None,
) -> PeakEnd | None:
    """Peak-end is tested, not assumed (method 2.11). scores: (runs, stages), 0-100; None under 50 rows.

    waits: (runs, transitions) in days; the slope of elapsed days beside them tells whether duration is neglected.
    """
    e, table = floats(experience), summaries(scores, complete)
    keep = np.isfinite(e) & np.isfinite(table).all(axis=1)
    if int(keep.sum()) < MIN_ROWS or float(np.ptp(e[keep])) == 0:
        return None
    r = [_correlation(table[keep, j], e[keep]) for j in range(len(SUMMARIES))]
    best = SUMMARIES[int(np.argmax(np.square(r)))]
    duration = None if elapsed_days is None else _duration(e, floats(elapsed_days), waits, clusters)
    return PeakEnd(tuple(zip(SUMMARIES, r, strict=True)), best, int(keep.sum()), duration)


def _correlation(a: Floats, b: Floats) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0


def _duration(e: Floats, elapsed: Floats, waits: Floats | None, clusters: CodesLike | None) -> Slope | None:
    table = elapsed[:, None] if waits is None else np.column_stack([elapsed, floats(waits)])
    keep = np.isfinite(e) & np.isfinite(table).all(axis=1)
    codes = None if clusters is None else np.asarray(clusters)[keep]
    customers = int(keep.sum()) if codes is None else len(np.unique(codes))
    if int(keep.sum()) < MIN_ROWS or customers < TEST_FROM_CUSTOMERS:
        return None
    table = table[keep]
    # Where elapsed time is the sum of the waits, nothing is left of it beside them.
    if np.linalg.matrix_rank(np.column_stack([np.ones(len(table)), table])) < table.shape[1] + 1:
        return None
    fit = least_squares(e[keep], table, codes)
    return fit.slopes[0] if fit else None
