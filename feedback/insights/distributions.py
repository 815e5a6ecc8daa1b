"""Quantiles and tail probabilities of the normal, t and chi-square laws (scipy.special; scipy.stats is too heavy)."""

import numpy as np
from scipy import special  # type: ignore[import-untyped, unused-ignore]

LEVEL = 0.95
Z95 = float(special.ndtri(0.975))


def z_quantile(level: float = LEVEL) -> float:
    """The two-sided normal quantile: 1.959964 at the 95 % level."""
    return float(special.ndtri(0.5 + level / 2))


def t_quantile(df: float, level: float = LEVEL) -> float:
    """The two-sided t quantile; df > 0, the normal one when df is infinite."""
    if not df > 0:
        raise ValueError(f"degrees of freedom must be positive, got {df}")
    return z_quantile(level) if np.isinf(df) else float(special.stdtrit(df, 0.5 + level / 2))


def t_p_value(t: float, df: float) -> float:
    """Two-sided p of a t statistic. An infinite statistic (no variation, mean not 0) has p = 0."""
    if np.isinf(t):
        return 0.0
    return float(min(1.0, 2 * special.stdtr(df, -abs(t))))


def z_p_value(z: float) -> float:
    """Two-sided p of a normal statistic."""
    return float(min(1.0, 2 * special.ndtr(-abs(z))))


def chi2_p_value(statistic: float, df: float) -> float:
    """Upper tail of the chi-square law."""
    return float(special.chdtrc(df, statistic))
