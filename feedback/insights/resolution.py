"""First contact resolution from three sources side by side: measured, logged by the agent, told by the customer."""

from dataclasses import dataclass
from math import comb

import numpy as np

from feedback.insights.arrays import Bools, CodesLike, FloatsLike, floats
from feedback.insights.distributions import chi2_p_value
from feedback.insights.shares import Share, share_of

EXACT_BELOW = 25


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two yes/no answers about the same contacts: the 2x2 table, McNemar's test and Cohen's kappa.

    statistic: (b - c)^2 / (b + c); p exact (binomial) under 25 contacts that differ, else chi-square with 1 df.
    kappa: None where chance alone would agree always.
    """

    both_yes: int
    only_first: int
    only_second: int
    both_no: int
    statistic: float | None
    p: float | None
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """The three shares of issues solved at first contact, and measured against told (None where nobody has both)."""

    measured: Share
    logged: Share
    reported: Share
    agreement: Agreement | None


def first_contact_resolution(
    measured: FloatsLike, logged: FloatsLike, reported: FloatsLike, clusters: CodesLike | None = None
) -> Resolution:
    """FCR of first contacts, arrays of shape (n,) with 1 solved, 0 not, NaN not known (method 2.6, 3.8).

    measured: 1 unless the customer came back for the reason within the window (NaN while that is still open); logged:
    the agent's mark; reported: the customer's answer. What was solved elsewhere or given up no measure sees.
    """
    first, second = floats(measured), floats(reported)
    known = np.isfinite(first) & np.isfinite(second)
    pair = agreement(first[known] > 0, second[known] > 0) if known.any() else None
    return Resolution(share_of(first, clusters), share_of(logged, clusters), share_of(second, clusters), pair)


def agreement(first: Bools, second: Bools) -> Agreement:
    """McNemar and kappa of two yes/no columns of shape (n,), n at least 1 (method 3.8)."""
    both, neither = int((first & second).sum()), int((~first & ~second).sum())
    b, c, n = int((first & ~second).sum()), int((~first & second).sum()), len(first)
    differ = b + c
    statistic = (b - c) ** 2 / differ if differ else None
    p = None if statistic is None else _mcnemar_p(b, c, statistic)
    seen, chance = (both + neither) / n, ((both + b) * (both + c) + (neither + b) * (neither + c)) / n**2
    kappa = (seen - chance) / (1 - chance) if chance < 1 else None
    return Agreement(both, b, c, neither, statistic, p, kappa)


def _mcnemar_p(b: int, c: int, statistic: float) -> float:
    differ = b + c
    if differ >= EXACT_BELOW:
        return chi2_p_value(statistic, 1)
    tail = float(sum(comb(differ, i) for i in range(min(b, c) + 1)) / 2**differ)
    return min(1.0, 2 * tail)
