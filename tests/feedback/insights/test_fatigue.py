"""Fatigue: shares by hand, the planted small world found, no cry where nothing is planted."""

import numpy as np
import pytest

from feedback.insights.fatigue import fatigue
from feedback.worlds.stress import fatigue as fatigue_world


def test_fatigue_shares_by_earlier_asks_by_hand() -> None:
    found = fatigue([0, 0, 1, 2, 3, 5], np.array([True, False, True, False, False, True]))
    assert [(share.k, share.n) for share in found.by_earlier] == [(1, 2), (1, 1), (0, 1), (1, 2)]
    assert (found.n, found.slope, found.finding) == (6, None, False)


def test_fatigue_world_is_found_in_every_seed() -> None:
    slopes = []
    for seed in range(20):
        world = fatigue_world(np.random.default_rng(seed))
        found = fatigue(world.earlier.astype(np.float64), world.answered)
        assert found.finding
        assert found.slope is not None
        slopes.append(found.slope.value)
    assert np.mean(slopes) == pytest.approx(-0.218, abs=0.03)  # method 4.3


def test_fatigue_without_effect_is_hardly_ever_found() -> None:
    cries = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        cries += fatigue(random.integers(0, 7, 600).astype(np.float64), random.random(600) < 0.3).finding
    assert cries <= 17  # 5 % + 2.33 sqrt(.05 * .95 / 200) = 8.6 %


def test_fatigue_where_nobody_was_asked_twice_has_no_slope() -> None:
    assert fatigue(np.zeros(100), np.arange(100) % 2 == 0).slope is None
