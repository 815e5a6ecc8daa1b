"""The bond with the customer over his journeys (C30): its score by journeys gone through, and how it moves for each."""

from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Floats, FloatsLike, Ints, cluster_codes, floats
from feedback.insights.comparison import TEST_FROM_CUSTOMERS
from feedback.insights.intervals import Mean, clustered_mean
from feedback.insights.regression import Slope, least_squares

STEPS = (0, 1, 2, 3)  # journeys gone through before the answer; the last one and more


@dataclass(frozen=True, slots=True)
class Relationship:
    """score: of all answers; by_journeys: by journeys that the customer had ended before, STEPS.

    change: a customer's last answer minus his first, of those asked twice or more; per_journey: points with each
    further journey of one and the same customer (deviations from his own means), CR3; again: those customers.
    """

    score: Mean
    by_journeys: tuple[Mean, ...]
    change: Mean
    per_journey: Slope | None
    again: int


def relationship(
    customers: Ints, at: FloatsLike, scores: FloatsLike, run_customers: Ints, run_ended: FloatsLike
) -> Relationship:
    """Answers about the bond (customer, seconds, 0-100), shape (n,); ended runs (customer, seconds), shape (runs,)."""
    y, moments = floats(scores), floats(at)
    keep = np.isfinite(y) & np.isfinite(moments)
    who, y, moments = customers[keep], y[keep], moments[keep]
    before = journeys_before(who, moments, run_customers, floats(run_ended))
    steps = np.minimum(before, STEPS[-1])
    codes = cluster_codes(who, len(y))
    order = np.lexsort((moments, codes))
    first, last = _ends(codes[order])
    apart = y[order][last] - y[order][first]
    return Relationship(
        clustered_mean(y, codes),
        tuple(clustered_mean(np.where(steps == step, y, np.nan), codes) for step in STEPS),
        clustered_mean(apart[first != last]),
        _within(y, before.astype(np.float64), codes),
        int((first != last).sum()),
    )


def journeys_before(customers: Ints, at: Floats, run_customers: Ints, run_ended: Floats) -> Ints:
    """How many runs of the same customer had ended before each moment, to the second; shape (n,)."""
    known = np.isfinite(run_ended)
    everybody, places = np.unique(np.concatenate([customers, run_customers[known]]), return_inverse=True)
    moments = np.floor(np.concatenate([at, run_ended[known]])).astype(np.int64)
    if not len(everybody):
        return np.zeros(0, dtype=np.int64)
    low = int(moments.min())
    span = int(moments.max()) - low + 2
    keys = places.astype(np.int64) * span + (moments - low)
    asked, ended = keys[: len(customers)], np.sort(keys[len(customers) :])
    own = places[: len(customers)].astype(np.int64) * span
    found: Ints = np.searchsorted(ended, asked) - np.searchsorted(ended, own)
    return found


def _ends(codes: Ints) -> tuple[Ints, Ints]:
    """Places of the first and the last answer of each customer; codes ascending."""
    first = np.flatnonzero(np.append(True, np.diff(codes) != 0)) if len(codes) else np.empty(0, np.int64)
    return first, np.append(first[1:], len(codes)) - 1 if len(codes) else first


def _within(y: Floats, journeys: Floats, codes: Ints) -> Slope | None:
    """Points with each further journey of the same customer; None where fewer than 12 customers had any between."""
    if not len(y):
        return None
    counts = np.bincount(codes)
    own = [values - (np.bincount(codes, weights=values) / counts)[codes] for values in (y, journeys)]
    moved = np.bincount(codes, weights=own[1] ** 2) > 0
    keep = moved[codes]
    if int(moved.sum()) < TEST_FROM_CUSTOMERS:
        return None
    fit = least_squares(own[0][keep], own[1][keep][:, None], codes[keep])
    return fit.slopes[0] if fit else None
