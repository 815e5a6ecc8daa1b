"""EWMA, CUSUM and change points against the published figures, their false alarms and their edges."""

import json

import numpy as np
import pytest

from feedback.insights.trends import change_point, chart, cusum, ewma, limits, series, weekly_enough, with_family

MEANS = [70.2, 69.5, 70.8, 70.1, 66.0, 65.5, 66.2, 65.1, 65.8, 66.3]
ERRORS = [15 / 40**0.5] * 10


def test_ewma_published_values():
    found = ewma(MEANS, ERRORS, 70, 3)
    z = [70.04, 69.932, 70.1056, 70.1045, 69.2836, 68.5269, 68.0615, 67.4692, 67.1354, 66.9683]
    lo = [68.577, 68.1776, 67.9627, 67.8364, 67.7592, 67.7112, 67.681, 67.6619, 67.6498, 67.642]
    assert list(found.z) == pytest.approx(z, abs=5e-5)
    assert list(found.lo) == pytest.approx(lo, abs=5e-5)
    assert found.alarms == (7, 8, 9)


def test_ewma_unequal_numbers_widen_by_hand():
    found = ewma([71, 71], [2.0, 1.0], 70, 3)
    variance = 0.04 * 4
    assert found.hi[0] == pytest.approx(70 + 3 * variance**0.5)
    assert found.hi[1] == pytest.approx(70 + 3 * (0.04 * 1 + 0.64 * variance) ** 0.5)


def test_cusum_published_values():
    found = cusum(MEANS, ERRORS, 70, 5)
    down = [0, 0, 0, 0, 1.1865, 2.5839, 3.6861, 5.2522, 6.523, 7.5831]
    assert list(found.down) == pytest.approx(down, abs=1e-4)
    assert found.alarms == (7, 8, 9)


def test_change_point_published_values():
    found = change_point(MEANS)
    assert (found.f, found.place, found.shift) == (pytest.approx(191.94321206743518), 4, pytest.approx(-4.333333333333))
    assert (found.first, found.last) == (4, 4)
    assert found.p < 0.02


def test_change_point_weights_count_like_repeats_of_the_level():
    even, heavy = change_point(MEANS, [3.0] * 10), change_point(MEANS)
    assert (even.f, even.place, even.p) == (pytest.approx(heavy.f), heavy.place, heavy.p)


def test_change_point_same_seed_same_bytes_and_short_series_none():
    assert repr(change_point(MEANS, seed=4)) == repr(change_point(MEANS, seed=4))
    assert change_point(MEANS[:7]) is None


def test_change_point_without_variation_is_no_finding():
    found = change_point([70.0] * 20)
    (judged,) = with_family([found])
    assert (judged.finding, json.loads(json.dumps(judged.f)) == judged.f) == (False, True)


def test_with_family_needs_three_points():
    jump = change_point([70.0 + 0.01 * (i % 3) + (2.5 if i >= 10 else 0) for i in range(20)])
    large = change_point([70.0 + 0.01 * (i % 3) + (3.5 if i >= 10 else 0) for i in range(20)])
    assert [point and point.finding for point in with_family([jump, None, large])] == [False, None, True]


@pytest.mark.parametrize(
    ("weeks", "expected"), [(12, None), (13, (3.9, 10.0)), (26, (3.7, 8.0)), (52, (3.4, 7.0)), (80, (3.4, 7.0))]
)
def test_limits_by_baseline(weeks, expected):
    assert limits(weeks) == expected


def test_series_and_weekly_by_hand():
    found = series([1, 3, None, 5, 7], ["01", "01", "01", "02", "02"])
    assert (found.periods, found.means, found.counts) == (("01", "02"), (2.0, 6.0), (2, 2))
    assert found.within == pytest.approx(2**0.5)
    assert (weekly_enough(found.counts), weekly_enough([10, 12, 9]), weekly_enough([])) == (False, True, False)
    assert series([], []).within is None


def weekly(rng, weeks, shift_from=None):
    counts = np.maximum(2, rng.poisson(30, weeks))
    rows = [(f"{w:03d}", x) for w, n in enumerate(counts) for x in rng.normal(75, 20, n)]
    drop = 6.0 if shift_from is not None else 0.0
    return series([x - drop * (int(p) >= (shift_from or 0)) for p, x in rows], [p for p, _ in rows])


def test_chart_false_alarms_a_year_stay_small():
    alarms = sum(bool(chart(weekly(np.random.default_rng(s), 78), 26).ewma.alarms) for s in range(100))
    assert alarms <= 12


def test_chart_finds_a_drop_of_six():
    found = chart(weekly(np.random.default_rng(1), 40, 28), 26)
    assert found.ewma.alarms[0] <= 10
    assert min(found.cusum.alarms) <= 12


def test_chart_needs_a_baseline_and_points_after():
    data = weekly(np.random.default_rng(1), 20)
    assert (chart(data, 12), chart(data, 20)) == (None, None)
