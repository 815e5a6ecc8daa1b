"""Shares and their differences: Wilson and Newcombe intervals, on the effective number where answers repeat."""

from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import CodesLike, FloatsLike, checked_weights, floats
from feedback.insights.distributions import LEVEL, z_quantile
from feedback.insights.intervals import NO_DIFFERENCE, Difference, effective_n


@dataclass(frozen=True, slots=True)
class Share:
    """A share between 0 and 1 with its interval: k of n answers; share, lo and hi are None when n is 0."""

    share: float | None
    lo: float | None
    hi: float | None
    k: int
    n: int


def wilson_bounds(share: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's interval of a share seen in n answers (n may be effective, so not whole), inside 0..1; n > 0.

    centre = (p + z^2/2n) / (1 + z^2/n), half = z sqrt(p(1-p)/n + z^2/4n^2) / (1 + z^2/n) (method 2.7, Newcombe 1998).
    """
    if not n > 0 or not 0 <= share <= 1:
        raise ValueError(f"a share between 0 and 1 of at least one answer is needed, got {share} of {n}")
    z = z_quantile(level)
    scale = 1 + z**2 / n
    centre = (share + z**2 / (2 * n)) / scale
    half = z * float(np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))) / scale
    # At p = 0 and 1 the bound is exactly 0 or 1, and rounding may never push a bound past the share itself.
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))


def wilson(k: int, n: int, level: float = LEVEL) -> Share:
    """The share k of n with Wilson's interval; n = 0 gives None. Raises ValueError unless 0 <= k <= n."""
    if not 0 <= k <= n:
        raise ValueError(f"k must lie between 0 and n, got {k} of {n}")
    if n == 0:
        return Share(None, None, None, 0, 0)
    lo, hi = wilson_bounds(k / n, n, level)
    return Share(k / n, lo, hi, k, n)


def share_of(
    flags: FloatsLike,
    clusters: CodesLike | None = None,
    weights: FloatsLike | None = None,
    level: float = LEVEL,
) -> Share:
    """The share of ones among flags (0, 1 or missing), shape (n,); Wilson on the effective number of answers.

    Repeated answers of one customer shrink the number by their design effect, weights by Kish's. k and n stay the
    counts of answers; with weights, share is the weighted share.
    """
    y = floats(flags)
    w = np.ones(len(y)) if weights is None else checked_weights(weights, len(y))
    keep = np.isfinite(y) & (w > 0)
    y, w = y[keep], w[keep]
    n, k = len(y), int(y.sum())
    if n == 0:
        return Share(None, None, None, 0, 0)
    share = k / n if weights is None else float(min(1.0, (w * y).sum() / w.sum()))
    kish = 1.0 if weights is None else float(w.sum() ** 2 / (w**2).sum()) / n
    present = None if clusters is None else np.asarray(clusters)[keep]
    lo, hi = wilson_bounds(share, effective_n(y, present) * kish, level)
    return Share(share, lo, hi, k, n)


def newcombe(first: Share, second: Share) -> Difference:
    """first - second of two independent shares: Newcombe's hybrid score interval of Wilson bounds (method 2.7)."""
    if first.share is None or first.lo is None or first.hi is None:
        return NO_DIFFERENCE
    if second.share is None or second.lo is None or second.hi is None:
        return NO_DIFFERENCE
    value = first.share - second.share
    below = float(np.hypot(first.share - first.lo, second.hi - second.share))
    above = float(np.hypot(first.hi - first.share, second.share - second.lo))
    return Difference(value, value - below, value + above, None, None, None)
