"""Means from sums that a database has added up: the same numbers as from the rows, whatever their number."""

import math
from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Floats, Ints, dense
from feedback.insights.distributions import t_p_value, t_quantile
from feedback.insights.intervals import NO_ANSWERS, NO_VARIATION, ONE_CUSTOMER, SINGLE_ANSWER, Mean, sign_test_p

# Of the size of the squares: what is left of a variance by rounding alone.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ClusterSums:
    """What a clustered mean needs to know of n values of so many customers.

    total: sum of the values; squares: of the squared sums of each customer; cross: of each customer's sum times his
    number of values; counts: of the squared numbers of values.
    """

    n: int
    customers: int
    total: float
    squares: float
    cross: float
    counts: float


@dataclass(frozen=True, slots=True)
class RatioSums:
    """Two amounts added up over n runs of so many customers: sums, and sums over customers of squares and products."""

    n: int
    customers: int
    above: float
    below: float
    above_squares: float
    products: float
    below_squares: float


def cluster_sums(values: Floats, clusters: Ints) -> ClusterSums:
    """What values of shape (n,) of these customers add up to; NaN: not measured.

    A customer's are added in the order they come, customers exactly: which of them comes first shows nowhere.
    """
    known = np.isfinite(values)
    codes = dense(clusters[known])
    sums, numbers = np.bincount(codes, weights=values[known]), np.bincount(codes).astype(np.float64)
    parts = (sums, sums**2, sums * numbers, numbers**2)
    return ClusterSums(int(known.sum()), len(sums), *(math.fsum(part.tolist()) for part in parts))


def ratio_sums(above: Floats, below: Floats, clusters: Ints) -> RatioSums:
    """What two amounts of n runs of these customers add up to; shape (n,) each, no missing values, in their order."""
    codes = dense(clusters)
    a, b = np.bincount(codes, weights=above), np.bincount(codes, weights=below)
    parts = (a.sum(), b.sum(), (a * a).sum(), (a * b).sum(), (b * b).sum())
    return RatioSums(len(above), len(a), *(float(part) for part in parts))


def ratio_of_sums(sums: RatioSums) -> Mean:
    """above / below, 0..1, with the linearised interval of a ratio, clustered, t with G - 1, clipped to 0..1.

    SE^2 = G/(G-1) * sum over customers of (a_g - r b_g)^2 / below^2 (Cochran 1977, ratio estimate).
    """
    n, customers = sums.n, sums.customers
    if n == 0 or sums.below <= 0:
        return Mean(None, None, None, None, 0, 0, 0.0, None, None, None, NO_ANSWERS)
    ratio = sums.above / sums.below
    if customers == 1:
        return Mean(ratio, None, None, None, n, 1, float(n), None, None, None, ONE_CUSTOMER)
    spread = max(0.0, sums.above_squares - 2 * ratio * sums.products + ratio**2 * sums.below_squares)
    se, df = float(np.sqrt(customers / (customers - 1) * spread)) / sums.below, customers - 1.0
    half = t_quantile(df) * se
    lo, hi = min(ratio, max(0.0, ratio - half)), max(ratio, min(1.0, ratio + half))
    return Mean(ratio, lo, hi, se, n, customers, float(n), df, None, None, None)


def mean_of_sums(sums: ClusterSums) -> Mean:
    """The mean of `intervals.clustered_mean` without weights, from sums (method 3.14: sufficient statistics).

    SE^2 = G/(G-1) * sum over customers of (S_g - mean n_g)^2 / n^2, and that sum = squares - 2 mean cross + mean^2
    counts.
    """
    n, customers = sums.n, sums.customers
    if n == 0:
        return Mean(None, None, None, None, 0, 0, 0.0, None, None, None, NO_ANSWERS)
    mean = sums.total / n
    if customers == 1:
        note = SINGLE_ANSWER if n == 1 else ONE_CUSTOMER
        return Mean(mean, None, None, None, n, 1, float(n), None, None, None, note)
    spread = sums.squares - 2 * mean * sums.cross + mean**2 * sums.counts
    if spread <= _ROUNDING * max(1.0, sums.squares):
        p = sign_test_p(mean, customers)
        return Mean(mean, mean, mean, 0.0, n, customers, float(n), customers - 1.0, None, p, NO_VARIATION)
    se, df = float(np.sqrt(customers / (customers - 1) * spread)) / n, customers - 1.0
    half = t_quantile(df) * se
    return Mean(
        mean, mean - half, mean + half, se, n, customers, float(n), df, mean / se, t_p_value(mean / se, df), None
    )
