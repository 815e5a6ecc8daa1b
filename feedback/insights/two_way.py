"""Means with two kinds of neighbours: answers of one customer and answers of one week go together."""

import numpy as np

from feedback.insights.arrays import CodesLike, Floats, FloatsLike, cluster_codes, floats
from feedback.insights.distributions import t_p_value, t_quantile
from feedback.insights.intervals import Mean, clustered_mean, standard_error


def two_way_mean(values: FloatsLike, customers: CodesLike | None, weeks: CodesLike) -> Mean:
    """Mean clustered by customer and by week: V = V_customer + V_week - V_both (Cameron, Gelbach, Miller 2011).

    values: shape (n,), missing left out; t with min(G_customer, G_week) - 1. Never narrower than either alone.
    """
    y = floats(values)
    keep = np.isfinite(y)
    people, moments = cluster_codes(customers, len(y))[keep], cluster_codes(weeks, len(y))[keep]
    plain = clustered_mean(y[keep], people)
    if plain.value is None or plain.se is None or not plain.se or len(np.unique(moments)) < 2:
        return plain
    deviations = y[keep] - plain.value
    by_week = _error(deviations, moments)
    both = _error(deviations, people * (int(moments.max()) + 1) + moments)
    variance = max(plain.se**2 + by_week**2 - both**2, plain.se**2, by_week**2)
    se, df = float(np.sqrt(variance)), float(min(plain.customers, len(np.unique(moments))) - 1)
    half, t = t_quantile(df) * se, plain.value / se
    p = t_p_value(t, df)
    return Mean(
        plain.value, plain.value - half, plain.value + half, se, plain.n, plain.customers, plain.n_eff, df, t, p, None
    )


def _error(deviations: Floats, groups: CodesLike) -> float:
    codes = np.unique(np.asarray(groups), return_inverse=True)[1].astype(np.int64)
    return standard_error(deviations, codes, np.ones(len(deviations)))
