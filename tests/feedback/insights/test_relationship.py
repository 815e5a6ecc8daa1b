"""The bond over journeys: counts and changes by hand, the slope within customers against least squares with dummies."""

import numpy as np
import pytest

from feedback.insights.relationship import journeys_before, relationship


def test_journeys_before_counts_own_runs_that_ended_earlier() -> None:
    customers, at = np.array([1, 1, 2, 3]), np.array([10.0, 30.0, 30.0, 30.0])
    runs, ended = np.array([1, 1, 2, 2, 9]), np.array([5.0, 20.0, 30.0, np.nan, 1.0])
    assert journeys_before(customers, at, runs, ended).tolist() == [0 + 1, 2, 0, 0]


def test_journeys_before_of_nobody_is_empty() -> None:
    none = np.empty(0, np.int64)
    assert journeys_before(none, np.empty(0), none, np.empty(0)).tolist() == []


def test_change_is_the_last_answer_minus_the_first_of_each_customer() -> None:
    customers = np.array([1, 2, 1, 2, 1, 3])
    found = relationship(customers, [1, 1, 2, 2, 3, 1], [60, 50, 10, 70, 80, 90], np.array([1]), [1.5])
    assert (found.change.value, found.change.n, found.again) == (20.0, 2, 2)
    assert [(mean.value, mean.n) for mean in found.by_journeys] == [
        (pytest.approx(67.5), 4),
        (45.0, 2),
        (None, 0),
        (None, 0),
    ]


def test_slope_within_customers_is_that_of_a_dummy_for_each() -> None:
    random = np.random.default_rng(3)
    customers = np.repeat(np.arange(40), 3)
    at = np.tile([10.0, 20.0, 30.0], 40)
    runs = np.repeat(np.arange(40), 2)
    ended = random.choice([5.0, 15.0, 25.0], 80)
    journeys = journeys_before(customers, at, runs, ended).astype(float)
    scores = 60 + 10 * random.normal(size=40)[customers] + 4 * journeys + random.normal(size=120)
    found = relationship(customers, at, scores, runs, ended)
    dummies = (customers[:, None] == np.arange(40)).astype(float)
    oracle = np.linalg.lstsq(np.column_stack([journeys, dummies]), scores, rcond=None)[0]
    assert found.per_journey is not None
    assert found.per_journey.slope == pytest.approx(oracle[0], abs=1e-9)


def test_slope_needs_twelve_customers_with_a_journey_between() -> None:
    customers = np.repeat(np.arange(11), 2)
    found = relationship(customers, np.tile([1.0, 3.0], 11), np.arange(22.0), np.arange(11), np.full(11, 2.0))
    assert found.per_journey is None
