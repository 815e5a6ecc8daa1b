"""Worlds that mislead: the sign that turns, chance recovery, one opinion on three scales, tired customers."""

import numpy as np
import pytest

from feedback.insights.intervals import clustered_mean, mean_difference
from feedback.insights.logistic import logistic
from feedback.insights.recovery import recovery
from feedback.insights.scores import Scale, pomp
from feedback.insights.simpson import standardised_difference
from feedback.worlds import stress


def rng(seed=5):
    return np.random.default_rng(seed)


def test_simpson_sign_turns_and_is_warned():
    mix = stress.simpson(rng())
    found = standardised_difference(mix.score, mix.north.astype(float), [stress.CASES[h] for h in mix.hard])
    assert found.overall.value == pytest.approx(-6.6, abs=1.8)
    assert found.standardised == pytest.approx(4.6, abs=1.8)
    assert (found.warning, found.left_out) == (True, 0.0)


def branch_change(world):
    before, after = (clustered_mean(part[world.chosen].ravel()) for part in (world.before, world.after))
    means = world.before.mean(axis=1)
    errors = world.before.std(axis=1, ddof=1) / np.sqrt(world.before.shape[1])
    return recovery(mean_difference(after, before), means, errors, world.chosen.astype(float))


def test_recovery_without_effect_is_chance():
    results = [branch_change(stress.recovery(rng(seed))) for seed in range(200)]
    corrected = np.array([r.corrected.value for r in results])
    naive = corrected + np.array([r.expected for r in results])
    assert float(naive.mean()) == pytest.approx(6.3, abs=0.8)
    assert float(corrected.mean()) == pytest.approx(0.06, abs=0.8)
    assert np.mean([r.state == "shown" for r in results]) < 0.06


def test_recovery_with_effect_is_found():
    results = [branch_change(stress.recovery(rng(seed), 8.0)) for seed in range(100)]
    assert float(np.mean([r.corrected.value for r in results])) == pytest.approx(8.06, abs=1.2)
    assert np.mean([(r.corrected.p or 1) < 0.05 for r in results]) > 0.7


def test_mixed_scales_one_opinion_one_score():
    raw = stress.mixed_scales(rng())
    scales = {"0-10": Scale(0, 10), "1-5": Scale(1, 5), "1-7": Scale(1, 7)}
    means = [float(pomp(values.astype(float), scales[name]).mean()) for name, values in raw.items()]
    assert max(means) - min(means) <= 1.5


def test_fatigue_slope_is_found():
    world = stress.fatigue(rng())
    fit = logistic(world.answered.astype(float), world.earlier.astype(float)[:, None])
    assert fit.coefficients[0].value == pytest.approx(-0.218, abs=0.1)
    assert fit.coefficients[0].p < 0.05
