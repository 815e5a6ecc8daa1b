"""Sampling by hash: repeatable, even, and never shrinking."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.policy.sampling import Sample, draw, sampled


def test_sampled_twice_is_the_same_and_keeps_probability() -> None:
    assert sampled("rule 7", "customer 1", 0.25) == sampled("rule 7", "customer 1", 0.25)
    assert sampled("rule 7", "customer 1", 1.0) == Sample(taken=True, probability=1.0)
    assert sampled("rule 7", "customer 1", 0.0) == Sample(taken=False, probability=0.0)


def test_sampled_ten_thousand_at_a_quarter_takes_a_quarter() -> None:
    taken = sum(sampled("rule 7", f"customer {number}", 0.25).taken for number in range(10_000))
    assert abs(taken - 2500) < 4 * 43.3  # four standard deviations; fixed by the hash


def test_draw_seed_and_key_are_not_run_together() -> None:
    assert draw("rule 1", "1") != draw("rule ", "11")


@pytest.mark.parametrize("probability", [-0.1, 1.1, float("nan")])
def test_sampled_impossible_probability_is_refused(probability: float) -> None:
    with pytest.raises(ValueError) as caught:
        sampled("s", "k", probability)
    assert str(caught.value) == f"A sampling probability lies between 0 and 1, not {probability}."


@settings(max_examples=100)
@given(st.text(), st.text(), st.floats(0, 1), st.floats(0, 1))
def test_sampled_higher_probability_keeps_who_was_in(seed: str, key: str, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert sampled(seed, key, low).taken <= sampled(seed, key, high).taken
