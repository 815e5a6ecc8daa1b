"""Logistic regression by Newton's method, cluster-robust, with average marginal effects; refuses separated data."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from feedback.insights.alive import tick
from feedback.insights.arrays import CodesLike, Floats, Ints, cluster_codes, dense
from feedback.insights.distributions import Z95, z_p_value

STEPS, TOLERANCE = 40, 1e-10
# On the logit scale: a fitted chance of 1 - 1e-9 says that a column decides the answer.
DECIDED = 20.0


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient on the logit scale per unit, with its interval (normal quantile) and two-sided p."""

    value: float
    lo: float
    hi: float
    se: float
    p: float

    @property
    def odds_ratio(self) -> float:
        """exp(value): the odds are multiplied by this per unit."""
        return float(np.exp(self.value))


@dataclass(frozen=True, slots=True)
class Logit:
    """A fit: coefficients in the order of the columns, the chance (0..1) of every row, and the covariance.

    chances (n,) and covariance (p + 1, p + 1, constant first) are for further arithmetic here, not for output.
    """

    constant: float
    coefficients: tuple[Coefficient, ...]
    chances: Floats
    covariance: Floats
    n: int
    customers: int


def logistic(outcome: Floats, predictors: Floats, clusters: CodesLike | None = None) -> Logit | None:
    """P(1) = 1 / (1 + exp(-(b0 + X b))), Newton's steps, errors clustered (CR1, as statsmodels' `cov_type=cluster`).

    outcome: 0 or 1, shape (n,), predictors: (n, p), no missing values. None where no finite maximum exists
    (separation, one outcome only), columns repeat one another, or there are fewer than 2 customers.
    """
    n, width = predictors.shape
    codes = cluster_codes(clusters, n)
    customers = len(np.unique(codes))
    if n <= width + 1 or customers < 2 or not 0 < float(outcome.mean()) < 1:
        return None
    centre, spread = predictors.mean(axis=0), predictors.std(axis=0)
    if bool((spread == 0).any()):
        return None
    design = np.column_stack([np.ones(n), (predictors - centre) / spread])
    beta = _maximum(outcome, design)
    if beta is None:
        return None
    # Back to the units of the columns.
    back = np.diag(np.concatenate([[1.0], 1 / spread]))
    back[0, 1:] = -centre / spread
    chances: Floats = special.expit(design @ beta)
    covariance = back @ _sandwich(outcome, design, chances, codes) @ back.T
    values = back @ beta
    errors = np.sqrt(np.diag(covariance))
    found = tuple(_coefficient(float(b), float(se)) for b, se in zip(values[1:], errors[1:], strict=True))
    return Logit(float(values[0]), found, chances, covariance, n, customers)


def _maximum(outcome: Floats, design: Floats) -> Floats | None:
    beta = np.zeros(design.shape[1])
    likelihood = -np.inf
    for _ in range(STEPS):
        tick()
        chances = special.expit(design @ beta)
        information = design.T @ (design * (chances * (1 - chances))[:, None])
        if np.linalg.matrix_rank(information, hermitian=True) < len(beta):
            return None
        step = np.linalg.solve(information, design.T @ (outcome - chances))
        beta = beta + step
        reached = float((special.log_expit(np.where(outcome > 0, 1.0, -1.0) * (design @ beta))).sum())
        if float(np.abs(design @ beta).max()) > DECIDED:
            return None
        if float(np.abs(step).max()) < TOLERANCE or abs(reached - likelihood) < 1e-14 * abs(reached):
            return beta
        likelihood = reached
    return None


def _sandwich(outcome: Floats, design: Floats, chances: Floats, codes: Ints) -> Floats:
    """(n-1)/(n-k) G/(G-1) times H^-1 (sum over clusters of s_g s_g') H^-1."""
    n, k = design.shape
    bread = np.linalg.inv(design.T @ (design * (chances * (1 - chances))[:, None]))
    scores = design * (outcome - chances)[:, None]
    groups = dense(codes)
    count = int(groups.max()) + 1
    sums = np.column_stack([np.bincount(groups, weights=scores[:, j], minlength=count) for j in range(k)])
    factor = count / (count - 1) * (n - 1) / (n - k)
    covariance: Floats = factor * bread @ (sums.T @ sums) @ bread
    return covariance


def _coefficient(value: float, se: float) -> Coefficient:
    half = Z95 * se
    return Coefficient(value, value - half, value + half, se, z_p_value(value / se) if se > 0 else 1.0)


def marginal_effect(fit: Logit, predictors: Floats, column: int, unit: float = 1.0) -> Coefficient:
    """The average marginal effect of a column per `unit`: mean of P (1 - P) b, delta-method error (probability, 0..1).

    predictors: the (n, p) columns of the fit.
    """
    design = np.column_stack([np.ones(fit.n), predictors])
    slope = fit.coefficients[column].value
    density = fit.chances * (1 - fit.chances)
    gradient = slope * (density * (1 - 2 * fit.chances)) @ design / fit.n
    gradient[column + 1] += float(density.mean())
    se = unit * float(np.sqrt(gradient @ fit.covariance @ gradient))
    return _coefficient(unit * slope * float(density.mean()), se)
