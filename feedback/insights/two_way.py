"""Means with two kinds of neighbours: answers of one customer and answers of one week go together."""

import numpy as np

from feedback.insights.arrays import CodesLike, Floats, FloatsLike, Ints, cluster_codes, dense, floats
from feedback.insights.distributions import t_p_value, t_quantile
from feedback.insights.intervals import Mean, clustered_mean


def two_way_mean(values: FloatsLike, customers: CodesLike | None, weeks: CodesLike) -> Mean:
    """Mean clustered by customer and by week: V = V_customer + V_week - V_both (Cameron, Gelbach, Miller 2011).

    values: shape (n,), missing left out; t with min(G_customer, G_week) - 1. Never narrower than either alone.
    """
    y = floats(values)
    keep = np.isfinite(y)
    people, moments = cluster_codes(customers, len(y))[keep], cluster_codes(weeks, len(y))[keep]
    plain = clustered_mean(y[keep], people)
    if plain.value is None or not plain.se or len(np.unique(moments)) < 2:
        return plain
    variance = two_way_variance((y[keep] - plain.value) / plain.n, people, moments)
    return with_error(plain.value, variance, plain.n, people, moments)


def two_way_variance(influence: Floats, customers: Ints, weeks: Ints | None) -> float:
    """Variance of the sum of influences (w_i residual_i), clustered by customer, and by week too where given."""
    by_customer = one_way_variance(influence, customers)
    if weeks is None or len(np.unique(weeks)) < 2:
        return by_customer
    by_week = one_way_variance(influence, weeks)
    both = one_way_variance(influence, customers * (int(weeks.max()) + 1) + weeks)
    return max(by_customer + by_week - both, by_customer, by_week)


def one_way_variance(influence: Floats, groups: Ints) -> float:
    """G/(G-1) times the sum of squared sums by group; 0 with a single group."""
    codes = dense(groups)
    sums = np.bincount(codes, weights=influence)
    return float(len(sums) / (len(sums) - 1) * (sums**2).sum()) if len(sums) > 1 else 0.0


def with_error(value: float, variance: float, n: int, customers: Ints, weeks: Ints | None) -> Mean:
    """A mean with its interval: t with the fewest groups - 1 degrees of freedom."""
    people = len(np.unique(customers))
    groups = people if weeks is None else min(people, len(np.unique(weeks)))
    if not variance > 0 or groups < 2:
        return Mean(value, None, None, None, n, people, float(n), None, None, None, None)
    se, df = float(np.sqrt(variance)), groups - 1.0
    half, t = t_quantile(df) * se, value / se
    return Mean(value, value - half, value + half, se, n, people, float(n), df, t, t_p_value(t, df), None)
