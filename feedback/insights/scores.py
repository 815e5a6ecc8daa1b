"""Scores of one question: 0-100 values (POMP), mean score, NPS, CSAT, CES, and how the answers spread."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import CodesLike, Floats, FloatsLike, checked_weights, floats
from feedback.insights.distributions import Z95, z_p_value
from feedback.insights.intervals import NO_DIFFERENCE, Difference, Mean, clustered_mean, effective_n
from feedback.insights.shares import Share, share_of

PROMOTER_FROM, DETRACTOR_TO, NPS_MAX = 9, 6, 10
CES_MIN, CES_MAX, CES_EASY_FROM = 1, 7, 5
# Wider than this on either side, an NPS is "too uncertain to rank" (method 3.12).
NPS_RANKABLE_HALF_WIDTH = 20.0


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale of a question in raw values; reversed when a low value is the good one."""

    minimum: float
    maximum: float
    reversed: bool = False

    def __post_init__(self) -> None:
        if not self.maximum > self.minimum:
            raise ValueError(f"a scale needs a maximum above its minimum, got {self.minimum} to {self.maximum}")

    @property
    def points(self) -> int:
        """How many whole values it has: 5 for 1-5, 11 for 0-10."""
        return int(self.maximum - self.minimum) + 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """A second interval of a score (weighted twin, Wald twin): value may repeat the score's own."""

    value: float
    lo: float | None
    hi: float | None


@dataclass(frozen=True, slots=True)
class Score:
    """A mean 0-100 score with interval, n answers of so many customers, and its weighted twin where weights exist."""

    score: float | None
    lo: float | None
    hi: float | None
    n: int
    customers: int
    n_eff: float
    weighted: Bounds | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Nps:
    """Net Promoter Score, -100..100. lo, hi: the shown interval (adjusted Wald); wald: the plain one.

    promoters, passives, detractors: per cent of n; the counts beside them. se: Wald's, in points. rankable: half the
    shown width is at most 20 points.
    """

    score: float | None
    lo: float | None
    hi: float | None
    n: int
    customers: int
    promoters: float | None
    passives: float | None
    detractors: float | None
    promoter_count: int
    passive_count: int
    detractor_count: int
    se: float | None
    wald: Bounds | None
    weighted: Bounds | None
    rankable: bool


@dataclass(frozen=True, slots=True)
class Csat:
    """Top-2-box share (per cent is 100 x share) from threshold on, and the mean 0-100 score, never called CSAT."""

    top: Share
    threshold: float
    mean: Score


@dataclass(frozen=True, slots=True)
class Ces:
    """Customer Effort Score: version 2.0 on 1-7 with the mean and the share of 5-7; 1.0 reversed, without a share.

    mean is in scale points with high = easy. Versions are never pooled.
    """

    version: str
    mean: float | None
    lo: float | None
    hi: float | None
    n: int
    customers: int
    easy: Share | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of a distribution: n answers, share of all answers on the scale."""

    value: float
    n: int
    share: float


def pomp(values: FloatsLike, scale: Scale) -> Floats:
    """Per cent of maximum possible, 100 (x - min) / (max - min), reversed 100 - that (method 2.8; Cohen et al. 1999).

    A value outside the scale (0, 6, 11 as "not used") is missing (NaN), never scored; same shape as values.
    """
    raw = floats(values)
    inside = (raw >= scale.minimum) & (raw <= scale.maximum)
    score = 100 * (raw - scale.minimum) / (scale.maximum - scale.minimum)
    return np.where(inside, 100 - score if scale.reversed else score, np.nan)


def mean_score(values: FloatsLike, clusters: CodesLike | None = None, weights: FloatsLike | None = None) -> Score:
    """Mean of 0-100 values, shape (n,), clustered by customer, t with G - 1 (method 3.3); weighted the same way."""
    mean = clustered_mean(values, clusters)
    twin = None if weights is None else bounds_of(clustered_mean(values, clusters, weights))
    n_eff = effective_n(values, clusters)
    return Score(mean.value, mean.lo, mean.hi, mean.n, mean.customers, n_eff, twin, mean.note)


def bounds_of(mean: Mean) -> Bounds | None:
    """The value and interval of a mean, None when there is no value."""
    return None if mean.value is None else Bounds(mean.value, mean.lo, mean.hi)


def nps(values: FloatsLike, clusters: CodesLike | None = None, weights: FloatsLike | None = None) -> Nps:
    """NPS of raw 0-10 answers, shape (n,); all else (11, blank) is missing (method 2.3; Reichheld 2003, Rocks 2016).

    NPS = 100 (P - D). Wald: SE = 100 sqrt((P + D - (P - D)^2) / n), z quantile. Shown: adjusted Wald, 3/4 promoter,
    1 1/2 passives and 3/4 detractor added, n + 3, clipped to -100..100. Where customers answered more than once, both
    intervals use the effective number of answers. weights adds the twin of `weighted_nps`.
    """
    raw = pomp(values, Scale(0, NPS_MAX)) / NPS_MAX
    keep = np.isfinite(raw)
    raw = raw[keep]
    codes = None if clusters is None else np.asarray(clusters)[keep]
    n, up, down = len(raw), int((raw >= PROMOTER_FROM).sum()), int((raw <= DETRACTOR_TO).sum())
    if n == 0:
        return Nps(None, None, None, 0, 0, None, None, None, 0, 0, 0, None, None, None, rankable=False)
    effective = effective_n(_net(raw), codes)
    score, se = 100 * (up - down) / n, _nps_se(up / n, down / n, effective)
    lo, hi = adjusted_wald(up / n, down / n, effective)
    twin = None if weights is None else weighted_nps(raw, checked_weights(weights, len(keep))[keep])
    parts = (100 * up / n, 100 * (n - up - down) / n, 100 * down / n)
    counts = (up, n - up - down, down)
    customers = n if codes is None else len(np.unique(codes))
    wald = Bounds(score, score - Z95 * se, score + Z95 * se)
    rankable = (hi - lo) / 2 <= NPS_RANKABLE_HALF_WIDTH
    return Nps(score, lo, hi, n, customers, *parts, *counts, se, wald, twin, rankable)


def _net(raw: Floats) -> Floats:
    return np.where(raw >= PROMOTER_FROM, 1.0, np.where(raw <= DETRACTOR_TO, -1.0, 0.0))


def _nps_se(promoters: float, detractors: float, n: float) -> float:
    variance = promoters + detractors - (promoters - detractors) ** 2
    return 100 * float(np.sqrt(max(0.0, variance) / n))


def adjusted_wald(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    """The shown NPS interval from the shares of promoters and detractors among n (effective) answers."""
    p, d = (promoters * n + 0.75) / (n + 3), (detractors * n + 0.75) / (n + 3)
    half = Z95 * _nps_se(p, d, n + 3)
    return max(-100.0, 100 * (p - d) - half), min(100.0, 100 * (p - d) + half)


def weighted_nps(raw: Floats, weights: FloatsLike) -> Bounds | None:
    """Weighted NPS of raw 0-10 answers (y = -100, 0, 100) with linearised variance.

    Var = sum w^2 (y - mean)^2 / (sum w)^2 * n/(n-1); normal quantile (not t), as the plain NPS; fixed weights,
    hence conservative (method 2.12). When all weighted answers fall in one class the variance is 0 and the adjusted
    interval on Kish's number stands in. Clipped to +-100.
    """
    w = checked_weights(weights, len(raw))
    keep = np.isfinite(raw) & (w > 0)
    mean = clustered_mean(100 * _net(raw[keep]), None, w[keep])
    if mean.value is None:
        return None
    if not mean.se:
        net = _net(raw[keep])
        up, down = float((w[keep] * (net > 0)).sum()), float((w[keep] * (net < 0)).sum())
        total = float(w[keep].sum())
        return Bounds(mean.value, *adjusted_wald(up / total, down / total, mean.n_eff))
    half = Z95 * mean.se
    return Bounds(mean.value, max(-100.0, mean.value - half), min(100.0, mean.value + half))


def nps_difference(first: Nps, second: Nps) -> Difference:
    """first - second of two groups of different people: SE = sqrt(SE1^2 + SE2^2), normal quantile (method 2.3)."""
    if first.score is None or second.score is None or first.se is None or second.se is None:
        return NO_DIFFERENCE
    value, se = first.score - second.score, float(np.hypot(first.se, second.se))
    p = None if se == 0 else z_p_value(value / se)
    return Difference(value, value - Z95 * se, value + Z95 * se, se, None, p)


def csat(
    values: FloatsLike, scale: Scale, clusters: CodesLike | None = None, weights: FloatsLike | None = None
) -> Csat:
    """CSAT of raw answers: share of the two best points, 4-5 of 1-5, 6-7 of 1-7, 9-10 of 0-10, Wilson (method 2.4).

    Raises ValueError for scales with fewer than 4 or more than 11 points, on which two points mean something else.
    """
    if not 4 <= scale.points <= 11:
        raise ValueError(f"top-2-box needs a scale of 4 to 11 points, got {scale.points}")
    score = pomp(values, scale)
    raw = np.where(np.isfinite(score), floats(values), np.nan)
    threshold = scale.minimum + 1 if scale.reversed else scale.maximum - 1
    good = raw <= threshold if scale.reversed else raw >= threshold
    flags = np.where(np.isfinite(raw), good.astype(np.float64), np.nan)
    return Csat(share_of(flags, clusters, weights), threshold, mean_score(score, clusters, weights))


def ces(values: FloatsLike, scale: Scale, clusters: CodesLike | None = None) -> Ces:
    """CES of raw answers: 2.0 on 1-7 (agreement, high = easy), 1.0 on 1-5 (effort, low = good, reversed; method 2.5).

    Raises ValueError for any other scale: neither version is defined on it.
    """
    raw = np.where(np.isfinite(pomp(values, scale)), floats(values), np.nan)
    points = scale.minimum + scale.maximum - raw if scale.reversed else raw
    mean = clustered_mean(points, clusters)
    known = (mean.value, mean.lo, mean.hi, mean.n, mean.customers)
    if scale == Scale(CES_MIN, CES_MAX):
        easy = np.where(np.isfinite(points), (points >= CES_EASY_FROM).astype(np.float64), np.nan)
        return Ces("2.0", *known, share_of(easy, clusters))
    if scale == Scale(1, 5, reversed=True):
        return Ces("1.0", *known, None)
    raise ValueError("CES is defined on 1-7 (2.0) and on 1-5 reversed (1.0) only")


def distribution(values: FloatsLike, scale: Scale) -> tuple[Bar, ...]:
    """How often each whole point of the scale was chosen, every point listed; other values are left out."""
    raw = floats(values)
    steps = [scale.minimum + i for i in range(scale.points)]
    counts = [int((raw == step).sum()) for step in steps]
    total = sum(counts)
    return tuple(Bar(float(s), n, n / total if total else 0.0) for s, n in zip(steps, counts, strict=True))


def cronbach_alpha(items: Sequence[FloatsLike]) -> float | None:
    """k/(k-1) (1 - sum of item variances / variance of the total) over complete rows; items: k columns of shape (n,).

    None with fewer than 3 items, fewer than 3 complete rows or a total without variation (method 2.2).
    """
    table = np.column_stack([floats(item) for item in items]) if items else np.empty((0, 0))
    table = table[np.isfinite(table).all(axis=1)] if table.size else table
    k = table.shape[1]
    if k < 3 or len(table) < 3:
        return None
    total = float(table.sum(axis=1).var(ddof=1))
    if total <= 0:
        return None
    return float(k / (k - 1) * (1 - table.var(axis=0, ddof=1).sum() / total))
