"""Clustered and weighted means, their differences, and the degenerate cases."""

# A None where a number is asserted fails the test by itself.
# mypy: disable-error-code="union-attr, operator"

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.insights.intervals import (
    clustered_mean,
    effective_n,
    mean_difference,
    satterthwaite_df,
    sign_test_p,
    weighting_shift,
)

# Six differences of four customers (two with two runs each).
TINY, TINY_CUSTOMERS = [20.0, 35.0, 30.0, 38.0, 13.0, 45.0], [1, 1, 2, 2, 3, 4]
scores = st.lists(st.floats(0, 100), min_size=2, max_size=40)


def test_clustered_mean_tiny_clusters():
    mean = clustered_mean(TINY, TINY_CUSTOMERS)
    assert (mean.n, mean.customers, mean.n_eff, mean.df, mean.note) == (6, 4, 6.0, 3.0, None)
    assert (mean.value, mean.lo, mean.hi) == pytest.approx(
        (30.166666666666668, 15.140181461355551, 45.19315187197778), abs=1e-6
    )
    assert (mean.se, mean.t, mean.p) == pytest.approx((4.721677528498486, 6.388972242299612, 0.00776502013), abs=1e-6)


def test_clustered_mean_without_clusters_is_the_plain_t_interval():
    mean = clustered_mean(TINY)
    assert (mean.lo, mean.hi) == pytest.approx((17.724472273726732, 42.6088610596066), abs=1e-6)
    assert (mean.se, mean.t, mean.p) == pytest.approx((4.840224971814613, 6.23249267179354, 0.00155629485), abs=1e-6)


def test_clustered_mean_weighted_by_hand():
    mean = clustered_mean([100, 50, 0], None, [1, 2, 1])
    # Mean 50; sum w^2 d^2 = 2500 + 0 + 2500; variance 5000 / 16 * 3 / 2.
    assert (mean.value, mean.se) == pytest.approx((50.0, math.sqrt(5000 / 16 * 1.5)))
    assert mean.n_eff == pytest.approx(16 / 6)


def test_clustered_mean_weighted_clusters_by_hand():
    mean = clustered_mean([100, 50, 0], ["a", "a", "b"], [1, 2, 1])
    # Clusters' weighted deviations: a 50, b -50; variance 2/1 * 5000 / 16.
    assert mean.se == pytest.approx(25.0)
    assert (mean.customers, mean.df) == (2, 1.0)


def test_clustered_mean_missing_and_unweighted_values_are_left_out():
    full = clustered_mean([1, 2, 4], ["a", "b", "c"])
    assert clustered_mean([1, None, 2, 4, float("nan")], ["a", "z", "b", "c", "z"]) == full
    assert clustered_mean([1, 2, 4, 9], ["a", "b", "c", "d"], [1, 1, 1, 0]) == full


def test_clustered_mean_nothing_is_none():
    mean = clustered_mean([None, None])
    assert (mean.value, mean.lo, mean.p, mean.n, mean.note) == (None, None, None, 0, "no_answers")


def test_clustered_mean_one_answer_has_no_interval():
    mean = clustered_mean([42])
    assert (mean.value, mean.lo, mean.hi, mean.se, mean.note) == (42.0, None, None, None, "single_answer")


def test_clustered_mean_one_customer_has_no_interval():
    mean = clustered_mean([10, 20, 30], [7, 7, 7])
    assert (mean.value, mean.lo, mean.n, mean.customers, mean.note) == (20.0, None, 3, 1, "one_customer")


def test_clustered_mean_no_variation_is_a_point():
    mean = clustered_mean([33.3] * 60)
    assert (mean.value, mean.lo, mean.hi, mean.se, mean.note) == (33.3, 33.3, 33.3, 0.0, "no_variation")
    assert mean.p == 2.0**-59


def test_clustered_mean_customers_who_agree_are_a_point():
    mean = clustered_mean([10, 20, 20, 10], ["a", "a", "b", "b"])
    assert (mean.value, mean.lo, mean.hi, mean.note) == (15.0, 15.0, 15.0, "no_variation")


def test_sign_test_p_zero_mean_is_one():
    assert (sign_test_p(0.0, 5), sign_test_p(3.0, 5)) == (1.0, 0.0625)


def test_clustered_mean_busy_customer_widens_the_interval():
    values = [90.0] * 200 + [50.0 + i % 7 for i in range(60)]
    clustered = clustered_mean(values, [0] * 200 + list(range(1, 61)))
    alone = clustered_mean(values)
    assert clustered.value == alone.value
    assert clustered.se > 5 * alone.se
    assert effective_n(values, [0] * 200 + list(range(1, 61))) < 10


@settings(max_examples=60)
@given(scores)
def test_clustered_mean_clusters_of_one_equal_no_clusters(values):
    assert clustered_mean(values, list(range(len(values)))) == clustered_mean(values)


@settings(max_examples=60)
@given(scores, st.floats(0.01, 100))
def test_clustered_mean_constant_weights_equal_none(values, weight):
    weighted, unweighted = clustered_mean(values, None, [weight] * len(values)), clustered_mean(values)
    assert weighted.value == pytest.approx(unweighted.value, abs=1e-9)
    assert weighted.n_eff == pytest.approx(unweighted.n_eff)
    assert (weighted.se or 0.0) == pytest.approx(unweighted.se or 0.0, abs=1e-6)


@settings(max_examples=60)
@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=True)), max_size=12), st.integers(1, 4))
def test_clustered_mean_nan_never_leaves(values, customers):
    bounded = [v if v is None or not abs(v) > 1e100 else 0.0 for v in values]
    mean = clustered_mean(bounded, [i % customers for i in range(len(values))])
    numbers = (mean.value, mean.lo, mean.hi, mean.se, mean.t, mean.p, mean.df, mean.n_eff)
    assert all(x is None or math.isfinite(x) for x in numbers)


@pytest.mark.parametrize(
    ("values", "clusters", "n"),
    [([], None, 0.0), ([5], None, 1.0), ([1, 2, 3], [1, 1, 1], 1.0), ([4, 4, 4, 4], [1, 1, 2, 2], 2.0)],
)
def test_effective_n_little_data(values, clusters, n):
    assert effective_n(values, clusters) == n


def test_effective_n_identical_pairs_count_once():
    rng = np.random.default_rng(1)
    once = rng.normal(size=200)
    assert effective_n(np.repeat(once, 2), np.repeat(np.arange(200), 2)) == pytest.approx(200, rel=0.01)


def test_mean_difference_is_welch():
    first, second = clustered_mean([10, 12, 14, 20]), clustered_mean([5, 6, 10])
    difference = mean_difference(first, second)
    # Variances of the means 18.6667/4 and 7/3; df by Welch-Satterthwaite.
    v1, v2 = 56 / 3 / 4, 7 / 3
    df = (v1 + v2) ** 2 / (v1**2 / 3 + v2**2 / 2)
    assert (difference.value, difference.se, difference.df) == pytest.approx((7.0, math.sqrt(v1 + v2), df))


def test_mean_difference_other_way_round_is_mirrored():
    a, b = clustered_mean([10, 12, 14, 20]), clustered_mean([5, 6, 10])
    there, back = mean_difference(a, b), mean_difference(b, a)
    assert (back.value, back.lo, back.hi, back.p) == pytest.approx((-there.value, -there.hi, -there.lo, there.p))


def test_mean_difference_without_variance_has_no_interval():
    assert mean_difference(clustered_mean([]), clustered_mean([1, 2])).value is None
    single = mean_difference(clustered_mean([5]), clustered_mean([1, 2]))
    assert (single.value, single.lo, single.hi) == (3.5, None, None)


def test_mean_difference_of_two_points_is_a_point():
    difference = mean_difference(clustered_mean([5, 5]), clustered_mean([1, 1]))
    assert (difference.value, difference.lo, difference.hi, difference.p) == (4.0, 4.0, 4.0, None)


def test_mean_difference_one_point_takes_the_others_df():
    assert mean_difference(clustered_mean([5, 5]), clustered_mean([1, 2, 6])).df == pytest.approx(2.0)


def test_satterthwaite_df_equal_parts_add_up():
    assert satterthwaite_df([2.0, 2.0], [9.0, 9.0]) == 18.0


def test_weighting_shift_by_hand():
    shift = weighting_shift([0, 100], [1, 3])
    # 75 - 50; moves: 1/4 (-75) - 1/2 (-50) = 6.25, 3/4 * 25 - 1/2 * 50 = -6.25.
    assert (shift.value, shift.se) == pytest.approx((25.0, math.sqrt(2 * 2 * 6.25**2)))


def test_weighting_shift_equal_weights_is_nothing():
    shift = weighting_shift([1, 2, 7], [2, 2, 2])
    assert (shift.value, shift.lo, shift.hi) == (0.0, 0.0, 0.0)


def test_weighting_shift_little_data():
    assert weighting_shift([], []).value is None
    assert weighting_shift([1, 2], [1, 2], [5, 5]).lo is None
