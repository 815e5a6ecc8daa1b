"""What stands on a page: all families together, the looks counted, the gate passed."""

import numpy as np

from feedback.insights.page import PageTest, permutations_for, standing


def page_of(*p_values, gate=True):
    return [PageTest("gap", str(i), p, gate) for i, p in enumerate(p_values)]


def names(found):
    return [test.name for test in found]


def test_standing_by_hand():
    # Bound .05 / 5 = .01; q of three tests: .003, .0045, .9.
    assert names(standing(page_of(0.001, 0.003, 0.9), 5)) == ["0", "1"]
    assert names(standing(page_of(0.001, 0.03, 0.9), 5)) == ["0"]
    assert names(standing(page_of(0.001, None), 1)) == ["0"]


def test_standing_without_the_gate_is_nothing():
    assert standing(page_of(0.0001, gate=False), 1) == ()


def test_standing_more_looks_ask_for_more():
    assert [len(standing(page_of(0.01), looks)) for looks in (1, 4, 12)] == [1, 1, 0]
    assert standing([]) == ()


def test_standing_null_pages_over_a_year_stay_under_five_per_cent():
    rng = np.random.default_rng(1)
    years = [any(standing(page_of(*rng.random(80))) for _ in range(12)) for _ in range(300)]
    assert sum(years) <= 25


def test_permutations_for_lets_one_stand():
    b = permutations_for(80)
    assert b == 95_999
    assert len(standing(page_of(1 / (1 + b), *[0.9] * 79))) == 1
