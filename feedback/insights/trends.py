"""Weekly series: EWMA and CUSUM charts whose limits allow for a short baseline, and permutation change points."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from feedback.insights.alive import tick
from feedback.insights.arrays import Floats, FloatsLike, Ints, floats
from feedback.insights.comparison import FINDING_Q
from feedback.insights.multiple import benjamini_hochberg
from feedback.insights.versions import PERMUTATIONS

LAMBDA, CUSUM_K = 0.2, 0.5
# Baseline weeks: EWMA limit, CUSUM limit; about 5 % false alarms a chart-year (method 3.13; the textbook's 3 has 27 %).
LIMITS = ((52, 3.4, 7.0), (26, 3.7, 8.0), (13, 3.9, 10.0))
WEEKLY_FROM, NEAR_MAXIMUM, MIN_SHIFT = 10, 0.8, 3.0
STOP_AT, FIRST_PIECE, PIECE = 20, 200, 2_000


@dataclass(frozen=True, slots=True)
class Series:
    """One point a period: labels (sortable), means, numbers of answers; within: SD of single answers."""

    periods: tuple[str, ...]
    means: tuple[float, ...]
    counts: tuple[int, ...]
    within: float | None


@dataclass(frozen=True, slots=True)
class Ewma:
    """z and its limits of every point; alarms: places (from 0) outside."""

    z: tuple[float, ...]
    lo: tuple[float, ...]
    hi: tuple[float, ...]
    alarms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cusum:
    """Sums upwards and downwards of every point, in standard errors; alarms: places (from 0) over h."""

    up: tuple[float, ...]
    down: tuple[float, ...]
    alarms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A watched series: baseline mean and SD of single answers, its first weeks, and the charts of the weeks after."""

    mean: float
    sd: float
    baseline: int
    ewma: Ewma
    cusum: Cusum


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """The likeliest change of level: at the start of the point `place` (from 0), shift = after - before.

    f: largest F; p by permutation; first, last: points with F of at least 80 % of it (the date is that uncertain).
    q and finding come by `with_family`.
    """

    f: float
    place: int
    shift: float
    first: int
    last: int
    p: float
    q: float | None
    finding: bool


def series(values: FloatsLike, periods: Sequence[str]) -> Series:
    """Means and counts by period of single answers (n,), missing left out; within: pooled SD inside periods."""
    names, codes = np.unique(np.asarray(periods, dtype=str), return_inverse=True)
    return series_of(floats(values), names.tolist(), codes)


def series_of(values: Floats, names: Sequence[str], codes: Ints) -> Series:
    """The same of periods as places in the names, which are sorted; -1: in no period that counts."""
    keep = np.isfinite(values) & (codes >= 0)
    y, codes = values[keep], codes[keep]
    counts = np.bincount(codes, minlength=len(names))
    used = np.flatnonzero(counts)
    if not len(used):
        return Series((), (), (), None)
    totals = np.bincount(codes, weights=y, minlength=len(names))
    means = np.divide(totals, counts, out=np.zeros(len(names)), where=counts > 0)
    free = len(y) - len(used)
    within = float(np.sqrt(((y - means[codes]) ** 2).sum() / free)) if free > 0 else None
    return Series(
        tuple(names[n] for n in used.tolist()), tuple(means[used].tolist()), tuple(counts[used].tolist()), within
    )


def weekly_enough(counts: Sequence[int]) -> bool:
    """Whether weeks can be shown: half of them have 10 answers; else months (method 3.13)."""
    return bool(counts) and float(np.median(counts)) >= WEEKLY_FROM


def limits(baseline: int) -> tuple[float, float] | None:
    """L of the EWMA and h of the CUSUM for so many baseline weeks; None under 13: no chart yet."""
    return next(((ewma_limit, h) for weeks, ewma_limit, h in LIMITS if baseline >= weeks), None)


def ewma(means: FloatsLike, errors: FloatsLike, mean: float, limit: float, weight: float = LAMBDA) -> Ewma:
    """z_t = w x_t + (1-w) z_(t-1), Var_t = w^2 se_t^2 + (1-w)^2 Var_(t-1), limits mean +- L sqrt(Var_t) (method 2.16).

    means: of the periods; errors: sigma / sqrt(n_t) of each, so numbers of answers may differ.
    """
    z, variance = mean, 0.0
    rows = []
    for x, error in zip(floats(means), floats(errors), strict=True):
        z = weight * float(x) + (1 - weight) * z
        variance = weight**2 * float(error) ** 2 + (1 - weight) ** 2 * variance
        half = limit * float(np.sqrt(variance))
        rows.append((z, mean - half, mean + half))
    alarms = tuple(i for i, (value, lo, hi) in enumerate(rows) if not lo <= value <= hi)
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return Ewma(columns[0], columns[1], columns[2], alarms)


def cusum(means: FloatsLike, errors: FloatsLike, mean: float, limit: float, k: float = CUSUM_K) -> Cusum:
    """C+ = max(0, C+ + u - k), C- = max(0, C- - u - k), u = (x - mean) / se; alarm over the limit h (method 2.16)."""
    up = down = 0.0
    rows = []
    for x, error in zip(floats(means), floats(errors), strict=True):
        u = (float(x) - mean) / float(error)
        up, down = max(0.0, up + u - k), max(0.0, down - u - k)
        rows.append((up, down))
    alarms = tuple(i for i, row in enumerate(rows) if max(row) > limit)
    columns = list(zip(*rows, strict=True)) or [(), ()]
    return Cusum(columns[0], columns[1], alarms)


def chart(data: Series, baseline: int) -> Chart | None:
    """EWMA and CUSUM of the points after the first `baseline` ones; None under 13 or without variation.

    The mean of the baseline is that of its answers, sigma the pooled SD inside its weeks.
    """
    bounds = limits(baseline)
    if bounds is None or len(data.means) <= baseline or not data.within:
        return None
    counts, means = np.array(data.counts, dtype=np.float64), np.array(data.means)
    mean = float((counts[:baseline] * means[:baseline]).sum() / counts[:baseline].sum())
    errors = data.within / np.sqrt(counts[baseline:])
    watched = means[baseline:]
    return Chart(
        mean, data.within, baseline, ewma(watched, errors, mean, bounds[0]), cusum(watched, errors, mean, bounds[1])
    )


def change_point(
    means: FloatsLike, weights: FloatsLike | None = None, seed: int = 0, permutations: int = PERMUTATIONS
) -> ChangePoint | None:
    """The place where two levels fit best: F(tau) = SS between / (SS within / (T - 2)), largest over tau (method 2.16).

    means: T points in order (leave out empty weeks), weights: their numbers of answers. Neither side may have fewer
    than max(2, T / 13) points. p: (1 + permutations with an F as large) / (1 + permutations). None under 8 points.
    """
    y = floats(means)
    w = np.ones(len(y)) if weights is None else floats(weights)
    margin = max(2, len(y) // 13)
    if len(y) < 8:
        return None
    # Sums of squares are taken about 0: near it they keep their digits.
    y = y - np.average(y, weights=w)
    f = _f_values(y[None], w[None], margin)[0]
    best = int(np.argmax(f))
    near = np.flatnonzero(f >= NEAR_MAXIMUM * f[best]) + margin
    place = best + margin
    after, before = np.average(y[place:], weights=w[place:]), np.average(y[:place], weights=w[:place])
    p = _permuted_p(y, w, margin, seed, permutations)
    return ChangePoint(
        float(f[best]), place, float(after - before), int(near[0]), int(near[-1]), p, None, finding=False
    )


def _permuted_p(y: Floats, w: Floats, margin: int, seed: int, permutations: int) -> float:
    """(1 + as large) / (1 + tried); stops at a piece with 20 as large so far (Besag & Clifford 1991).

    A permutation leaves the whole variation as it is, so F is as large where the part between the sides is.
    """
    random = np.random.Generator(np.random.PCG64(seed))
    seen = float(_between(y[None], w[None], margin).max(initial=-np.inf)) * (1 - 1e-9)
    extreme = tried = 0
    # The first 200 alone, then in pieces that fit the memory.
    first = min(FIRST_PIECE, permutations)
    rest = permutations - first
    pieces = [PIECE] * (rest // PIECE) + ([rest % PIECE] if rest % PIECE else [])
    for count in (first, *pieces):
        tick()
        orders = random.random((count, len(y))).argsort(axis=1)
        largest = _between(y[orders], w[orders], margin).max(axis=1, initial=-np.inf)
        extreme, tried = extreme + int((largest >= seen).sum()), tried + count
        if extreme >= STOP_AT:
            break
    return (1 + extreme) / (1 + tried)


def _between(y: Floats, w: Floats, margin: int) -> Floats:
    """Sum of squares between the two sides of every split of the rows of y (b, T), which have a weighted mean of 0."""
    length = y.shape[1]
    sums, sizes = (np.cumsum(part, axis=1)[:, margin - 1 : length - margin] for part in (w * y, w))
    whole = float(w[0].sum())
    between: Floats = sums**2 * whole / (sizes * (whole - sizes))
    return between


def _f_values(y: Floats, w: Floats, margin: int) -> Floats:
    """F of every split of the rows of y (b, T), weights w; columns: first point of the second part from margin on."""
    length = y.shape[1]
    sums, sizes = np.cumsum(w * y, axis=1), np.cumsum(w, axis=1)
    total, whole = sums[:, -1:], sizes[:, -1:]
    left, n_left = sums[:, margin - 1 : length - margin], sizes[:, margin - 1 : length - margin]
    between = left**2 / n_left + (total - left) ** 2 / (whole - n_left) - total**2 / whole
    within = (w * y**2).sum(axis=1, keepdims=True) - total**2 / whole - between
    f: Floats = between / np.maximum(within, 1e-12 * np.maximum(1.0, np.abs(total))) * (length - 2)
    return f


def with_family(points: Sequence[ChangePoint | None], min_shift: float = MIN_SHIFT) -> list[ChangePoint | None]:
    """All series of a page with q, and finding: q < .05 and a shift of at least min_shift points."""
    q_values = benjamini_hochberg([point.p if point else None for point in points])
    return [
        point and replace(point, q=q, finding=q is not None and q < FINDING_Q and abs(point.shift) >= min_shift)
        for point, q in zip(points, q_values, strict=True)
    ]
