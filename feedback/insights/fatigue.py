"""Survey fatigue: whether customers answer less the more often they were asked (method 2.20, 3.13)."""

from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Bools, CodesLike, FloatsLike, floats
from feedback.insights.comparison import FINDING_Q
from feedback.insights.logistic import Coefficient, logistic, marginal_effect
from feedback.insights.shares import Share, wilson

LEVELS = (0, 1, 2, 3)  # earlier asks; the last one and more
MIN_ASKS = 50
# The difference between a typical little-asked and much-asked customer, as a share: 5 percentage points.
MIN_EFFECT, TYPICAL = 0.05, 1.35


@dataclass(frozen=True, slots=True)
class Fatigue:
    """slope: logit per earlier ask of the last 90 days; per_ask: the same as a share of answers (-0.04: 4 points less).

    by_earlier: answered after 0, 1, 2, 3 and more earlier asks. finding: the slope is negative with p under .05 (one
    test a page) and the typical difference at least 5 percentage points.
    """

    n: int
    by_earlier: tuple[Share, ...]
    slope: Coefficient | None
    per_ask: Coefficient | None
    finding: bool


def fatigue(earlier: FloatsLike, answered: Bools, customers: CodesLike | None = None) -> Fatigue:
    """Asks with the number of earlier ones, and whether each was answered; all of shape (n,), clustered by customer.

    No slope under 50 asks, where nobody was asked twice, or where the fit has no end.
    """
    x, y = floats(earlier), np.asarray(answered, dtype=bool)
    groups = [np.minimum(x, LEVELS[-1]) == level for level in LEVELS]
    table = tuple(wilson(int(y[inside].sum()), int(inside.sum())) for inside in groups)
    fit = logistic(y.astype(np.float64), x[:, None], customers) if len(x) >= MIN_ASKS else None
    if fit is None:
        return Fatigue(len(x), table, None, None, finding=False)
    slope, per_ask = fit.coefficients[0], marginal_effect(fit, x[:, None], 0)
    large = abs(per_ask.value) * TYPICAL * float(x.std()) >= MIN_EFFECT
    return Fatigue(len(x), table, slope, per_ask, bool(slope.value < 0 and slope.p < FINDING_Q and large))
