"""The gap by length and steps that are all good, by hand."""

import numpy as np
import pytest

from feedback.insights.touchpoints import gap_by_length, no_bad_step


def test_gap_by_length_bands_of_days_and_switches() -> None:
    found = gap_by_length(
        [90] * 6, [80, 70, 60, 50, 40, 30], [2, 4, 4, 6, 6, 7], [1, 2, 6, 7, 8, 9], None, [0, 1, 1, 2, 3, 2]
    )
    assert [(band.n, band.score) for band in found.bands] == [(1, 10), (2, 25), (3, 50)]
    assert [(band.n, band.score) for band in found.day_bands] == [(1, 10), (2, 25), (3, 50)]
    assert [(band.n, band.score) for band in found.switch_bands] == [(1, 10), (2, 25), (3, 50)]


def test_gap_by_length_slopes_are_points_per_unit() -> None:
    steps = [1 + n % 5 for n in range(40)]
    found = gap_by_length([90] * 40, [80 - 4 * n for n in steps], steps, [2 * n for n in steps], list(range(40)), steps)
    assert [slope.slope for slope in (found.per_step, found.per_day, found.per_switch) if slope] == pytest.approx(
        [4, 2, 4]
    )


def test_no_bad_step_observed_beside_the_product() -> None:
    # Both stages good for 3 of 4, and the same customer bad at both: seen .75, independent .5625.
    found = no_bad_step(np.array([[90, 90], [80, 75], [100, 80], [40, 40]], dtype=np.float64))
    assert (found.observed.share, found.if_independent) == (0.75, 0.5625)


def test_no_bad_step_of_independent_stages_compounds() -> None:
    # 0.95 ^ 6 and 0.95 ^ 5, the checked figures of method 2.1.
    stage = np.where(np.arange(20) == 0, 40.0, 90.0)
    six = np.column_stack([stage] * 6)
    assert no_bad_step(six).if_independent == pytest.approx(0.7350918906249998, abs=1e-12)
    assert no_bad_step(six[:, :5]).if_independent == pytest.approx(0.7737809374999998, abs=1e-12)
