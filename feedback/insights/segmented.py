"""The level change of a weekly series at a date beside its trend, with errors that allow for neighbouring weeks."""

from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Floats
from feedback.insights.distributions import t_p_value, t_quantile

LAG, LEAST_WEEKS = 4, 12


@dataclass(frozen=True, slots=True)
class LevelChange:
    """The jump at the change in units of the series, the slope per week before and how much it turned after."""

    level: float
    lo: float | None
    hi: float | None
    p: float | None
    slope_before: float
    slope_change: float
    weeks_before: int
    weeks_after: int


def level_change(before: Floats, after: Floats, lag: int = LAG) -> LevelChange | None:
    """y = b0 + b1 t + b2 [after] + b3 (t - change) [after], Newey-West with Bartlett weights, t with n - 4 (3.10).

    before, after: weekly means in order, NaN weeks left out. None under 12 weeks with answers on a side.
    """
    y = np.concatenate([before, after])
    time = np.arange(len(y), dtype=np.float64)
    post = (time >= len(before)).astype(np.float64)
    keep = np.isfinite(y)
    old, new = int((keep & (post == 0)).sum()), int((keep & (post == 1)).sum())
    if min(old, new) < LEAST_WEEKS:
        return None
    design = np.column_stack([np.ones(len(y)), time, post, post * (time - len(before))])[keep]
    beta, covariance = newey_west(y[keep], design, lag)
    se, level, df = float(np.sqrt(covariance[2, 2])), float(beta[2]), len(design) - 4.0
    if not se > 0:
        return LevelChange(level, None, None, None, float(beta[1]), float(beta[3]), old, new)
    half = t_quantile(df) * se
    p = t_p_value(level / se, df)
    return LevelChange(level, level - half, level + half, p, float(beta[1]), float(beta[3]), old, new)


def newey_west(outcome: Floats, design: Floats, lag: int = LAG) -> tuple[Floats, Floats]:
    """Least squares and its HAC covariance (Newey & West 1987), factor n/(n-k); rows in order of time."""
    n, k = design.shape
    bread = np.linalg.inv(design.T @ design)
    beta = bread @ design.T @ outcome
    scores = design * (outcome - design @ beta)[:, None]
    meat = scores.T @ scores
    for step in range(1, min(lag, n - 1) + 1):
        cross = scores[step:].T @ scores[:-step]
        meat = meat + (1 - step / (lag + 1)) * (cross + cross.T)
    covariance: Floats = n / (n - k) * bread @ meat @ bread
    return beta, covariance
