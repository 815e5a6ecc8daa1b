"""Regression to the mean: what the worst units would have gained by themselves, taken off their change."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from feedback.insights.arrays import FloatsLike, floats
from feedback.insights.distributions import t_p_value, t_quantile
from feedback.insights.intervals import Difference

CLEAR_P = 0.01

RecoveryState = Literal["shown", "chance_recovery"]


@dataclass(frozen=True, slots=True)
class Recovery:
    """A change with the expected recovery taken off, points. reliability: 0..1, how much of a unit's score lasts.

    state chance_recovery: cannot be told apart from chance recovery (no comparison group, p of the corrected change
    not under .01).
    """

    expected: float
    reliability: float
    corrected: Difference
    state: RecoveryState


def expected_recovery(reliability: float, mean_of_all: float, mean_of_selected: float) -> float:
    """(1 - rho) (mean of all - mean of the selected), the change to expect without any effect (method 2.17)."""
    return (1 - reliability) * (mean_of_all - mean_of_selected)


def reliability(unit_means: FloatsLike, unit_errors: FloatsLike) -> float:
    """1 - mean sampling variance / variance between the units' means, within 0..1; 0 where the means do not vary."""
    means, errors = floats(unit_means), floats(unit_errors)
    between = float(means.var(ddof=1)) if len(means) > 1 else 0.0
    return min(1.0, max(0.0, 1 - float((errors**2).mean()) / between)) if between > 0 else 0.0


def recovery(
    change: Difference, unit_means: FloatsLike, unit_errors: FloatsLike, selected: FloatsLike, compared: bool = False
) -> Recovery | None:
    """The change of units chosen because they were worst, corrected (method 3.10).

    unit_means, unit_errors: score and standard error of every unit before; selected: 1 for the chosen ones; compared:
    there is a comparison group. None without a change or nobody selected.
    """
    means, chosen = floats(unit_means), floats(selected) == 1
    if change.value is None or not bool(chosen.any()):
        return None
    rho = reliability(means, unit_errors)
    expected = expected_recovery(rho, float(means.mean()), float(means[chosen].mean()))
    corrected = _shifted(change, expected)
    clear = compared or (corrected.p is not None and corrected.p < CLEAR_P)
    return Recovery(expected, rho, corrected, "shown" if clear else "chance_recovery")


def _shifted(change: Difference, by: float) -> Difference:
    value = (change.value or 0.0) - by
    if not change.se:
        return Difference(value, None, None, change.se, change.df, None)
    df = change.df or np.inf
    half = t_quantile(df) * change.se
    return Difference(value, value - half, value + half, change.se, change.df, t_p_value(value / change.se, df))
