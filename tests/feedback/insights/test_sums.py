"""Means from sums: what the rows give, and the odd cases."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.insights.intervals import clustered_mean
from feedback.insights.sums import ClusterSums, RatioSums, cluster_sums, mean_of_sums, ratio_of_sums, ratio_sums


def sums_of(values: list[float], customers: list[int]) -> ClusterSums:
    codes = np.unique(np.array(customers, dtype=np.int64), return_inverse=True)[1]
    counts = np.bincount(codes)
    totals = np.bincount(codes, weights=np.array(values, dtype=np.float64))
    return ClusterSums(
        len(values), len(counts), float(sum(values)), float((totals**2).sum()), float((totals * counts).sum()),
        float((counts**2).sum()),
    )  # fmt: skip


def test_mean_of_sums_two_customers_by_hand() -> None:
    # Customer 1: 100, 100; customer 2: -100. Mean 33.3; sums -> (133.3)^2 + (-133.3)^2 = 35555.6; se = sqrt(2*that)/3.
    found = mean_of_sums(sums_of([100, 100, -100], [1, 1, 2]))
    assert (found.value, found.n, found.customers) == (pytest.approx(100 / 3), 3, 2)
    assert found.se == pytest.approx(np.sqrt(2 * 2 * (400 / 3) ** 2) / 3)


@given(st.lists(st.tuples(st.sampled_from([-100.0, 0.0, 100.0]), st.integers(1, 8)), min_size=1, max_size=40))
def test_mean_of_sums_any_answers_equal_the_mean_of_the_rows(rows: list[tuple[float, int]]) -> None:
    values, customers = [value for value, _ in rows], [customer for _, customer in rows]
    ours, theirs = mean_of_sums(sums_of(values, customers)), clustered_mean(values, customers)
    assert (ours.n, ours.customers, ours.note) == (theirs.n, theirs.customers, theirs.note)
    for name in ("value", "lo", "hi", "se", "df"):
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=1e-6)


def test_mean_of_sums_without_answers_is_nothing() -> None:
    assert (mean_of_sums(ClusterSums(0, 0, 0, 0, 0, 0)).value, mean_of_sums(ClusterSums(0, 0, 0, 0, 0, 0)).n) == (
        None,
        0,
    )


def test_ratio_of_sums_two_customers_by_hand() -> None:
    # (1 of 10) and (3 of 10): 4/20 = .2; deviations -1 and 1 -> se = sqrt(2 * 2) / 20 = .1.
    found = ratio_of_sums(RatioSums(2, 2, 4, 20, 10, 40, 200))
    assert (found.value, found.se) == (pytest.approx(0.2), pytest.approx(0.1))
    assert (found.lo, found.hi) == (0.0, 1.0)


def test_ratio_of_sums_without_time_is_nothing() -> None:
    assert ratio_of_sums(RatioSums(0, 0, 0, 0, 0, 0, 0)).value is None


def test_sums_of_columns_give_the_means_of_the_rows() -> None:
    values, customers = np.array([80.0, 60.0, np.nan, 90.0, 20.0]), np.array([0, 0, 1, 1, 2])
    plain = clustered_mean(values, customers)
    found = mean_of_sums(cluster_sums(values, customers))
    assert (found.value, found.n, found.customers) == (plain.value, 4, 3)
    assert (found.lo, found.hi) == pytest.approx((plain.lo, plain.hi))
    sums = ratio_sums(np.array([1.0, 2.0, 3.0]), np.array([10.0, 10.0, 20.0]), np.array([5, 5, 9]))
    assert dataclasses.astuple(sums) == (3, 2, 6.0, 40.0, 18.0, 120.0, 800.0)
