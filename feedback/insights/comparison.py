"""Service held against experience: the paired gap of a journey, its family of tests, and the hidden poor."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from feedback.insights.arrays import (
    Bools,
    CodesLike,
    Floats,
    FloatsLike,
    Ints,
    checked_weights,
    cluster_codes,
    dense,
    floats,
)
from feedback.insights.intervals import Difference, Mean, clustered_mean, mean_difference
from feedback.insights.multiple import benjamini_hochberg
from feedback.insights.scores import Bounds, bounds_of
from feedback.insights.shares import Share, share_of
from feedback.insights.suppression import INDICATIVE_BELOW, small_cell
from feedback.insights.versions import PERMUTATIONS

TEST_FROM_CUSTOMERS = 12
FINDING_Q, MIN_GAP = 0.05, 5.0
GOOD_STAGE, POOR_BELOW, DETRACTOR_TO = 75.0, 50.0, 60.0

GapLabel = Literal["not_enough", "indicative", "few_customers", "shown"]
HiddenPoorRule = Literal["below_50", "detractor"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Service minus experience over runs with both, in 0-100 points; positive: service looks better than the journey.

    p: clustered t; p_permutation: sign flips by customer, only under 30 pairs; both None under 12 customers. q and
    finding stay None and False until `with_family`. weighted: the same gap weighted, with its interval.
    label: the strongest of warnings or `shown`. With `not_enough` the numbers are there for the caller, who must
    not show them (`suppression.withheld`).
    """

    gap: float | None
    lo: float | None
    hi: float | None
    n_pairs: int
    customers: int
    p: float | None
    p_permutation: float | None
    q: float | None
    weighted: Bounds | None
    only_service: int
    only_experience: int
    finding: bool
    label: GapLabel
    warnings: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class CarryOver:
    """Experience of runs asked both ways, of runs asked at the end only, and both minus only (method 3.4)."""

    both: Bounds | None
    only: Bounds | None
    n_both: int
    n_only: int
    difference: Difference


def paired_gap(
    service: FloatsLike,
    experience: FloatsLike,
    clusters: CodesLike | None = None,
    weights: FloatsLike | None = None,
    seed: int = 0,
) -> Gap:
    """The gap S - E of runs: arrays of shape (runs,), 0-100, NaN or None where a side is missing (method 3.4).

    Mean of the pairs' differences with the clustered t interval (never the difference of two separate means); clusters:
    customer of each run; weights: pair weights; seed: from `versions.seed_of`, used under 30 pairs only.
    """
    s, e = floats(service), floats(experience)
    if s.shape != e.shape:
        raise ValueError(f"service and experience need the same runs: {s.shape} and {e.shape}")
    codes, difference = cluster_codes(clusters, len(s)), s - e
    mean = clustered_mean(difference, codes)
    twin = None if weights is None else bounds_of(clustered_mean(difference, codes, weights))
    warnings = _gap_warnings(mean.n, mean.customers)
    tested = mean.customers >= TEST_FROM_CUSTOMERS
    flips = tested and mean.n < INDICATIVE_BELOW
    return Gap(
        gap=mean.value,
        lo=mean.lo,
        hi=mean.hi,
        n_pairs=mean.n,
        customers=mean.customers,
        p=mean.p if tested else None,
        p_permutation=sign_flip_p(difference, codes, seed) if flips else None,
        q=None,
        weighted=twin,
        only_service=int((np.isfinite(s) & ~np.isfinite(e)).sum()),
        only_experience=int((np.isfinite(e) & ~np.isfinite(s)).sum()),
        finding=False,
        label=warnings[0] if warnings else "shown",
        warnings=tuple(warnings),
        note=mean.note,
    )


def _gap_warnings(n_pairs: int, customers: int) -> list[GapLabel]:
    if min(n_pairs, customers) < small_cell():
        return ["not_enough"]
    found: list[GapLabel] = ["indicative"] if n_pairs < INDICATIVE_BELOW else []
    return [*found, "few_customers"] if customers < TEST_FROM_CUSTOMERS else found


def sign_flip_p(
    differences: FloatsLike, clusters: CodesLike | None = None, seed: int = 0, flips: int = PERMUTATIONS
) -> float | None:
    """Two-sided p of a mean of 0 by flipping the sign of whole customers at random, (1 + as extreme) / (1 + flips).

    differences: shape (n,), missing left out. Same seed, same p. None without differences.
    """
    d = floats(differences)
    keep = np.isfinite(d)
    if not keep.any():
        return None
    codes = dense(cluster_codes(clusters, len(d))[keep])
    sums = np.bincount(codes, weights=d[keep])
    signs = np.random.Generator(np.random.PCG64(seed)).integers(0, 2, size=(flips, len(sums))) * 2 - 1
    observed = abs(float(sums.sum()))
    # Patterns as far out as the seen one must count even where adding in another order rounds them below it.
    slack = 1e-9 * max(1.0, float(np.abs(sums).sum()))
    extreme = int((np.abs((signs * sums).sum(axis=1)) >= observed - slack).sum())
    return (1 + extreme) / (1 + flips)


def with_family(gaps: Sequence[Gap], min_gap: float = MIN_GAP) -> list[Gap]:
    """The gaps of one page with q (Benjamini-Hochberg over those tested) and finding: q < .05 and |gap| >= min_gap.

    Where a permutation p stands beside the t test, the larger counts. The order stays.
    """
    q_values = benjamini_hochberg([family_p(gap) for gap in gaps])
    return [_judged(gap, q, min_gap) for gap, q in zip(gaps, q_values, strict=True)]


def family_p(gap: Gap) -> float | None:
    """The p value with which a gap stands in its family."""
    known = [p for p in (gap.p, gap.p_permutation) if p is not None]
    return max(known) if known else None


def _judged(gap: Gap, q: float | None, min_gap: float) -> Gap:
    large = gap.gap is not None and abs(gap.gap) >= min_gap
    return dataclasses.replace(gap, q=q, finding=q is not None and q < FINDING_Q and large)


def hidden_poor(
    lowest_service: FloatsLike,
    experience: FloatsLike,
    rule: HiddenPoorRule = "below_50",
    clusters: CodesLike | None = None,
    weights: FloatsLike | None = None,
    good_from: float = GOOD_STAGE,
) -> Share:
    """Of runs with every answered service stage at 75 or more, the share whose experience is poor; Wilson (method 3.4).

    lowest_service: lowest service stage of each run (`run_service.RunScores.lowest`), experience: 0-100, both of shape
    (runs,); runs without either do not count. below_50: experience under 50; detractor: 0-6 on the 0-10 question,
    which is 60 or less of 100.
    """
    low, e = floats(lowest_service), floats(experience)
    counted = np.isfinite(low) & np.isfinite(e) & (low >= good_from)
    poor = e <= DETRACTOR_TO if rule == "detractor" else e < POOR_BELOW
    return share_of(np.where(counted, poor.astype(np.float64), np.nan), clusters, weights)


def carry_over(experience: FloatsLike, asked_service: FloatsLike, clusters: CodesLike | None = None) -> CarryOver:
    """Whether asking about service first moves the experience answer: E(both) - E(only), Welch's interval.

    experience: 0-100, shape (runs,); asked_service: 1 where service surveys were sent as well, 0 where only the
    end-to-end survey was, by design (the random share of runs).
    """
    e, asked, codes = floats(experience), floats(asked_service), cluster_codes(clusters, len(floats(experience)))
    both, only = (_part(e, asked == wanted, codes) for wanted in (1, 0))
    return CarryOver(bounds_of(both), bounds_of(only), both.n, only.n, mean_difference(both, only))


def _part(values: Floats, inside: Bools, codes: Ints) -> Mean:
    return clustered_mean(np.where(inside, values, np.nan), codes)


def pair_weights(
    pair_probability: FloatsLike | None, end_to_end_weight: FloatsLike
) -> tuple[Floats, Literal["pair_probability", "end_to_end"]]:
    """The weight of each run as a pair and where it comes from, for the page to say (method 3.4).

    1 / P(both asked and both answered | frame) where this is known for every run that has a weight, else the
    end-to-end answer's weight: never a mixture of two kinds.
    """
    fallback = checked_weights(end_to_end_weight, len(floats(end_to_end_weight)))
    if pair_probability is None:
        return fallback, "end_to_end"
    p = floats(pair_probability)
    known = np.isfinite(p) & (p > 0)
    if bool((~known & (fallback > 0)).any()):
        return fallback, "end_to_end"
    return np.divide(1.0, p, out=np.zeros(len(p)), where=known), "pair_probability"
