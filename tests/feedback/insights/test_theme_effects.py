"""What a theme goes with: by hand, with a reference group, few customers, and its family."""

import numpy as np
import pytest

from feedback.insights.theme_effects import theme_effects, with_family


def test_theme_effects_by_hand_and_against_a_reference():
    outcome, said, no_problem = [50, 60, 80, 90, 20], [1, 1, 0, 0, 0], [0, 0, 1, 1, 0]
    (plain,) = theme_effects(outcome, [("signs", said)])
    (referred,) = theme_effects(outcome, [("signs", said)], reference=no_problem)
    assert plain.difference.value == pytest.approx(55 - 190 / 3)
    assert (referred.difference.value, referred.n, referred.share) == (-30.0, 2, 0.4)


def test_theme_effects_few_customers_are_not_tested():
    rng = np.random.default_rng(1)
    y = rng.normal(70, 10, 100)
    tested = [theme_effects(y, [("t", (np.arange(100) < n).astype(float))])[0].p is not None for n in (11, 12)]
    assert tested == [False, True]


def test_with_family_needs_q_and_three_points():
    rng = np.random.default_rng(1)
    flag = (np.arange(4000) % 2).astype(float)
    y = rng.normal(70, 10, 4000)
    small, large = (theme_effects(y - points * flag, [("t", flag)])[0] for points in (2.0, 5.0))
    judged = with_family([small, large])
    assert ([e.q < 0.05 for e in judged], [e.finding for e in judged]) == ([True, True], [False, True])
