"""Survey weights: what they cost (Kish), trimming, post-stratification, raking, and fading by age."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Bools, CodesLike, Floats, FloatsLike, checked_weights, floats
from feedback.insights.distributions import t_quantile
from feedback.insights.intervals import Mean, clustered_mean, satterthwaite_df

TRIM_LOW, TRIM_HIGH = 0.3, 3.0
HALF_LIFE_DAYS = 30.0
RAKING_ROUNDS, RAKING_TOLERANCE = 50, 1e-6


@dataclass(frozen=True, slots=True)
class Kish:
    """What weights cost: n weights are worth n_eff equal ones, deff = n / n_eff = 1 + CV^2. None without any weight."""

    n: int
    n_eff: float | None
    deff: float | None


@dataclass(frozen=True, slots=True)
class PostStratified:
    """A mean weighted to known class sizes, in the units of the values.

    Only of the classes somebody answered in: unknown names the others, unknown_share is their part of the population.
    Where that is not 0, value speaks for the rest only, and the page has to say so (never imputed).
    """

    value: float | None
    lo: float | None
    hi: float | None
    se: float | None
    n: int
    df: float | None
    unknown: tuple[str, ...]
    unknown_share: float


@dataclass(frozen=True, slots=True)
class Raked:
    """Weights (mean 1, in the order of the answers), rounds needed, whether margins were met, cells nobody is in."""

    weights: tuple[float, ...]
    rounds: int
    converged: bool
    empty: tuple[str, ...]


def kish(weights: FloatsLike) -> Kish:
    """n_eff = (sum w)^2 / sum w^2, deff = n / n_eff; of all weights above 0 (Kish 1965; method 2.12).

    For a programme give the weights of all respondents, whichever question they answered: one design effect for all.
    """
    array = floats(weights)
    w = checked_weights(array, len(array))
    w = w[w > 0]
    if len(w) == 0:
        return Kish(0, None, None)
    n_eff = float(w.sum() ** 2 / (w**2).sum())
    return Kish(len(w), n_eff, len(w) / n_eff)


def trimmed(weights: FloatsLike, low: float = TRIM_LOW, high: float = TRIM_HIGH) -> Floats:
    """Weights pulled into [low, high] times the median of the positive ones; 0 stays 0. Same shape."""
    array = floats(weights)
    w = checked_weights(array, len(array))
    if not bool((w > 0).any()):
        return w
    median = float(np.median(w[w > 0]))
    return np.where(w > 0, np.clip(w, low * median, high * median), 0.0)


def fading(age_days: FloatsLike, half_life: float = HALF_LIFE_DAYS) -> Floats:
    """Weights 2^(-age/h): an answer of one half-life ago counts half (method 2.19). Same shape, missing stay NaN.

    Raises ValueError for a half-life that is not above 0. What they cost is for `kish` to say.
    """
    if not half_life > 0:
        raise ValueError(f"a half-life above 0 is needed, got {half_life}")
    weights: Floats = 2.0 ** (-floats(age_days) / half_life)
    return weights


def class_weights(classes: Sequence[str], population: Mapping[str, float]) -> Floats:
    """Weighting-class weights (N_h / N) / (n_h / n) of each answer, before trimming (method 2.12); mean 1.

    population counts every class of the frame; a class that is not in it raises ValueError.
    """
    labels = np.asarray(classes, dtype=object)
    stray = sorted({str(c) for c in labels} - set(population))
    if stray:
        raise ValueError(f"these classes have no population count: {', '.join(stray)}")
    answered = {c: int((labels == c).sum()) for c in population}
    total = sum(size for c, size in population.items() if answered[c])
    return np.array([population[c] / total / (answered[c] / len(labels)) for c in labels], dtype=np.float64)


def post_stratified_mean(
    values: FloatsLike, classes: Sequence[str], population: Mapping[str, float], clusters: CodesLike | None = None
) -> PostStratified:
    """sum of W_h mean_h with variance sum of W_h^2 SE_h^2; t with Satterthwaite's df (method 2.12, P10).

    values: shape (n,), missing left out; classes: one label each; population: N_h by class. SE_h is the class's
    clustered standard error, which is s_h / sqrt(n_h) when nobody answered twice. A class with a single customer has
    no variance of its own: then there is no interval (collapse classes first).
    """
    y, labels = floats(values), np.asarray(classes, dtype=object)
    codes = None if clusters is None else np.asarray(clusters)
    parts: dict[str, Mean] = {}
    for name in population:
        inside = labels == name
        parts[name] = clustered_mean(y[inside], None if codes is None else codes[inside])
    known = [name for name in population if parts[name].n and population[name] > 0]
    total, covered = sum(population.values()), sum(population[name] for name in known)
    unknown = tuple(name for name in population if not parts[name].n and population[name] > 0)
    gone = float(1 - covered / total) if unknown else 0.0
    return _combined([parts[name] for name in known], [population[name] / covered for name in known], unknown, gone)


def _combined(means: list[Mean], shares: list[float], unknown: tuple[str, ...], gone: float) -> PostStratified:
    n = sum(mean.n for mean in means)
    if not means:
        return PostStratified(None, None, None, None, 0, None, unknown, gone)
    value = sum(share * (mean.value or 0.0) for share, mean in zip(shares, means, strict=True))
    if any(mean.se is None for mean in means):
        return PostStratified(value, None, None, None, n, None, unknown, gone)
    variances = [(share * (mean.se or 0.0)) ** 2 for share, mean in zip(shares, means, strict=True)]
    se = float(np.sqrt(sum(variances)))
    if se == 0:
        return PostStratified(value, value, value, 0.0, n, None, unknown, gone)
    df = satterthwaite_df(variances, [mean.df or 1.0 for mean in means])
    half = t_quantile(df) * se
    return PostStratified(value, value - half, value + half, se, n, df, unknown, gone)


def rake(margins: Sequence[tuple[Sequence[str], Mapping[str, float]]]) -> Raked:
    """Weights that meet every margin: iterate over them until all shares fit to 1e-6, or 50 rounds (method 2.12).

    margins: for each frame variable the label of every answer and the population count by label. A label with people
    but no answers cannot be met and is named in empty; its margin is met over the others. A label without population
    raises ValueError.
    """
    if not margins or len(margins[0][0]) == 0:
        return Raked((), 0, converged=True, empty=())
    n = len(margins[0][0])
    steps: list[tuple[Bools, float]] = []
    empty: list[str] = []
    for labels, population in margins:
        column = np.asarray(labels, dtype=object)
        class_weights(labels, population)
        empty += [name for name, size in population.items() if size > 0 and not bool((column == name).any())]
        total = sum(size for name, size in population.items() if bool((column == name).any()))
        present = [name for name in population if bool((column == name).any())]
        steps += [(column == name, population[name] / total * n) for name in present]
    return _raked(np.ones(n), steps, tuple(empty))


def raked_mean(
    values: FloatsLike, margins: Sequence[tuple[Sequence[str], Mapping[str, float]]], clusters: CodesLike | None = None
) -> tuple[Mean, Raked]:
    """The mean weighted to all margins, trimmed to 0.3-3 times the median weight, and the raking that it came of."""
    found = rake(margins)
    return clustered_mean(values, clusters, trimmed(found.weights)), found


def _raked(weights: Floats, steps: list[tuple[Bools, float]], empty: tuple[str, ...]) -> Raked:
    for rounds in range(1, RAKING_ROUNDS + 1):
        for inside, target in steps:
            held = float(weights[inside].sum())
            weights[inside] *= target / held if held > 0 else 0.0
        # Margins that contradict each other come back to the same weights: their distance tells, not the movement.
        missed = max(abs(float(weights[inside].sum()) - target) for inside, target in steps)
        if missed < RAKING_TOLERANCE * len(weights):
            return Raked(tuple(float(w) for w in weights), rounds, converged=True, empty=empty)
    return Raked(tuple(float(w) for w in weights), RAKING_ROUNDS, converged=False, empty=empty)
