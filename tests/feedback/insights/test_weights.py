"""Weights: Kish, trimming, fading, post-stratification, raking."""

# A None where a number is asserted fails the test by itself.
# mypy: disable-error-code="union-attr, operator"

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.insights.intervals import clustered_mean
from feedback.insights.weights import class_weights, fading, kish, post_stratified_mean, rake, raked_mean, trimmed


def test_kish_known_value():
    worth = kish([1, 1, 2, 4])
    assert (worth.n, worth.n_eff, worth.deff) == pytest.approx((4, 2.909090909090909, 1.375))


def test_kish_no_weight_is_none():
    assert (kish([]).n_eff, kish([0, None]).deff) == (None, None)


@settings(max_examples=60)
@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=30))
def test_kish_never_more_than_n(weights):
    assert 1 - 1e-9 <= kish(weights).n_eff <= len(weights) * (1 + 1e-9)


def test_trimmed_pulls_to_the_median():
    assert trimmed([0.1, 1, 1, 1, 9, 0]).tolist() == [0.3, 1, 1, 1, 3, 0]


def test_trimmed_nothing_to_trim():
    assert trimmed([0, 0]).tolist() == [0, 0]


def test_class_weights_by_hand():
    # 80 of 100 people are in a, which is half of the answers.
    assert class_weights(["a", "b"], {"a": 80, "b": 20}).tolist() == [1.6, 0.4]


def test_class_weights_unknown_class_is_refused():
    with pytest.raises(ValueError, match="no population count: x"):
        class_weights(["a", "x"], {"a": 1})


def test_post_stratified_mean_by_hand():
    mean = post_stratified_mean([80, 90, 100, 40, 60], ["a", "a", "a", "b", "b"], {"a": 80, "b": 20})
    # 0.8 * 90 + 0.2 * 50; variances .64 * 100/3 and .04 * 200/2.
    parts = (0.64 * 100 / 3, 0.04 * 100)
    assert (mean.value, mean.se) == pytest.approx((82.0, math.sqrt(sum(parts))))
    assert mean.df == pytest.approx(sum(parts) ** 2 / (parts[0] ** 2 / 2 + parts[1] ** 2 / 1))
    assert (mean.n, mean.unknown, mean.unknown_share) == (5, (), 0.0)


def test_post_stratified_mean_silent_class_is_unknown():
    mean = post_stratified_mean([80, 90], ["a", "a"], {"a": 80, "silent": 20})
    assert (mean.value, mean.unknown) == (85.0, ("silent",))
    assert mean.unknown_share == pytest.approx(0.2)


def test_post_stratified_mean_single_answer_in_a_class_has_no_interval():
    mean = post_stratified_mean([80, 90, 10], ["a", "a", "b"], {"a": 50, "b": 50})
    assert (mean.value, mean.lo, mean.hi) == (47.5, None, None)


def test_post_stratified_mean_nobody():
    assert post_stratified_mean([], [], {"a": 5}).value is None


def test_post_stratified_mean_no_variation_is_a_point():
    mean = post_stratified_mean([80, 80, 40, 40], ["a", "a", "b", "b"], {"a": 1, "b": 1})
    assert (mean.value, mean.lo, mean.hi) == (60.0, 60.0, 60.0)


def test_post_stratified_mean_customers_who_repeat_widen_it():
    values, classes = [80, 80, 60, 60, 30, 50], ["a"] * 4 + ["b"] * 2
    alone = post_stratified_mean(values, classes, {"a": 1, "b": 1})
    clustered = post_stratified_mean(values, classes, {"a": 1, "b": 1}, [1, 1, 2, 2, 3, 4])
    assert clustered.value == alone.value
    assert clustered.se > alone.se


def test_post_stratified_mean_one_class_is_the_clustered_mean():
    values = [10, 20, 60, 90]
    stratified, alone = post_stratified_mean(values, ["a"] * 4, {"a": 7}), clustered_mean(values)
    assert (stratified.lo, stratified.hi) == pytest.approx((alone.lo, alone.hi))


def test_rake_meets_both_margins():
    region, age = ["n", "n", "s", "s", "s"], ["y", "o", "y", "y", "o"]
    raked = rake([(region, {"n": 50, "s": 50}), (age, {"y": 30, "o": 70})])
    w = np.array(raked.weights)
    assert raked.converged
    assert float(w[:2].sum()) == pytest.approx(2.5, abs=1e-4)
    assert float(w[[0, 2, 3]].sum()) == pytest.approx(1.5, abs=1e-4)


def test_rake_empty_cell_is_named():
    raked = rake([(["n", "n"], {"n": 50, "s": 50})])
    assert (raked.weights, raked.empty) == ((1.0, 1.0), ("s",))


def test_rake_impossible_margins_stop_unconverged():
    raked = rake([(["n", "s"], {"n": 9, "s": 1}), (["y", "o"], {"y": 1, "o": 9})])
    assert (raked.converged, raked.rounds) == (False, 50)


def test_rake_no_margin_gives_nothing():
    assert rake([]).weights == ()


def test_raked_mean_by_hand_meets_both_margins() -> None:
    # Four answers; half of the people are a, a quarter x: weights 1/2, 3/2, 1/2, 3/2 of answers 0, 100, 0, 100.
    margins = [(["a", "a", "b", "b"], {"a": 50.0, "b": 50.0}), (["x", "y", "x", "y"], {"x": 25.0, "y": 75.0})]
    mean, raked = raked_mean([0, 100, 0, 100], margins)
    assert (raked.converged, raked.weights) == (True, pytest.approx((0.5, 1.5, 0.5, 1.5)))
    assert mean.value == pytest.approx(75)


def test_fading_halves_with_every_half_life():
    assert fading([0, 30, 60, 90]).tolist() == pytest.approx([1.0, 0.5, 0.25, 0.125], abs=1e-12)
    assert fading([10.0], 10.0).tolist() == [0.5]


def test_fading_without_a_half_life_is_refused():
    with pytest.raises(ValueError, match="half-life"):
        fading([1.0], 0)
