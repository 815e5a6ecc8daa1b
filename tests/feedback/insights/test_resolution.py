"""First contact resolution from three sources, McNemar and kappa by hand."""

# A None where a number is asserted fails the test by itself.
# mypy: disable-error-code="union-attr, operator"

import numpy as np
import pytest

from feedback.insights.resolution import agreement, first_contact_resolution


def columns(both: int, only_first: int, only_second: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    first = [True] * (both + only_first) + [False] * (only_second + neither)
    second = [True] * both + [False] * only_first + [True] * only_second + [False] * neither
    return np.array(first), np.array(second)


def test_first_contact_resolution_three_numbers():
    told = first_contact_resolution([1, 1, 1, 0, None], [1, 1, 1, 1, 1], [1, None, None, 1, 0])
    assert (told.measured.k, told.measured.n) == (3, 4)
    assert (told.logged.k, told.logged.n) == (5, 5)
    assert (told.reported.k, told.reported.n) == (2, 3)
    assert (told.agreement.both_yes, told.agreement.only_second) == (1, 1)


def test_first_contact_resolution_nobody_has_both():
    told = first_contact_resolution([1, None], [1, 1], [None, 1])
    assert told.agreement is None


def test_agreement_many_differ_chi_square():
    pair = agreement(*columns(80, 20, 40, 60))
    # (20 - 40)^2 / 60; agreement .7, by chance (100 * 120 + 100 * 80) / 200^2 = .5.
    assert pair.statistic == pytest.approx(6.6666667)
    assert pair.p == pytest.approx(0.0098234, abs=1e-6)
    assert pair.kappa == pytest.approx(0.4)


def test_agreement_few_differ_exact():
    # Two-sided binomial: 2 (1 + 10 + 45) / 1024.
    assert agreement(*columns(10, 2, 8, 10)).p == pytest.approx(112 / 1024)


def test_agreement_same_number_each_way_is_one():
    assert agreement(*columns(5, 3, 3, 5)).p == 1.0


def test_agreement_everybody_says_yes():
    pair = agreement(*columns(10, 0, 0, 0))
    assert (pair.statistic, pair.p, pair.kappa) == (None, None, None)
