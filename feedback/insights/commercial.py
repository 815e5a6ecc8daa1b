"""Score against later behaviour: retention per 10 points with its limits, spend, a table by band, and the refusals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from feedback.insights.arrays import Bools, CodesLike, Floats, FloatsLike, Ints, cluster_codes, floats
from feedback.insights.comparison import FINDING_Q, TEST_FROM_CUSTOMERS
from feedback.insights.drivers import MIN_ROWS
from feedback.insights.intervals import clustered_mean
from feedback.insights.logistic import Coefficient, logistic, marginal_effect
from feedback.insights.multiple import benjamini_hochberg
from feedback.insights.regression import least_squares
from feedback.insights.scores import Bounds
from feedback.insights.shares import Share, share_of

PER_POINTS, BAND_POINTS, PERFECT_FROM = 10.0, 20.0, 50
MIN_EFFECT = 0.05


@dataclass(frozen=True, slots=True)
class ScoreBand:
    """What customers of one score band did later: low..high points (high not included, 100 is)."""

    low: float
    high: float
    retained: Share
    spend: Bounds | None


@dataclass(frozen=True, slots=True)
class Link:
    """One score's part in retention: odds ratio and average marginal effect (0..1) per 10 points, the other held.

    gate: at least 5 percentage points between a typical low and high customer; finding: that, and q < .05.
    """

    code: str
    odds_ratio: Bounds
    effect: Bounds
    p: float | None
    q: float | None
    gate: bool
    finding: bool


@dataclass(frozen=True, slots=True)
class CommercialLink:
    """Retention and spend against the scores before (method 3.10); bands always, links only where they can be told.

    spend_per_10: per cent of spend per 10 points of experience. warnings: `separation`, `not_enough`, `few_customers`,
    `cannot_be_computed`. Respondents only, and no experiment: the page says so.
    """

    bands: tuple[ScoreBand, ...]
    links: tuple[Link, ...]
    spend_per_10: Bounds | None
    n: int
    customers: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stake:
    """Money at stake of a change of 10 points, if the relation were causal: always a range."""

    value: float
    low: float
    high: float


def commercial_link(
    retained: FloatsLike,
    scores: Sequence[tuple[str, FloatsLike]],
    clusters: CodesLike | None = None,
    controls: Floats | None = None,
    spend: FloatsLike | None = None,
) -> CommercialLink:
    """Logit of retention on the scores per 10 points and controls, clustered by customer; log(spend) by least squares.

    retained: 1 or 0 after the score, shape (n,); scores: (code, 0-100 values) with the experience first; controls:
    (n, c), such as tenure. Rows with everything only. A band of 50 or more of whom all or none stayed refuses.
    """
    y, codes = floats(retained), cluster_codes(clusters, len(floats(retained)))
    x = np.column_stack([floats(values) / PER_POINTS for _, values in scores])
    extra = np.empty((len(y), 0)) if controls is None else floats(controls)
    keep = np.isfinite(y) & np.isfinite(x).all(axis=1) & np.isfinite(extra).all(axis=1)
    bands = score_bands(scores[0][1], y, spend, codes)
    customers = len(np.unique(codes[keep]))
    links, warnings = _links(y, x, extra, keep, codes, [code for code, _ in scores], bands)
    money = None if spend is None else _spend(floats(spend), x, extra, codes)
    return CommercialLink(bands, links, money, int(keep.sum()), customers, warnings)


def score_bands(
    score: FloatsLike, retained: FloatsLike, spend: FloatsLike | None = None, clusters: CodesLike | None = None
) -> tuple[ScoreBand, ...]:
    """The dose table by bands of 20 points; bands nobody is in are left out."""
    s, y = floats(score), floats(retained)
    money = np.full(len(s), np.nan) if spend is None else floats(spend)
    codes, found = cluster_codes(clusters, len(s)), []
    for low in np.arange(0.0, 100.0, BAND_POINTS):
        high = low + BAND_POINTS
        inside = (s >= low) & ((s < high) | ((high == 100) & (s <= 100)))
        share, mean = (
            share_of(np.where(inside, y, np.nan), codes),
            clustered_mean(np.where(inside, money, np.nan), codes),
        )
        if share.n or mean.n:
            bounds = None if mean.value is None else Bounds(mean.value, mean.lo, mean.hi)
            found.append(ScoreBand(float(low), float(high), share, bounds))
    return tuple(found)


def separated(bands: Sequence[ScoreBand]) -> bool:
    """Whether a band is too perfect: 50 or more of whom all or none stayed. Was the score written afterwards?"""
    return any(band.retained.n >= PERFECT_FROM and band.retained.k in (0, band.retained.n) for band in bands)


def _links(
    y: Floats, x: Floats, extra: Floats, keep: Bools, codes: Ints, names: Sequence[str], bands: Sequence[ScoreBand]
) -> tuple[tuple[Link, ...], tuple[str, ...]]:
    if separated(bands):
        return (), ("separation",)
    design = np.column_stack([x, extra])[keep]
    if int(keep.sum()) < max(MIN_ROWS, 10 * design.shape[1]):
        return (), ("not_enough",)
    if len(np.unique(codes[keep])) < TEST_FROM_CUSTOMERS:
        return (), ("few_customers",)
    fit = logistic(y[keep], design, codes[keep])
    if fit is None:
        return (), ("cannot_be_computed",)
    spread = 1.35 * design.std(axis=0, ddof=1)
    raw = [_link(name, fit.coefficients[j], marginal_effect(fit, design, j)) for j, name in enumerate(names)]
    q_values = benjamini_hochberg([link.p for link in raw])
    return tuple(_judged(link, q, float(s)) for link, q, s in zip(raw, q_values, spread, strict=False)), ()


def _link(code: str, coefficient: Coefficient, effect: Coefficient) -> Link:
    odds = Bounds(*(float(np.exp(v)) for v in (coefficient.value, coefficient.lo, coefficient.hi)))
    return Link(code, odds, Bounds(effect.value, effect.lo, effect.hi), coefficient.p, None, gate=False, finding=False)


def _judged(link: Link, q: float | None, spread: float) -> Link:
    large = abs(link.effect.value) * spread >= MIN_EFFECT
    return replace(link, q=q, gate=large, finding=q is not None and q < FINDING_Q and large)


def _spend(spend: Floats, x: Floats, extra: Floats, codes: Ints) -> Bounds | None:
    """Per cent of spend per 10 points of the first score: 100 (exp(b) - 1), b of log(spend), CR3; spend 0 left out."""
    design = np.column_stack([x, extra])
    keep = np.isfinite(spend) & (spend > 0) & np.isfinite(design).all(axis=1)
    if int(keep.sum()) < max(MIN_ROWS, 10 * design.shape[1]) or len(np.unique(codes[keep])) < TEST_FROM_CUSTOMERS:
        return None
    fit = least_squares(np.log(spend[keep]), design[keep], codes[keep])
    if fit is None or fit.slopes[0].lo is None or fit.slopes[0].hi is None:
        return None
    slope = fit.slopes[0]
    return Bounds(*(100 * float(np.expm1(value)) for value in (slope.slope, slope.lo, slope.hi) if value is not None))


def value_at_stake(link: Link, customers: int, margin: float) -> Stake | None:
    """N x effect x margin with the range of its interval (method 3.10); None without a range: it is forbidden then."""
    effect = link.effect
    if effect.lo is None or effect.hi is None:
        return None
    ends = sorted((customers * effect.lo * margin, customers * effect.hi * margin))
    return Stake(customers * effect.value * margin, ends[0], ends[1])
