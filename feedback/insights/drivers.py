"""What goes with the outcome: slopes in points per unit, their share of what is explained, and which are named."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from feedback.insights.arrays import Bools, CodesLike, Floats, FloatsLike, cluster_codes, floats
from feedback.insights.comparison import FINDING_Q, TEST_FROM_CUSTOMERS
from feedback.insights.importance import LMG_MOST_GROUPS, correlation_matrix, johnson, lmg, share_intervals
from feedback.insights.intervals import clustered_mean
from feedback.insights.multiple import benjamini_hochberg
from feedback.insights.regression import Fit, Slope, least_squares, variance_inflation
from feedback.insights.scores import Bounds

MIN_EFFECT = 3.0
# From a typical low to a typical high customer (between the quartiles of a normal law).
TYPICAL_SPREAD = 1.35
PRESENT_SHARE, MIN_ROWS, ROWS_PER_PREDICTOR, HIGHEST_VIF, BEND_P = 0.9, 50, 10, 10.0, 0.01

# For the model with the controls: rows for each of its columns.
ROWS_PER_COLUMN = 5
CROWDED = "not_enough_for_controls"

NOTHING = 1e-12  # an R2 that is rounding only

Method = Literal["lmg", "johnson", "none"]


@dataclass(frozen=True, slots=True)
class Predictor:
    """One candidate: code as in the result, values of shape (n,), NaN missing. An input, not for output.

    block: predictors with one block share one share (empty: its own code). service: not in the family of tests.
    by_design: may be missing in over 10 % of rows (stage scores, ratings). reference: the promise, the steps needed, 0.
    """

    code: str
    values: FloatsLike
    block: str = ""
    service: bool = False
    by_design: bool = False
    reference: float | None = None


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The slope with the controls in the model; p and effect as in Driver."""

    slope: float
    lo: float | None
    hi: float | None
    p: float | None
    q: float | None
    effect: float


@dataclass(frozen=True, slots=True)
class Driver:
    """One predictor in the model: points of the outcome per unit, with interval and test.

    effect: points between a typical low and high customer, |slope| 1.35 SD. share: its own part of what is explained
    (0..1; merged columns: their common part), a difference between customers, never possible gain. at_stake: slope
    (mean - reference), points.
    """

    code: str
    block: str
    slope: float
    lo: float | None
    hi: float | None
    p: float | None
    q: float | None
    effect: float
    adjusted: Adjusted | None
    finding: bool
    share: float
    share_lo: float | None
    share_hi: float | None
    at_stake: Bounds | None


@dataclass(frozen=True, slots=True)
class BlockShare:
    """The part (0..1) of what is explained that a whole block has (service, waits, steps ...), entered as one."""

    block: str
    share: float
    lo: float | None
    hi: float | None


@dataclass(frozen=True, slots=True)
class Drivers:
    """The model of one outcome; items in the order given, empty with the warning `not_enough`. blocks add up to 1.

    left_out: (code, reason) of predictors not in the model: constant or missing. merged: blocks joined because their
    columns say the same (VIF over 10).
    """

    method: Method
    n: int
    customers: int
    r2: float | None
    items: tuple[Driver, ...]
    blocks: tuple[BlockShare, ...]
    left_out: tuple[tuple[str, str], ...]
    merged: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dose:
    """The outcome in one quarter of a predictor, from low to high (both inclusive)."""

    low: float
    high: float
    n: int
    score: float | None
    lo: float | None
    hi: float | None


def key_drivers(
    outcome: FloatsLike,
    predictors: Sequence[Predictor],
    clusters: CodesLike | None = None,
    controls: Floats | None = None,
    min_effect: float = MIN_EFFECT,
    seed: int | None = None,
) -> Drivers:
    """Slopes, tests and shares of the predictors of an outcome (method 2.9, 3.6).

    outcome: 0-100, shape (n,); clusters: customers; controls: dummy or number columns, shape (n, c). Complete rows,
    at least max(50, 10 p). Slopes by least squares with CR3 errors; q over all slopes but those of service; under 12
    customers no test. A driver is named (finding) when q < .05 and effect >= min_effect, with the controls too.
    Shares of single predictors and of blocks: LMG up to 15, else Johnson; bootstrap intervals only with a seed (500).
    """
    y = floats(outcome)
    used, left_out = _usable(y, predictors)
    x = np.column_stack([floats(p.values) for p in used]) if used else np.empty((len(y), 0))
    extra = np.empty((len(y), 0)) if controls is None else floats(controls)
    keep = np.isfinite(y) & np.isfinite(x).all(axis=1) & np.isfinite(extra).all(axis=1)
    codes = cluster_codes(clusters, len(y))[keep]
    y, x, extra = y[keep], x[keep], extra[keep]
    extra = extra[:, (extra != extra[:1]).any(axis=0)]
    customers = len(np.unique(codes))
    fit = least_squares(y, x, codes) if used and len(y) >= _rows_needed(len(used)) else None
    if fit is None:
        return Drivers("none", len(y), customers, None, (), (), left_out, (), ("not_enough",))
    # Too many controls for the rows: nothing can be named, since nothing could be held against them.
    crowded = extra.shape[1] > 0 and len(y) < ROWS_PER_COLUMN * (x.shape[1] + extra.shape[1])
    full = least_squares(y, np.column_stack([x, extra]), codes) if extra.shape[1] and not crowded else None
    blocks, merged = _blocks(used, x)
    singles = _singles(used, blocks, merged)
    method, shares = _shares(y, x, singles, codes, seed)
    parts = shares if singles == blocks else _shares(y, x, blocks, codes, seed)[1]
    gate = np.inf if crowded else min_effect
    items = _items(used, x, fit, full, gate, [shares[single] for single in singles], blocks)
    whole = tuple(BlockShare(name, part.value, part.lo, part.hi) for name, part in parts.items())
    warnings: tuple[str, ...] = ("few_customers",) if customers < TEST_FROM_CUSTOMERS else ()
    warnings += (CROWDED,) if crowded else ()
    return Drivers(method, fit.n, customers, fit.r2, items, whole, left_out, merged, warnings)


def _rows_needed(predictors: int) -> int:
    return max(MIN_ROWS, ROWS_PER_PREDICTOR * predictors)


def _usable(outcome: Floats, predictors: Sequence[Predictor]) -> tuple[list[Predictor], tuple[tuple[str, str], ...]]:
    """Predictors that vary and are there in 90 % of the rows with an outcome, and why the others are not used."""
    asked = np.isfinite(outcome)
    used, left_out = [], []
    for predictor in predictors:
        values = floats(predictor.values)[asked]
        present = np.isfinite(values)
        if not present.any() or float(np.ptp(values[present])) == 0:
            left_out.append((predictor.code, "constant"))
        elif not predictor.by_design and float(present.mean()) < PRESENT_SHARE:
            left_out.append((predictor.code, "missing"))
        else:
            used.append(predictor)
    return used, tuple(left_out)


def _blocks(used: list[Predictor], x: Floats) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """The block of every column; columns with VIF over 10 join the block of the column they go with most."""
    blocks = [p.block or p.code for p in used]
    merged: list[tuple[str, str]] = []
    inflation = variance_inflation(x)
    correlations = np.abs(np.atleast_2d(np.corrcoef(x, rowvar=False))) - np.eye(len(used))
    for j, vif in enumerate(inflation):
        partner = int(np.argmax(correlations[j]))
        if (vif is None or vif > HIGHEST_VIF) and blocks[j] != blocks[partner]:
            old, new = blocks[j], blocks[partner]
            merged.append((old, new))
            blocks = [new if block == old else block for block in blocks]
    return blocks, tuple(merged)


def _singles(used: list[Predictor], blocks: list[str], merged: tuple[tuple[str, str], ...]) -> list[str]:
    """The group of every column for its own share: itself, but its block where that was merged."""
    joined = {new for _, new in merged}
    return [block if block in joined else p.code for p, block in zip(used, blocks, strict=True)]


def _shares(
    y: Floats, x: Floats, blocks: list[str], codes: CodesLike, seed: int | None
) -> tuple[Method, dict[str, Bounds]]:
    """The part (0..1) of the explained variation of every block, with its bootstrap interval where there is a seed."""
    names = list(dict.fromkeys(blocks))
    columns = [j for name in names for j, block in enumerate(blocks) if block == name]
    widths = [blocks.count(name) for name in names]
    table = correlation_matrix(y, x[:, columns])
    if len(names) > LMG_MOST_GROUPS:
        parts = np.add.reduceat(johnson(table), np.cumsum([0, *widths[:-1]]))
        return "johnson", {n: Bounds(float(s), None, None) for n, s in zip(names, _of_whole(parts), strict=True)}
    parts = _of_whole(lmg(table, widths))
    if seed is None:
        return "lmg", {name: Bounds(float(part), None, None) for name, part in zip(names, parts, strict=True)}
    lower, upper = share_intervals(y, x[:, columns], widths, codes, seed)
    rows = zip(names, parts, lower, upper, strict=True)
    return "lmg", {name: Bounds(float(part), float(lo), float(hi)) for name, part, lo, hi in rows}


def _of_whole(parts: Floats) -> Floats:
    """Parts as shares of their sum; where nothing at all is explained, every share is 0."""
    whole = float(parts.sum())
    return parts / whole if whole > NOTHING else np.zeros(len(parts))


def _items(
    used: list[Predictor],
    x: Floats,
    fit: Fit,
    full: Fit | None,
    min_effect: float,
    shares: list[Bounds],
    blocks: list[str],
) -> tuple[Driver, ...]:
    q_values = _family(used, fit)
    adjusted_q = _family(used, full) if full else q_values
    spread = TYPICAL_SPREAD * x.std(axis=0, ddof=1)
    items = []
    for j, predictor in enumerate(used):
        slope, other = fit.slopes[j], full.slopes[j] if full else fit.slopes[j]
        effect, other_effect = abs(slope.slope) * float(spread[j]), abs(other.slope) * float(spread[j])
        plain_finding = _named(q_values[j], effect, min_effect)
        items.append(
            Driver(
                code=predictor.code,
                block=blocks[j],
                slope=slope.slope,
                lo=slope.lo,
                hi=slope.hi,
                p=slope.p if fit.customers >= TEST_FROM_CUSTOMERS else None,
                q=q_values[j],
                effect=effect,
                adjusted=_adjusted(other, adjusted_q[j], other_effect, full) if full else None,
                finding=plain_finding and _named(adjusted_q[j], other_effect, min_effect),
                share=shares[j].value,
                share_lo=shares[j].lo,
                share_hi=shares[j].hi,
                at_stake=points_at_stake(slope, float(x[:, j].mean()), predictor.reference),
            )
        )
    return tuple(items)


def _adjusted(slope: Slope, q: float | None, effect: float, full: Fit) -> Adjusted:
    p = slope.p if full.customers >= TEST_FROM_CUSTOMERS else None
    return Adjusted(slope.slope, slope.lo, slope.hi, p, q, effect)


def one_family(items: Sequence[Driver], services: Collection[str], min_effect: float = MIN_EFFECT) -> list[Driver]:
    """The items of several blocks with q over all their slopes but those of service, and finding by it."""
    tested = [item.code not in services for item in items]
    q_values = benjamini_hochberg([item.p if t else None for item, t in zip(items, tested, strict=True)])
    with_controls = benjamini_hochberg(
        [item.adjusted.p if t and item.adjusted else None for item, t in zip(items, tested, strict=True)]
    )
    judged = []
    for item, q, other in zip(items, q_values, with_controls, strict=True):
        adjusted = item.adjusted and replace(item.adjusted, q=other)
        finding = _named(q, item.effect, min_effect)
        if adjusted:
            finding = finding and _named(other, adjusted.effect, min_effect)
        judged.append(replace(item, q=q, adjusted=adjusted, finding=finding))
    return judged


def _family(used: list[Predictor], fit: Fit) -> list[float | None]:
    """q of every slope in the family of all but service; none is tested under 12 customers."""
    tested = fit.customers >= TEST_FROM_CUSTOMERS
    # With controls the fit has more slopes: the predictors' come first.
    pairs = zip(used, fit.slopes[: len(used)], strict=True)
    return benjamini_hochberg([slope.p if tested and not predictor.service else None for predictor, slope in pairs])


def _named(q: float | None, effect: float, min_effect: float) -> bool:
    return q is not None and q < FINDING_Q and effect >= min_effect


def points_at_stake(slope: Slope, mean: float, reference: float | None) -> Bounds | None:
    """Points that go with the distance of the mean from its reference, slope (mean - reference); None without one."""
    if reference is None:
        return None
    distance = mean - reference
    if slope.lo is None or slope.hi is None:
        return Bounds(slope.slope * distance, None, None)
    ends = sorted((slope.lo * distance, slope.hi * distance))
    return Bounds(slope.slope * distance, ends[0], ends[1])


def dose_table(predictor: FloatsLike, outcome: FloatsLike, clusters: CodesLike | None = None) -> tuple[Dose, ...]:
    """The outcome by quarter of a predictor, both of shape (n,): a slope alone is never the only evidence (method 3.6).

    Equal values stay together, so there may be fewer than four rows.
    """
    x, y = floats(predictor), floats(outcome)
    keep = np.isfinite(x) & np.isfinite(y)
    if not keep.any():
        return ()
    codes = cluster_codes(clusters, len(x))
    inner = np.unique(np.quantile(x[keep], [0.25, 0.5, 0.75]))
    quarter = np.where(keep, np.searchsorted(inner, x, side="left"), -1)
    return tuple(_dose(x, y, quarter == q, codes) for q in np.unique(quarter[keep]))


def _dose(x: Floats, y: Floats, inside: Bools, codes: CodesLike) -> Dose:
    mean = clustered_mean(np.where(inside, y, np.nan), codes)
    return Dose(float(x[inside].min()), float(x[inside].max()), mean.n, mean.value, mean.lo, mean.hi)


def bends(outcome: Floats, predictors: Floats, column: int, clusters: CodesLike | None = None) -> bool:
    """Whether a straight slope misleads: the square of this (centred) column has p < .01 beside all predictors."""
    x = predictors[:, column]
    fit = least_squares(outcome, np.column_stack([predictors, (x - x.mean()) ** 2]), clusters)
    p = fit.slopes[-1].p if fit and fit.customers >= TEST_FROM_CUSTOMERS else None
    return p is not None and p < BEND_P
