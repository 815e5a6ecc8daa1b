"""Least squares with cluster-robust errors (CR3), and how predictors are prepared for it."""

from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import CodesLike, Floats, FloatsLike, Ints, cluster_codes, floats
from feedback.insights.distributions import t_p_value, t_quantile

WINSOR_PERCENTILE = 95.0
# A pivot of a correlation matrix below this is a column that the others make up already.
COLLINEAR = 1e-10


@dataclass(frozen=True, slots=True)
class Slope:
    """Points of the outcome per unit of a predictor, with the CR3 interval; errors None where they cannot be known."""

    slope: float
    lo: float | None
    hi: float | None
    se: float | None
    p: float | None


@dataclass(frozen=True, slots=True)
class Fit:
    """A least-squares fit: the slopes in the order of the columns, without the constant."""

    constant: float
    slopes: tuple[Slope, ...]
    r2: float
    n: int
    customers: int


def winsorised(values: FloatsLike, percentile: float = WINSOR_PERCENTILE) -> Floats:
    """Values cut at their own upper percentile; same shape, missing stay NaN (method 3.6: linear raw waits mislead)."""
    x = floats(values)
    return x if not np.isfinite(x).any() else np.minimum(x, np.nanpercentile(x, percentile))


def least_squares(outcome: Floats, predictors: Floats, clusters: CodesLike | None = None) -> Fit | None:
    """y = b0 + X b with CR3 errors by cluster, t with G - 1 (method 2.13, 3.6).

    outcome: shape (n,), predictors: shape (n, p), no missing values. Columns that the others make up (or constants) get
    the smallest-norm slope: drop them first. None with too few rows (n <= p + 1) or an outcome without variation.
    """
    n, width = predictors.shape
    total = float(((outcome - outcome.mean()) ** 2).sum()) if n else 0.0
    if n <= width + 1 or total <= 0:
        return None
    design = np.column_stack([np.ones(n), predictors])
    bread = np.linalg.pinv(design.T @ design)
    beta = bread @ design.T @ outcome
    residual = outcome - design @ beta
    codes = cluster_codes(clusters, n)
    customers = int(codes.max()) + 1
    errors = _cr3_errors(design, residual, bread, codes) if customers > 1 else None
    slopes = tuple(
        _slope(float(beta[j]), None if errors is None else float(errors[j]), customers) for j in range(1, width + 1)
    )
    return Fit(float(beta[0]), slopes, 1 - float((residual**2).sum()) / total, n, customers)


def _slope(slope: float, se: float | None, customers: int) -> Slope:
    if se is None or not np.isfinite(se) or se <= 0:
        return Slope(slope, None, None, None, None)
    half = t_quantile(customers - 1) * se
    return Slope(slope, slope - half, slope + half, se, t_p_value(slope / se, customers - 1))


def _cr3_errors(design: Floats, residual: Floats, bread: Floats, codes: Ints) -> Floats:
    """Square roots of the diagonal of A (sum over clusters of X_g' u_g u_g' X_g) A with u_g = (I - H_gg)^-1 e_g.

    The cluster jackknife without the factor (G - 1)/G, so that clusters of one give HC3 exactly. Clusters of one size
    are solved together.
    """
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    moves = np.zeros((len(sizes), design.shape[1]))
    for size in np.unique(sizes):
        chosen = np.flatnonzero(sizes == size)
        rows = order[starts[chosen][:, None] + np.arange(size)]
        x, e = design[rows], residual[rows][:, :, None]
        moves[chosen] = _small_moves(x, e, bread) if size <= design.shape[1] else _large_moves(x, e, bread)
    errors: Floats = np.sqrt((moves**2).sum(axis=0))
    return errors


def _small_moves(x: Floats, e: Floats, bread: Floats) -> Floats:
    """A X' (I - X A X')^-1 e of every cluster; x: (clusters, rows, columns), e: (clusters, rows, 1)."""
    left_out = np.eye(x.shape[1]) - x @ bread @ x.transpose(0, 2, 1)
    adjusted = np.linalg.pinv(left_out, hermitian=True) @ e
    moves: Floats = (x.transpose(0, 2, 1) @ adjusted)[:, :, 0] @ bread
    return moves


def _large_moves(x: Floats, e: Floats, bread: Floats) -> Floats:
    """The same as R (I - Q'Q)^-1 Q'e with Q = X R, R R = A: no matrix of rows by rows, too large for many rows."""
    values, vectors = np.linalg.eigh(bread)
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    q = x @ root
    turned = q.transpose(0, 2, 1)
    inner = np.linalg.pinv(np.eye(x.shape[2]) - turned @ q, hermitian=True)
    moves: Floats = (inner @ (turned @ e))[:, :, 0] @ root
    return moves


def variance_inflation(predictors: Floats) -> tuple[float | None, ...]:
    """VIF of every column of shape (n, p) with variation: 1 / (1 - R^2 on the others); None where that is infinite."""
    r = np.atleast_2d(np.corrcoef(predictors, rowvar=False))
    found: list[float | None] = []
    for j in range(len(r)):
        others = [k for k in range(len(r)) if k != j]
        left = 1 - float(r[j, others] @ np.linalg.pinv(r[np.ix_(others, others)]) @ r[others, j]) if others else 1.0
        found.append(1 / left if left > COLLINEAR else None)
    return tuple(found)
