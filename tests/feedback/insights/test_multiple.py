"""Benjamini-Hochberg against the published example and by its rules."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.insights.multiple import benjamini_hochberg

EXAMPLE = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]
Q_VALUES = [0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.1057142857142857, 0.216, 0.216, 0.216]
p_values = st.lists(st.floats(0, 1), max_size=20)


def test_benjamini_hochberg_published_example():
    assert benjamini_hochberg(EXAMPLE) == pytest.approx(Q_VALUES, abs=1e-12)


def test_benjamini_hochberg_order_is_kept():
    assert benjamini_hochberg(EXAMPLE[::-1]) == benjamini_hochberg(EXAMPLE)[::-1]


def test_benjamini_hochberg_tests_not_made_do_not_count():
    assert benjamini_hochberg([None, 0.01, float("nan"), 0.04]) == [None, 0.02, None, 0.04]


def test_benjamini_hochberg_empty_family():
    assert (benjamini_hochberg([]), benjamini_hochberg([None])) == ([], [None])


@pytest.mark.parametrize("p", [-0.1, 1.1])
def test_benjamini_hochberg_outside_zero_to_one_is_refused(p):
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg([p])


@settings(max_examples=60)
@given(p_values)
def test_benjamini_hochberg_q_is_monotone_and_at_least_p(ps):
    pairs = sorted((p, q) for p, q in zip(ps, benjamini_hochberg(ps), strict=True) if q is not None)
    assert len(pairs) == len(ps)
    assert all(p <= q <= 1 for p, q in pairs)
    assert [q for _, q in pairs] == sorted(q for _, q in pairs)
