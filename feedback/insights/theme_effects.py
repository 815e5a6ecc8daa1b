"""What a theme (or any yes/no mark of an answer) goes with: the outcome with it minus without, one family of tests."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from feedback.insights.arrays import CodesLike, FloatsLike, cluster_codes, floats
from feedback.insights.comparison import FINDING_Q, TEST_FROM_CUSTOMERS
from feedback.insights.intervals import Difference, clustered_mean, mean_difference
from feedback.insights.multiple import benjamini_hochberg

MIN_EFFECT = 3.0


@dataclass(frozen=True, slots=True)
class ThemeEffect:
    """A theme: n answers with it, share of all, difference in points. finding: q < .05 and at least 3 points.

    p and q are None where fewer than 12 customers stand on a side.
    """

    code: str
    n: int
    share: float
    difference: Difference
    p: float | None
    q: float | None
    finding: bool


def theme_effects(
    outcome: FloatsLike,
    themes: Sequence[tuple[str, FloatsLike]],
    clusters: CodesLike | None = None,
    reference: FloatsLike | None = None,
) -> list[ThemeEffect]:
    """Outcome 0-100 (n,) with each theme (1, else 0) minus without, clustered Welch; not yet in a family.

    reference: 1 for the answers to compare with (such as "met no problem"); without, all that lack the theme.
    """
    y = floats(outcome)
    codes = cluster_codes(clusters, len(y))
    found = []
    for code, flags in themes:
        said = floats(flags) == 1
        others = ~said if reference is None else ~said & (floats(reference) == 1)
        own, rest = (clustered_mean(np.where(side, y, np.nan), codes) for side in (said, others))
        difference = mean_difference(own, rest)
        tested = min(own.customers, rest.customers) >= TEST_FROM_CUSTOMERS
        share = own.n / max(1, int(np.isfinite(y).sum()))
        p = difference.p if tested else None
        found.append(ThemeEffect(code, own.n, share, difference, p, None, finding=False))
    return found


def with_family(effects: Sequence[ThemeEffect], min_effect: float = MIN_EFFECT) -> list[ThemeEffect]:
    """The themes of one page with q and finding."""
    q_values = benjamini_hochberg([effect.p for effect in effects])
    return [
        replace(e, q=q, finding=q is not None and q < FINDING_Q and abs(e.difference.value or 0.0) >= min_effect)
        for e, q in zip(effects, q_values, strict=True)
    ]
