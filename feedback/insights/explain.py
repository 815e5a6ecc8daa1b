"""The explanation of one outcome: records first, stated ratings second, points at stake against the gap, and doubts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np

from feedback.insights.arrays import CodesLike, Floats, FloatsLike, floats
from feedback.insights.drivers import (
    CROWDED,
    MIN_EFFECT,
    Dose,
    Driver,
    Drivers,
    Predictor,
    bends,
    dose_table,
    key_drivers,
    one_family,
)
from feedback.insights.regression import winsorised
from feedback.insights.scores import Bounds


@dataclass(frozen=True, slots=True)
class Stake:
    """Points at stake of all predictors with a reference against the gap; the rest is not explained."""

    gap: float
    explained: float
    not_explained: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """What goes with an outcome (method 3.6). records: model of what systems recorded, and of the service score.

    stated: ratings of the same questionnaire, from a model with the records beside them; their q values are of one
    family with the records'. strongest: code of the predictor of dose. bent: codes for which the dose table speaks
    instead of the slope. service_at_least: stages were missing by design, so the share of service is "at least".
    named: codes of the drivers named, the largest effect first. ruled_out: waits and others tested without a finding.
    """

    records: Drivers
    stated: tuple[Driver, ...]
    stated_r2: float | None
    strongest: str | None
    dose: tuple[Dose, ...]
    bent: tuple[str, ...]
    service_at_least: bool
    named: tuple[str, ...]
    ruled_out: tuple[str, ...]


def wait_predictor(
    code: str, days: FloatsLike, promised: float | None = None, reference: float | None = None
) -> Predictor:
    """A wait as a predictor: winsorised at its 95th percentile; with a promise the excess over it (method 3.6).

    code: as `wait:a->b`; days: shape (n,). The reference of the excess is 0, without a promise the one given.
    """
    x = floats(days)
    if promised is None:
        return Predictor(code, winsorised(x), block="waits", reference=reference)
    return Predictor(code, winsorised(np.maximum(0.0, x - promised)), block="waits", reference=0.0)


def promise_kept(waits: Floats, promised: FloatsLike) -> Floats:
    """Share of a run's waits within promise, shape (runs,); waits: (runs, transitions), promised: NaN = none."""
    limits = floats(promised)
    judged = np.isfinite(waits) & np.isfinite(limits)
    kept = (judged & (waits <= limits)).sum(axis=1)
    n = judged.sum(axis=1)
    share: Floats = np.divide(kept, n, out=np.full(len(waits), np.nan), where=n > 0)
    return share


def explained(
    outcome: FloatsLike,
    records: Sequence[Predictor],
    stated: Sequence[Predictor] = (),
    clusters: CodesLike | None = None,
    controls: Floats | None = None,
    partial_service: bool = False,
    min_effect: float = MIN_EFFECT,
    seed: int | None = None,
) -> Explanation:
    """Slopes, shares, points at stake and dose of an outcome 0-100, shape (n,); see `key_drivers` for the parts.

    partial_service: some service stages were not asked.
    """
    first = key_drivers(outcome, records, clusters, controls, min_effect, seed)
    second = key_drivers(outcome, [*records, *stated], clusters, controls, min_effect) if stated else None
    codes = {p.code for p in stated}
    told = [item for item in second.items if item.code in codes] if second else []
    services = {p.code for p in (*records, *stated) if p.service}
    gate = np.inf if CROWDED in first.warnings else min_effect
    family = one_family([*first.items, *told], services, gate)
    own, told = family[: len(first.items)], family[len(first.items) :]
    first = _with_items(first, own)
    strongest = _strongest(own, services)
    return Explanation(
        records=first,
        stated=tuple(told),
        stated_r2=second.r2 if second else None,
        strongest=strongest,
        dose=_dose(outcome, records, strongest, clusters),
        bent=_bent(outcome, records, own, strongest, clusters),
        service_at_least=partial_service and any(item.code in services for item in own),
        named=tuple(i.code for i in sorted(family, key=lambda i: -i.effect) if i.finding),
        ruled_out=tuple(i.code for i in family if i.q is not None and not i.finding),
    )


def _with_items(model: Drivers, items: list[Driver]) -> Drivers:
    m = model
    return Drivers(m.method, m.n, m.customers, m.r2, tuple(items), m.blocks, m.left_out, m.merged, m.warnings)


def _strongest(items: Sequence[Driver], services: set[str]) -> str | None:
    others = [item for item in items if item.code not in services]
    return max(others, key=lambda item: (item.finding, item.effect)).code if others else None


def stake_of_gap(items: Sequence[Driver], gap: float) -> Stake | None:
    """What the predictors with a reference explain of the gap (points), as a sum; None without such predictors."""
    stakes: list[Bounds] = [item.at_stake for item in items if item.at_stake is not None]
    if not stakes:
        return None
    # What is at stake is negative where the outcome suffers: the gap it explains is its opposite.
    part = -sum(stake.value for stake in stakes)
    return Stake(gap, part, gap - part)


def _dose(
    outcome: FloatsLike, predictors: Sequence[Predictor], code: str | None, clusters: CodesLike | None
) -> tuple[Dose, ...]:
    return next((dose_table(p.values, outcome, clusters) for p in predictors if p.code == code), ())


def _bent(
    outcome: FloatsLike,
    predictors: Sequence[Predictor],
    items: Sequence[Driver],
    strongest: str | None,
    clusters: CodesLike | None,
) -> tuple[str, ...]:
    """Of those that a sentence is made of (named, strongest), the ones whose slope misleads."""
    used = [p for p in predictors if p.code in {item.code for item in items}]
    told = {item.code for item in items if item.finding or item.code == strongest}
    if not told:
        return ()
    y, x = floats(outcome), np.column_stack([floats(p.values) for p in used])
    keep = np.isfinite(y) & np.isfinite(x).all(axis=1)
    codes = None if clusters is None else np.asarray(clusters)[keep]
    # A yes/no column has no square of its own.
    curved = [
        p.code in told and len(np.unique(x[keep, j])) > 2 and bends(y[keep], x[keep], j, codes)
        for j, p in enumerate(used)
    ]
    return tuple(compress((p.code for p in used), curved))
