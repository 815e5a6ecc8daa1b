"""Shares of single stages when every run was asked about some stages only: correlations pair by pair, then LMG."""

from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Floats, FloatsLike, floats
from feedback.insights.importance import LMG_MOST_GROUPS, lmg

JOINT_ANSWERS = 50
LEAST_EIGENVALUE = 1e-6


@dataclass(frozen=True, slots=True)
class StageShares:
    """LMG part (0..1) of every column, in their order, of R^2 r2; fewest: the joint answers of the rarest pair.

    shares is empty where a pair has under 50 joint answers (or over 15 columns): then only the mean score can be told.
    """

    shares: tuple[float, ...]
    r2: float | None
    fewest: int


def pairwise_shares(outcome: FloatsLike, columns: Floats) -> StageShares:
    """LMG from pairwise correlations, for columns of shape (n, p) missing by design (method 3.6, P17).

    Eigenvalues are clipped at 1e-6 and the matrix rescaled to a unit diagonal, since correlations from different rows
    need not fit together. Parts are of the explained variation and add up to 1.
    """
    table = np.column_stack([floats(columns), floats(outcome)])
    present = np.isfinite(table)
    joint = (present.T.astype(np.int64) @ present.astype(np.int64)).astype(np.int64)
    fewest = int(joint.min())
    if fewest < JOINT_ANSWERS or table.shape[1] - 1 > LMG_MOST_GROUPS:
        return StageShares((), None, fewest)
    parts = lmg(_repaired(pairwise_correlations(table)))
    total = float(parts.sum())
    if not total > 0:
        return StageShares((), None, fewest)
    return StageShares(tuple(float(part / total) for part in parts), total, fewest)


def pairwise_correlations(table: Floats) -> Floats:
    """Correlations of the columns of (n, p), each pair from the rows that have both; constants give 0."""
    p = table.shape[1]
    matrix = np.eye(p)
    for i in range(p):
        for j in range(i):
            both = np.isfinite(table[:, i]) & np.isfinite(table[:, j])
            a, b = table[both, i] - table[both, i].mean(), table[both, j] - table[both, j].mean()
            size = float(np.sqrt((a**2).sum() * (b**2).sum()))
            matrix[i, j] = matrix[j, i] = float((a * b).sum()) / size if size > 0 else 0.0
    return matrix


def _repaired(matrix: Floats) -> Floats:
    values, vectors = np.linalg.eigh(matrix)
    whole = (vectors * np.maximum(values, LEAST_EIGENVALUE)) @ vectors.T
    scale = np.sqrt(np.diag(whole))
    repaired: Floats = whole / np.outer(scale, scale)
    return repaired
