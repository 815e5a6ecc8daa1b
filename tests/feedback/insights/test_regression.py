"""Least squares and CR3 against the public data set, against HC3 and against leaving each cluster out."""

# A None where a number is asserted fails the test by itself.
# mypy: disable-error-code="union-attr, operator"

import numpy as np
import pytest

from feedback.insights.regression import least_squares, variance_inflation, winsorised
from tests.feedback.insights.swiss import FERTILITY, PREDICTORS

RNG = np.random.default_rng(21)
X = RNG.normal(size=(40, 2))
Y = 3 + X @ np.array([2.0, -1.0]) + RNG.normal(size=40)


def test_least_squares_published_r2_and_slopes():
    fit = least_squares(FERTILITY, PREDICTORS)
    assert fit.r2 == pytest.approx(0.706735, abs=1e-6)
    # R: lm(Fertility ~ ., swiss).
    assert fit.constant == pytest.approx(66.9151817, abs=1e-6)
    assert [s.slope for s in fit.slopes] == pytest.approx(
        [-0.1721140, -0.2580082, -0.8709401, 0.1041153, 1.0770481], abs=1e-6
    )


def test_least_squares_clusters_of_one_are_hc3():
    design = np.column_stack([np.ones(40), X])
    bread = np.linalg.inv(design.T @ design)
    residual = Y - design @ bread @ design.T @ Y
    leverage = np.einsum("ij,jk,ik->i", design, bread, design)
    hc3 = bread @ (design.T * (residual / (1 - leverage)) ** 2) @ design @ bread
    fit = least_squares(Y, X)
    assert [s.se for s in fit.slopes] == pytest.approx(list(np.sqrt(np.diag(hc3))[1:]), abs=1e-10)


def test_least_squares_cr3_is_leaving_each_cluster_out():
    codes = np.repeat(np.arange(15), [1, 2, 3, 4, 1, 2, 3, 4, 2, 2, 3, 3, 4, 4, 2])
    design = np.column_stack([np.ones(40), X])
    whole = np.linalg.lstsq(design, Y, rcond=None)[0]
    moves = [whole - np.linalg.lstsq(design[codes != g], Y[codes != g], rcond=None)[0] for g in range(15)]
    expected = np.sqrt((np.array(moves) ** 2).sum(axis=0))[1:]
    fit = least_squares(Y, X, codes)
    assert [s.se for s in fit.slopes] == pytest.approx(list(expected), abs=1e-10)
    assert (fit.n, fit.customers) == (40, 15)


def test_least_squares_large_clusters_are_left_out_without_a_matrix_of_their_rows():
    random = np.random.default_rng(5)
    codes = np.repeat(np.arange(12), 5_000)
    x = random.normal(size=(60_000, 2)) * np.array([1.0, 40.0])
    y = 3 + x @ np.array([2.0, -0.1]) + random.normal(size=12)[codes] + random.normal(size=60_000)
    design = np.column_stack([np.ones(60_000), x])
    whole = np.linalg.lstsq(design, y, rcond=None)[0]
    moves = [np.linalg.lstsq(design[codes != g], y[codes != g], rcond=None)[0] - whole for g in range(12)]
    expected = np.sqrt(np.square(moves).sum(axis=0))[1:]
    assert [s.se for s in least_squares(y, x, codes).slopes] == pytest.approx(list(expected), rel=1e-7)


def test_least_squares_one_customer_has_slopes_without_errors():
    fit = least_squares(Y, X, [1] * 40)
    assert [(s.se, s.lo, s.p) for s in fit.slopes] == [(None, None, None)] * 2


@pytest.mark.parametrize(("outcome", "rows"), [(Y, 3), (np.ones(40), 40), (Y, 0)])
def test_least_squares_too_little_is_none(outcome, rows):
    assert least_squares(outcome[:rows], X[:rows]) is None


def test_winsorised_cuts_the_upper_tail_only():
    cut = winsorised([*range(101), None])
    assert (cut[0], cut[94], cut[100]) == (0.0, 94.0, 95.0)
    assert np.isnan(cut[101])


def test_winsorised_nothing_stays_nothing():
    assert np.isnan(winsorised([None])).all()


def test_variance_inflation_by_hand():
    x = np.column_stack([X, X[:, 0] + X[:, 1]])
    assert variance_inflation(x) == (None, None, None)
    r = np.corrcoef(X, rowvar=False)[0, 1]
    assert variance_inflation(X) == pytest.approx((1 / (1 - r**2),) * 2)
    assert variance_inflation(X[:, :1]) == (1.0,)
