"""Two groups compared over all and within strata: a warning when the mix, not the groups, makes the difference."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import CodesLike, FloatsLike, cluster_codes, floats
from feedback.insights.intervals import Difference, clustered_mean, mean_difference


@dataclass(frozen=True, slots=True)
class Mixed:
    """first - second over all, and standardised to the pooled mix of the strata in which both are; warning: they
    disagree (contract code `simpson`). left_out: share of the answers in strata that only one group is in."""

    overall: Difference
    standardised: float | None
    standardised_se: float | None
    warning: bool
    left_out: float


def standardised_difference(
    values: FloatsLike, first: FloatsLike, strata: Sequence[str], clusters: CodesLike | None = None
) -> Mixed:
    """Delta and Delta_std = sum of W_h (mean_1h - mean_0h), W_h the pooled share (method 2.18).

    values: shape (n,); first: 1 first group, 0 second. Warns when they differ by over 2 SE, or their signs differ and
    one of them is clear of 0 by 2 SE (around 0 signs differ by chance).
    """
    y, group, labels = floats(values), floats(first), np.asarray(strata, dtype=object)
    codes, present = cluster_codes(clusters, len(y)), np.isfinite(y) & np.isfinite(group)
    one, other = (clustered_mean(y[present & (group == g)], codes[present & (group == g)]) for g in (1, 0))
    overall = mean_difference(one, other)
    shares, parts = [], []
    for name in sorted(set(labels[present].tolist())):
        inside = present & (labels == name)
        pair = [clustered_mean(y[inside & (group == g)], codes[inside & (group == g)]) for g in (1, 0)]
        if pair[0].n and pair[1].n:
            shares.append(float(inside.sum()))
            parts.append(mean_difference(pair[0], pair[1]))
    if not parts or overall.value is None:
        return Mixed(overall, None, None, warning=False, left_out=1.0 if len(y) else 0.0)
    weights = np.array(shares) / sum(shares)
    value = float(sum(w * (p.value or 0.0) for w, p in zip(weights, parts, strict=True)))
    se = (
        None
        if any(p.se is None for p in parts)
        else float(np.sqrt(sum((w * (p.se or 0.0)) ** 2 for w, p in zip(weights, parts, strict=True))))
    )
    gone = 1 - sum(shares) / float(present.sum())
    return Mixed(overall, value, se, _disagree(overall, value, se), gone)


def _disagree(overall: Difference, standardised: float, se: float | None) -> bool:
    if overall.value is None or not overall.se:
        return False
    if abs(overall.value - standardised) > 2 * overall.se:
        return True
    clear = abs(overall.value) > 2 * overall.se or (se is not None and abs(standardised) > 2 * se)
    return bool(overall.value * standardised < 0 and clear)
