"""How much each predictor explains: exact LMG (Shapley of R squared), grouped, and Johnson's relative weights."""

from collections.abc import Sequence
from math import comb

import numpy as np

from feedback.insights.alive import tick
from feedback.insights.arrays import CodesLike, Floats, cluster_codes
from feedback.insights.regression import COLLINEAR

LMG_MOST_GROUPS = 15
BOOTSTRAPS = 500


def subset_r2(correlations: Floats, groups: Sequence[int]) -> Floats:
    """R^2 of the outcome on every subset of groups, shape (2^g,); bit k of the index: group k is in.

    correlations: shape (p + 1, p + 1), predictors in the order of their groups, the outcome last; groups: how many
    columns each has. Eliminates group by group for all subsets at once (Schur complements), instead of 2^g inversions.
    A column that the others make up adds nothing.
    """
    level = correlations[None]
    for width in groups:
        chosen = level
        for _ in range(width):
            chosen = _eliminated(chosen)
        level = np.concatenate([level[:, width:, width:], chosen])
    r2: Floats = 1 - level[:, 0, 0]
    return r2


def _eliminated(matrices: Floats) -> Floats:
    pivot = matrices[:, 0, 0]
    scale = np.divide(1.0, pivot, out=np.zeros_like(pivot), where=pivot > COLLINEAR)
    column = matrices[:, 1:, 0]
    rest: Floats = matrices[:, 1:, 1:] - column[:, :, None] * column[:, None, :] * scale[:, None, None]
    return rest


def lmg(correlations: Floats, groups: Sequence[int] | None = None) -> Floats:
    """LMG of every group, shape (g,), adding up to R^2 (method 2.9; Lindeman, Merenda, Gold 1980; Groemping 2006).

    The mean over all orders of entry of what a group adds: sum over subsets S without it of
    |S|! (g - |S| - 1)! / g! * (R^2(S + group) - R^2(S)). Exact; raises ValueError for more than 15 groups.
    """
    widths = [1] * (len(correlations) - 1) if groups is None else list(groups)
    count = len(widths)
    if count > LMG_MOST_GROUPS:
        raise ValueError(f"LMG is exact up to {LMG_MOST_GROUPS} groups, got {count}: use Johnson's weights")
    r2 = subset_r2(correlations, widths)
    masks = np.arange(len(r2))
    sizes = np.array([int(mask).bit_count() for mask in masks])
    weight_of = np.array([1 / (count * comb(count - 1, size)) for size in range(count)])
    shares = np.empty(count)
    for k in range(count):
        without = masks[(masks >> k) & 1 == 0]
        shares[k] = (weight_of[sizes[without]] * (r2[without | (1 << k)] - r2[without])).sum()
    return shares


def johnson(correlations: Floats) -> Floats:
    """Johnson's relative weights, shape (p,), adding up to R^2; outcome last (method 2.9). Approximates dominance.

    R_xx = V L V'; M = V L^1/2 V'; b = M^-1 r_xy; weight_j = sum over k of M_jk^2 b_k^2. Used for more than 15 groups.
    """
    values, vectors = np.linalg.eigh(correlations[:-1, :-1])
    root = np.sqrt(np.clip(values, 0, None))
    inverse = np.divide(1.0, root, out=np.zeros_like(root), where=root > np.sqrt(COLLINEAR))
    b = (vectors * inverse) @ vectors.T @ correlations[:-1, -1]
    weights: Floats = ((vectors * root) @ vectors.T) ** 2 @ b**2
    return weights


def correlation_matrix(outcome: Floats, predictors: Floats) -> Floats:
    """Correlations of predictors (n, p) and outcome (n,), outcome last; a constant column correlates with none."""
    table = np.column_stack([predictors, outcome])
    centred = table - table.mean(axis=0)
    norms = np.sqrt((centred**2).sum(axis=0))
    scaled = centred / np.where(norms > 0, norms, 1.0)
    matrix: Floats = scaled.T @ scaled
    # A constant gets a 0 on its diagonal, which the elimination passes over.
    return matrix


def share_intervals(
    outcome: Floats, predictors: Floats, groups: Sequence[int], clusters: CodesLike | None, seed: int
) -> tuple[Floats, Floats]:
    """95 % percentile bounds of each group's part of R^2 (0..1) from 500 bootstraps of whole customers; shapes (g,)."""
    codes = cluster_codes(clusters, len(outcome))
    count = int(codes.max()) + 1
    rows = np.vstack([predictors.T, outcome])
    rows = np.vstack([rows - rows.mean(axis=1, keepdims=True), np.ones(len(outcome))])
    least = COLLINEAR * (rows[:-1] ** 2).mean(axis=1)
    random = np.random.Generator(np.random.PCG64(seed))
    found = np.empty((BOOTSTRAPS, len(groups)))
    for draw in range(BOOTSTRAPS):
        tick()
        times = np.bincount(random.integers(0, count, count), minlength=count)
        parts = lmg(_correlations_of_draw(rows, times[codes].astype(np.float64), least), groups)
        found[draw] = parts / parts.sum() if parts.sum() > 0 else 0.0
    lower, upper = np.percentile(found, [2.5, 97.5], axis=0)
    return lower, upper


def _correlations_of_draw(rows: Floats, times: Floats, least: Floats) -> Floats:
    """Correlations when every case counts so many times: the same as of the cases drawn, sooner.

    rows: shape (p + 2, n), centred variables, the outcome next to last, then ones; least: variance of a constant.
    """
    moments = (rows * times) @ rows.T
    mean = moments[-1, :-1] / moments[-1, -1]
    covariance = moments[:-1, :-1] / moments[-1, -1] - np.outer(mean, mean)
    variance = np.diag(covariance)
    scale = np.divide(1.0, np.sqrt(np.maximum(variance, 0.0)), out=np.zeros_like(variance), where=variance > least)
    matrix: Floats = covariance * np.outer(scale, scale)
    return matrix
