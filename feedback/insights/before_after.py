"""Whether something changed on a date: cohorts of equal maturity, case mix, comparison group, placebo dates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from feedback.insights.arrays import Bools, CodesLike, Floats, FloatsLike, Ints, cluster_codes, floats
from feedback.insights.comparison import FINDING_Q, TEST_FROM_CUSTOMERS
from feedback.insights.distributions import t_p_value, t_quantile
from feedback.insights.intervals import (
    NO_DIFFERENCE,
    Difference,
    Mean,
    clustered_mean,
    mean_difference,
    satterthwaite_df,
)
from feedback.insights.multiple import benjamini_hochberg
from feedback.insights.scores import Bounds
from feedback.insights.segmented import LevelChange, level_change
from feedback.insights.suppression import small_cell
from feedback.insights.two_way import two_way_mean, two_way_variance, with_error

WEEK = 7.0
TWO_WAY_WEEKS, PLACEBO_WEEKS, FOLLOW_UP_PERCENTILE = 12, 6, 95.0
MIN_CHANGE, STRATUM_ANSWERS = 3.0, 5

State = Literal["too_early", "not_enough", "achieved", "improved", "no_clear_change", "worse", "chance_recovery"]


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs held before against after, arrays of shape (n,): an input, not for output.

    values: the measure, NaN without an answer; started, ended: days on one axis (NaN: not ended); customers: labels;
    strata: case mix (version, segment, channel), one label each.
    """

    values: FloatsLike
    started: FloatsLike
    ended: FloatsLike
    customers: CodesLike | None = None
    strata: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Runs that started in [start, end) and were followed equally long: runs, those unfinished by then, mean."""

    start: float
    end: float
    runs: int
    unfinished: int
    answers: int
    mean: Bounds | None


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """The change of a measure at a date, after - before, in its units.

    change: clustered Welch; case_mix: the same with the after cohort weighted to the mix before; compared: minus the
    change of a comparison group; level: segmented regression of weekly means (12 weeks a side). placebo_rank of
    placebos: how many contrasts at dates before the change are as large (1: none). weeks clustered: two_way.
    q and finding come by `with_family`. follow_up: days every run was followed.
    """

    state: State
    before: Cohort
    after: Cohort
    change: Difference
    case_mix: Difference | None
    compared: Difference | None
    level: LevelChange | None
    placebo_rank: int | None
    placebos: int
    two_way: bool
    follow_up: float
    q: float | None
    finding: bool


def follow_up_days(runs: Runs) -> float:
    """The 95th percentile of the time of ended runs: how long every run is followed; 0 where none ended."""
    elapsed = floats(runs.ended) - floats(runs.started)
    elapsed = elapsed[np.isfinite(elapsed) & (elapsed >= 0)]
    return float(np.percentile(elapsed, FOLLOW_UP_PERCENTILE)) if len(elapsed) else 0.0


def before_after(
    runs: Runs,
    change_day: float,
    data_end: float,
    target: float | None = None,
    higher_is_better: bool = True,
    comparison: Runs | None = None,
    answer_days: float = 0.0,
) -> BeforeAfter:
    """The contrast of runs started after and before a change, whole weeks of equal number on both sides (method 3.10).

    Every run is followed for f days, the 95th percentile of journey time (+ answer_days): before are runs started up to
    change - f, so that none spans the change, after those started from it up to data_end - f; runs that took longer
    count as unfinished, on both sides alike. Two-way clusters customer x week from 12 weeks a side. too_early: no week
    has passed so far.
    """
    follow = follow_up_days(runs) + answer_days
    started = floats(runs.started)
    first = float(np.nanmin(started)) if np.isfinite(started).any() else change_day
    # The sides may differ by a day of the first run's start, not by a week.
    weeks = int(min(change_day - follow - first + 1, data_end - follow - change_day) // WEEK)
    if weeks < 1:
        return _empty(change_day, follow)
    found = _contrast(runs, change_day, follow, weeks)
    other = _contrast(comparison, change_day, follow, weeks) if comparison else None
    compared = _minus(found.change, other.change) if other else None
    pre = _placebos(runs, change_day - follow, found.change)
    result = replace(found, compared=compared, placebo_rank=pre[0], placebos=pre[1])
    return replace(result, state=status(result, target, higher_is_better))


def _empty(day: float, follow: float) -> BeforeAfter:
    none = Cohort(day, day, 0, 0, 0, None)
    return BeforeAfter(
        "too_early", none, none, NO_DIFFERENCE, None, None, None, None, 0,
        two_way=False, follow_up=follow, q=None, finding=False,
    )  # fmt: skip


def _contrast(runs: Runs, day: float, follow: float, weeks: int) -> BeforeAfter:
    y, started = floats(runs.values), floats(runs.started)
    elapsed = floats(runs.ended) - started
    in_time = np.isfinite(elapsed) & (elapsed <= follow)
    codes = cluster_codes(runs.customers, len(y))
    end = day - follow
    sides = [(started >= end - weeks * WEEK) & (started < end), (started >= day) & (started < day + weeks * WEEK)]
    starts = (end - weeks * WEEK, day)
    counted = [side & in_time for side in sides]
    two_way = weeks >= TWO_WAY_WEEKS
    # Weeks from the start of each side, so that they are whole.
    week = np.floor((started - np.where(sides[1], day, starts[0])) / WEEK)
    means = [_mean(y, inside, codes, week if two_way else None) for inside in counted]
    cohorts = [
        _cohort(mean, start, start + weeks * WEEK, int(side.sum()), int((side & ~in_time).sum()))
        for mean, start, side in zip(means, starts, sides, strict=True)
    ]
    mixed = (
        None
        if runs.strata is None
        else case_mix_change(
            y, counted[0], counted[1], codes, runs.strata, week.astype(np.int64) - int(week.min()) if two_way else None
        )
    )
    level = level_change(_weekly(y, week, counted[0]), _weekly(y, week, counted[1])) if two_way else None
    return BeforeAfter(
        state="no_clear_change",
        before=cohorts[0],
        after=cohorts[1],
        change=mean_difference(means[1], means[0]),
        case_mix=mixed,
        compared=None,
        level=level,
        placebo_rank=None,
        placebos=0,
        two_way=two_way,
        follow_up=follow,
        q=None,
        finding=False,
    )


def _mean(y: Floats, inside: Bools, codes: Ints, week: Floats | None) -> Mean:
    if week is None:
        return clustered_mean(y[inside], codes[inside])
    return two_way_mean(y[inside], codes[inside], week[inside].astype(np.int64))


def _cohort(mean: Mean, start: float, end: float, runs: int, unfinished: int) -> Cohort:
    bounds = None if mean.value is None else Bounds(mean.value, mean.lo, mean.hi)
    return Cohort(start, end, runs, unfinished, mean.n, bounds)


def _weekly(y: Floats, week: Floats, inside: Bools) -> Floats:
    """Means by week of one side, NaN where nobody answered."""
    keep = inside & np.isfinite(y)
    if not keep.any():
        return np.zeros(0)
    places = week[keep].astype(np.int64)
    counts = np.bincount(places)
    sums = np.bincount(places, weights=y[keep])
    means: Floats = np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
    return means


def case_mix_change(
    y: Floats, before: Bools, after: Bools, codes: Ints, strata: Sequence[str], week: Ints | None = None
) -> Difference | None:
    """After - before with every stratum weighted by its share of the before answers (method 3.10).

    Strata with under 5 answers on a side are left out. Clustered by customer, and by week where given: a week's
    shock hits all strata alike, so their errors are not independent. None where no stratum is left.
    """
    labels, present = np.asarray(strata, dtype=object), np.isfinite(y)
    sides = (present & before, present & after)
    shares: dict[str, float] = {}
    for name in sorted(set(labels[sides[0] | sides[1]].tolist())):
        old, new = (int((side & (labels == name)).sum()) for side in sides)
        if min(old, new) >= STRATUM_ANSWERS:
            shares[name] = float(old)
    if not shares:
        return None
    means = [_standardised(y, side, labels, shares, codes, week) for side in sides]
    return mean_difference(means[1], means[0])


def _standardised(
    y: Floats, side: Bools, labels: CodesLike, shares: dict[str, float], codes: Ints, week: Ints | None
) -> Mean:
    """The mean of one side with the strata in these shares, from residuals within strata."""
    influence, used, value, total = np.zeros(len(y)), np.zeros(len(y), dtype=bool), 0.0, sum(shares.values())
    for name, share in shares.items():
        inside = side & (np.asarray(labels, dtype=object) == name)
        mean = float(y[inside].mean())
        value += share / total * mean
        influence[inside] = share / total * (y[inside] - mean) / inside.sum()
        used |= inside
    weeks = None if week is None else week[used]
    variance = two_way_variance(influence[used], codes[used], weeks)
    return with_error(value, variance, int(used.sum()), codes[used], weeks)


def _minus(first: Difference, second: Difference) -> Difference:
    """Difference in differences: SE = sqrt(SE1^2 + SE2^2)."""
    if first.value is None or second.value is None or first.se is None or second.se is None:
        return NO_DIFFERENCE
    dfs = [first.df or np.inf, second.df or np.inf]
    return _difference(first.value - second.value, [first.se**2, second.se**2], dfs)


def _difference(value: float, variances: list[float], dfs: list[float]) -> Difference:
    se = float(np.sqrt(sum(variances)))
    if se == 0:
        return Difference(value, value, value, 0.0, None, None)
    df = satterthwaite_df(variances, dfs)
    half = t_quantile(df) * se
    return Difference(value, value - half, value + half, se, df, t_p_value(value / se, df))


def _placebos(runs: Runs, end: float, change: Difference) -> tuple[int | None, int]:
    """Rank (1 = largest) of the change among contrasts at every week before it with 6 weeks on both sides."""
    y, started = floats(runs.values), floats(runs.started)
    keep = np.isfinite(y) & (started < end)
    if change.value is None or not keep.any():
        return None, 0
    y, weeks_before = y[keep], np.floor((end - started[keep]) / WEEK)
    dates = range(PLACEBO_WEEKS, int(weeks_before.max()) + 2 - PLACEBO_WEEKS)
    sizes = [
        abs(float(y[weeks_before < date].mean() - y[weeks_before >= date].mean()))
        for date in dates
        if bool((weeks_before < date).any()) and bool((weeks_before >= date).any())
    ]
    if not sizes:
        return None, 0
    return 1 + sum(size >= abs(change.value) for size in sizes), len(sizes)


def status(result: BeforeAfter, target: float | None = None, higher_is_better: bool = True) -> State:
    """achieved (the after cohort's interval is past the target), improved, no_clear_change or worse.

    Judged by the most adjusted contrast there is: comparison group, else case mix, else the plain one.
    """
    after, sign = result.after.mean, 1 if higher_is_better else -1
    if min(result.before.answers, result.after.answers) < small_cell():
        return "not_enough"
    lo, hi = _ends(judged_change(result), sign)
    if target is not None and after is not None:
        bound = after.lo if higher_is_better else after.hi
        if bound is not None and sign * bound >= sign * target and not hi < 0:
            return "achieved"
    if lo > 0:
        return "improved"
    return "worse" if hi < 0 else "no_clear_change"


def _ends(change: Difference, sign: int) -> tuple[float, float]:
    if change.lo is None or change.hi is None:
        return -np.inf, np.inf
    ends = sorted((sign * change.lo, sign * change.hi))
    return ends[0], ends[1]


def judged_change(result: BeforeAfter) -> Difference:
    """The contrast that counts: with comparison group, else with case mix, else plain."""
    return result.compared or result.case_mix or result.change


def with_family(results: Sequence[BeforeAfter], min_change: float = MIN_CHANGE) -> list[BeforeAfter]:
    """The improvements of one page with q, and finding: q < .05 and a change of at least min_change either way."""
    p_values = [judged_change(r).p if r.before.answers >= TEST_FROM_CUSTOMERS else None for r in results]
    q_values = benjamini_hochberg(p_values)
    return [
        replace(r, q=q, finding=q is not None and q < FINDING_Q and abs(judged_change(r).value or 0.0) >= min_change)
        for r, q in zip(results, q_values, strict=True)
    ]
