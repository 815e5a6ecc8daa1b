"""Who does not answer, and what it may hide: response by class, R-indicator, weights by class, the silent class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Bools, CodesLike, Floats, FloatsLike, cluster_codes, floats
from feedback.insights.comparison import FINDING_Q
from feedback.insights.distributions import z_p_value
from feedback.insights.intervals import Difference, clustered_mean, mean_difference, weighting_shift
from feedback.insights.logistic import logistic
from feedback.insights.multiple import benjamini_hochberg
from feedback.insights.scores import Bounds
from feedback.insights.shares import Share, wilson
from feedback.insights.weights import class_weights, kish, post_stratified_mean

LEAST_ANSWERS, LEAST_FRAME = 20, 50
# A class is called silent when it answers less than half as often as all others together.
SILENT_RATIO = 0.5
MIN_RATE_DIFFERENCE = 0.05


@dataclass(frozen=True, slots=True)
class ResponseClass:
    """One class of the frame: its people, answers, response against the rest (q over the classes), and its score."""

    name: str
    frame: int
    answers: int
    response: Share
    others_response: float | None
    q: float | None
    finding: bool
    score: float | None
    lo: float | None
    hi: float | None


@dataclass(frozen=True, slots=True)
class Silent:
    """The silent class of a sentence: its share of the frame, its score, everybody else's, and the difference."""

    name: str
    frame_share: float
    response: Share
    score: Bounds
    others: Bounds
    difference: Difference


@dataclass(frozen=True, slots=True)
class Coverage:
    """A score with and without weights by class (method 3.9).

    unweighted, weighted: Bounds, points; shift: weighted - un-weighted with interval. unknown: classes of which nobody
    answered, unknown_frame their people: weighted speaks for the rest only. merged: (class, class it was joined with).
    late_minus_early: answers after a reminder minus those before; far from 0 it warns.
    """

    classes: tuple[ResponseClass, ...]
    unweighted: Bounds | None
    weighted: Bounds | None
    shift: Difference
    n: int
    n_eff: float | None
    deff: float | None
    r_indicator: float | None
    unknown: tuple[str, ...]
    unknown_frame: int
    merged: tuple[tuple[str, str], ...]
    silent: Silent | None
    late_minus_early: Difference | None


def response_chances(answered: Bools, frame: Floats) -> Floats | None:
    """Fitted chance of an answer of every run from frame variables only (columns known for everybody), shape (n,).

    None where the fit has no finite maximum (a class with nobody or everybody): then use class rates.
    """
    varied = frame[:, frame.std(axis=0) > 0]
    fit = logistic(answered.astype(np.float64), varied)
    return fit.chances if fit else None


def r_indicator(chances: Floats) -> float:
    """R = 1 - 2 SD of the chances of answering, over the whole frame; 1: nobody is less likely (Schouten 2009)."""
    return 1 - 2 * float(chances.std(ddof=1)) if len(chances) > 1 else 1.0


def collapsed(frame: Mapping[str, int], answers: Mapping[str, int]) -> dict[str, str]:
    """Class to weighting class: those under 20 answers or 50 people join the class of the nearest response rate.

    A class without any answer stays alone: it is unknown, and never imputed. The new name lists its parts by " + ".
    """
    parts: dict[tuple[str, ...], tuple[int, int]] = {
        (name,): (frame[name], answers.get(name, 0)) for name in frame if answers.get(name, 0)
    }
    while len(parts) > 1:
        small = [key for key, (people, n) in parts.items() if n < LEAST_ANSWERS or people < LEAST_FRAME]
        if not small:
            break
        key = min(small, key=lambda k: (parts[k][1], k))
        rate = parts[key][1] / parts[key][0]
        near = min((k for k in parts if k != key), key=lambda k: (abs(parts[k][1] / parts[k][0] - rate), k))
        a, b = parts.pop(key), parts.pop(near)
        parts[tuple(sorted(key + near))] = (a[0] + b[0], a[1] + b[1])
    names = {name: " + ".join(key) for key in parts for name in key}
    return {name: names.get(name, name) for name in frame}


def coverage(
    score: FloatsLike,
    classes: Sequence[str],
    clusters: CodesLike | None = None,
    frame: Floats | None = None,
    late: FloatsLike | None = None,
) -> Coverage:
    """Non-response and weights of one score over a frame of runs: arrays of shape (runs,), score NaN = no answer.

    classes: from frame variables only, one per run; frame: further frame columns (runs, k) for the R-indicator; late:
    1 answered after the reminder, 0 before. The weighted mean is post-stratified, Satterthwaite's t.
    """
    y, labels = floats(score), np.asarray(classes, dtype=object)
    codes, answered = cluster_codes(clusters, len(y)), np.isfinite(floats(score))
    names = sorted(set(labels.tolist()))
    frame_counts = {name: int((labels == name).sum()) for name in names}
    counts = {name: int((answered & (labels == name)).sum()) for name in names}
    joined = collapsed(frame_counts, counts)
    rows = _classes(y, labels, answered, codes, names)
    strata = np.array([joined[name] for name in labels], dtype=object)
    population = {name: float((strata == name).sum()) for name in sorted(set(strata.tolist()))}
    weighted = post_stratified_mean(y[answered], strata[answered].tolist(), population, codes[answered])
    plain = clustered_mean(y, codes)
    known = {name: size for name, size in population.items() if name not in weighted.unknown}
    weights = class_weights(strata[answered].tolist(), known) if known else np.zeros(0)
    cost = kish(weights)
    return Coverage(
        classes=rows,
        unweighted=None if plain.value is None else Bounds(plain.value, plain.lo, plain.hi),
        weighted=None if weighted.value is None else Bounds(weighted.value, weighted.lo, weighted.hi),
        shift=weighting_shift(y[answered], weights, codes[answered]),
        n=plain.n,
        n_eff=cost.n_eff,
        deff=cost.deff,
        r_indicator=_r_indicator(answered, labels, names, frame),
        unknown=weighted.unknown,
        unknown_frame=sum(frame_counts[name] for name in weighted.unknown),
        merged=tuple((name, joined[name]) for name in names if joined[name] != name),
        silent=_silent(y, labels, answered, codes, rows),
        late_minus_early=None if late is None else _late(y, floats(late), codes),
    )


def _classes(
    y: Floats, labels: CodesLike, answered: Bools, codes: CodesLike, names: Sequence[str]
) -> tuple[ResponseClass, ...]:
    inside = [np.asarray(labels, dtype=object) == name for name in names]
    q_values = benjamini_hochberg([_rate_p(answered, part) for part in inside])
    return tuple(
        _class(name, y, answered, part, codes, q) for name, part, q in zip(names, inside, q_values, strict=True)
    )


def _rate_p(answered: Bools, inside: Bools) -> float | None:
    """Two-sided p that a class answers as often as the rest (pooled z)."""
    n, m = int(inside.sum()), int((~inside).sum())
    pooled = float(answered.mean())
    if min(n, m) < LEAST_ANSWERS or not 0 < pooled < 1:
        return None
    difference = float(answered[inside].mean() - answered[~inside].mean())
    return z_p_value(difference / float(np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))))


def _class(name: str, y: Floats, answered: Bools, inside: Bools, codes: CodesLike, q: float | None) -> ResponseClass:
    response = wilson(int((answered & inside).sum()), int(inside.sum()))
    others = float(answered[~inside].mean()) if bool((~inside).any()) else None
    mean = clustered_mean(np.where(inside, y, np.nan), codes)
    apart = abs((response.share or 0.0) - (others or 0.0)) >= MIN_RATE_DIFFERENCE
    return ResponseClass(
        name=name,
        frame=response.n,
        answers=response.k,
        response=response,
        others_response=others,
        q=q,
        finding=q is not None and q < FINDING_Q and apart,
        score=mean.value,
        lo=mean.lo,
        hi=mean.hi,
    )


def _r_indicator(answered: Bools, labels: CodesLike, names: Sequence[str], frame: Floats | None) -> float | None:
    if not len(answered):
        return None
    column = np.asarray(labels, dtype=object)
    rates = np.zeros(len(answered))
    for name in names:
        rates[column == name] = float(answered[column == name].mean())
    if frame is None:
        return r_indicator(rates)
    dummies = np.column_stack([*[(column == name).astype(np.float64) for name in names[1:]], floats(frame)])
    chances = response_chances(answered, dummies)
    return r_indicator(rates if chances is None else chances)


def _silent(
    y: Floats, labels: CodesLike, answered: Bools, codes: CodesLike, rows: Sequence[ResponseClass]
) -> Silent | None:
    """The class that answers least, if it does so under half as often as the others and is known at all."""
    known = [r for r in rows if r.answers and r.finding and r.others_response]
    quiet = [r for r in known if (r.response.share or 0.0) < SILENT_RATIO * (r.others_response or 0.0)]
    if not quiet:
        return None
    least = min(quiet, key=lambda row: (row.response.share or 0.0, row.name))
    inside = np.asarray(labels, dtype=object) == least.name
    own = clustered_mean(np.where(inside, y, np.nan), codes)
    rest = clustered_mean(np.where(inside, np.nan, y), codes)
    if own.value is None or rest.value is None:
        return None
    return Silent(
        name=least.name,
        frame_share=least.frame / len(answered),
        response=least.response,
        score=Bounds(own.value, own.lo, own.hi),
        others=Bounds(rest.value, rest.lo, rest.hi),
        difference=mean_difference(own, rest),
    )


def _late(y: Floats, late: Floats, codes: CodesLike) -> Difference:
    after, before = (clustered_mean(np.where(late == wanted, y, np.nan), codes) for wanted in (1, 0))
    return mean_difference(after, before)
