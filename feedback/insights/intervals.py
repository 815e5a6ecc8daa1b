"""Intervals of means: clustered by customer, weighted or not, their differences, and what happens with little data."""

from dataclasses import dataclass

import numpy as np

from feedback.insights.alive import tick
from feedback.insights.arrays import (
    CodesLike,
    Floats,
    FloatsLike,
    Ints,
    checked_weights,
    cluster_codes,
    dense,
    floats,
    plain,
)
from feedback.insights.distributions import LEVEL, t_p_value, t_quantile

# Notes of Mean.note: why an interval is missing or looks odd.
NO_ANSWERS, SINGLE_ANSWER, ONE_CUSTOMER, NO_VARIATION = "no_answers", "single_answer", "one_customer", "no_variation"

# A standard error under this share of the size of the numbers is rounding, not variation.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean in the units of its values, with its 95 % interval and the test against 0.

    value, lo, hi, se: None where they cannot be known (note says why). n answers of so many customers (clusters);
    n_eff: Kish (equal to n without weights); df: degrees of freedom of the interval; p: two-sided, against 0.
    """

    value: float | None
    lo: float | None
    hi: float | None
    se: float | None
    n: int
    customers: int
    n_eff: float
    df: float | None
    t: float | None
    p: float | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two estimates in their units, with interval and two-sided p; None where it cannot be known."""

    value: float | None
    lo: float | None
    hi: float | None
    se: float | None
    df: float | None
    p: float | None


NO_DIFFERENCE = Difference(None, None, None, None, None, None)


def clustered_mean(
    values: FloatsLike,
    clusters: CodesLike | None = None,
    weights: FloatsLike | None = None,
    level: float = LEVEL,
) -> Mean:
    """Mean with cluster-robust interval: t quantile with G - 1 degrees of freedom (method 2.13, Cameron & Miller 2015).

    values: shape (n,), NaN or None = missing, left out. clusters: one label per value (the customer); without, every
    value is its own. weights: shape (n,), not negative; a value with weight 0 or none is left out.
    SE = sqrt(G/(G-1) * sum over clusters of (sum of w (y - mean))^2) / sum of w. With one value per cluster this is the
    plain t interval s/sqrt(n), and with weights the linearised variance sum w^2 (y - mean)^2 / (sum w)^2 * n/(n-1) of
    method 2.12 (fixed weights, conservative). Raises ValueError on lengths that differ or a negative weight.
    """
    tick()
    y = floats(values)
    w = np.ones(len(y)) if weights is None else checked_weights(weights, len(y))
    codes = cluster_codes(clusters, len(y))
    keep = np.isfinite(y) & (w > 0)
    return _mean_of_present(y[keep], w[keep], dense(codes[keep]), level)


def _mean_of_present(y: Floats, w: Floats, codes: Ints, level: float) -> Mean:
    n, customers = len(y), int(codes.max()) + 1 if len(codes) else 0
    if n == 0:
        return Mean(None, None, None, None, 0, 0, 0.0, None, None, None, NO_ANSWERS)
    unvaried = bool((y == y[0]).all())
    mean = float(y[0]) if unvaried else float((w * y).sum() / w.sum())
    n_eff = float(w.sum() ** 2 / (w**2).sum())
    if customers == 1:
        note = SINGLE_ANSWER if n == 1 else ONE_CUSTOMER
        return Mean(mean, None, None, None, n, 1, n_eff, None, None, None, note)
    se = standard_error(y - mean, codes, w)
    if unvaried or se <= _ROUNDING * max(1.0, float(np.abs(y).max())):
        p = sign_test_p(mean, customers)
        return Mean(mean, mean, mean, 0.0, n, customers, n_eff, customers - 1.0, None, p, NO_VARIATION)
    df, t = customers - 1.0, mean / se
    half = t_quantile(df, level) * se
    return Mean(mean, mean - half, mean + half, se, n, customers, n_eff, df, t, t_p_value(t, df), None)


def standard_error(deviations: Floats, codes: Ints, weights: Floats) -> float:
    """The cluster-robust standard error of a weighted mean from deviations of it; codes 0..G-1, G at least 2."""
    groups = int(codes.max()) + 1
    sums = np.bincount(codes, weights=weights * deviations, minlength=groups)
    return float(np.sqrt(groups / (groups - 1) * (sums**2).sum()) / weights.sum())


def sign_test_p(mean: float, customers: int) -> float:
    """The exact two-sided sign-flip p when all customers say the same: 2 of 2^G sign patterns are as far from 0."""
    return 1.0 if mean == 0 else float(min(1.0, 2.0 ** (1 - customers)))


def effective_n(values: FloatsLike, clusters: CodesLike | None = None) -> float:
    """How many independent answers these are worth: n / deff, deff = clustered over plain variance, at least 1.

    Exactly n when nobody answered twice. One customer counts as 1; answers without variation count their customers.
    """
    y = floats(values)
    codes = cluster_codes(clusters, len(y))[np.isfinite(y)]
    y = y[np.isfinite(y)]
    n, codes = len(y), dense(codes)
    customers = int(codes.max()) + 1 if n else 0
    if customers in (n, 0, 1):
        return float(customers)
    plain_variance = float(y.var(ddof=1)) / n
    if plain_variance <= _ROUNDING:
        return float(customers)
    return n / max(1.0, standard_error(y - y.mean(), codes, np.ones(n)) ** 2 / plain_variance)


def mean_difference(first: Mean, second: Mean, level: float = LEVEL) -> Difference:
    """first - second of two groups: Welch's t, each group's variance clustered, Satterthwaite degrees of freedom.

    Customers who stand in both groups make the interval too wide rather than too narrow (answers of one person go
    together). For runs with both values use the paired gap instead (method 2.14).
    """
    if first.value is None or second.value is None:
        return NO_DIFFERENCE
    value = first.value - second.value
    if first.se is None or second.se is None or first.df is None or second.df is None:
        return Difference(value, None, None, None, None, None)
    variances = (first.se**2, second.se**2)
    se = float(np.sqrt(sum(variances)))
    if se == 0:
        return Difference(value, value, value, 0.0, None, None)
    df = satterthwaite_df(variances, (first.df, second.df))
    half = t_quantile(df, level) * se
    return Difference(value, value - half, value + half, se, df, t_p_value(value / se, df))


def satterthwaite_df(variances: tuple[float, ...] | list[float], dfs: tuple[float, ...] | list[float]) -> float:
    """Degrees of freedom of a sum of independent variance estimates: (sum V)^2 / sum(V^2 / df). At least one V > 0."""
    return sum(variances) ** 2 / sum(v**2 / df for v, df in zip(variances, dfs, strict=True) if v > 0)


def weighting_shift(values: FloatsLike, weights: FloatsLike, clusters: CodesLike | None = None) -> Difference:
    """Weighted minus un-weighted mean of the same answers, with the interval of this difference (method 3.9).

    Linearised: answer i moves it by w_i (y_i - mean_w) / sum w - (y_i - mean) / n; clustered, t with G - 1.
    """
    y, w = floats(values), checked_weights(weights, len(floats(values)))
    codes = cluster_codes(clusters, len(y))
    keep = np.isfinite(y) & (w > 0)
    y, w, codes = y[keep], w[keep], dense(codes[keep])
    if len(y) == 0:
        return NO_DIFFERENCE
    weighted, unweighted = float((w * y).sum() / w.sum()), float(y.mean())
    value, customers = weighted - unweighted, int(codes.max()) + 1
    if customers == 1:
        return Difference(value, None, None, None, None, None)
    moves = w * (y - weighted) / w.sum() - (y - unweighted) / len(y)
    sums = np.bincount(codes, weights=moves, minlength=customers)
    se = float(np.sqrt(customers / (customers - 1) * (sums**2).sum()))
    if se <= _ROUNDING:
        return Difference(value, value, value, 0.0, customers - 1.0, None)
    half = t_quantile(customers - 1.0) * se
    return Difference(
        value, value - half, value + half, se, customers - 1.0, plain(t_p_value(value / se, customers - 1.0))
    )
