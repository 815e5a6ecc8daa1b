"""Wilson and Newcombe against textbook values and by their rules."""

# A None where a number is asserted fails the test by itself.
# mypy: disable-error-code="union-attr, operator"

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.insights.shares import newcombe, share_of, wilson, wilson_bounds

counts = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("k", "n", "bounds"),
    [
        (45, 50, (0.7863976856252035, 0.9565242350681096)),
        (0, 10, (0.0, 0.2775327998628892)),
        (10, 10, (1 - 0.2775327998628892, 1.0)),
        (88, 1356, (0.052975, 0.079277)),
        (320, 2678, (0.10774879, 0.13232560)),
    ],
)
def test_wilson_known_values(k, n, bounds):
    share = wilson(k, n)
    assert (share.lo, share.hi) == pytest.approx(bounds, abs=1e-6)
    assert (share.share, share.k, share.n) == (k / n, k, n)


def test_wilson_nothing_is_none():
    assert (wilson(0, 0).share, wilson(0, 0).lo, wilson(0, 0).hi) == (None, None, None)


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5)])
def test_wilson_impossible_counts_are_refused(k, n):
    with pytest.raises(ValueError, match="between 0 and n"):
        wilson(k, n)


@pytest.mark.parametrize(("share", "n"), [(0.5, 0), (1.5, 10)])
def test_wilson_bounds_impossible_input_is_refused(share, n):
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson_bounds(share, n)


@settings(max_examples=100)
@given(counts)
def test_wilson_stays_inside_and_contains_the_share(pair):
    share = wilson(*pair)
    assert 0 <= share.lo <= share.share <= share.hi <= 1


@settings(max_examples=60)
@given(counts)
def test_wilson_mirrored_counts_mirror_the_bounds(pair):
    k, n = pair
    there, back = wilson(k, n), wilson(n - k, n)
    assert (back.lo, back.hi) == pytest.approx((1 - there.hi, 1 - there.lo), abs=1e-12)


def test_share_of_single_answers_is_plain_wilson():
    assert share_of([1, 0, None, 1, 1], ["a", "b", "c", "d", "e"]) == wilson(3, 4)


def test_share_of_repeated_answers_widens():
    flags, customers = [1, 1, 1, 0, 0, 0, 1, 1, 0, 0], [1, 1, 1, 2, 2, 2, 3, 3, 4, 4]
    clustered, alone = share_of(flags, customers), share_of(flags)
    assert (clustered.share, clustered.k, clustered.n) == (0.5, 5, 10)
    assert clustered.hi - clustered.lo > alone.hi - alone.lo


def test_share_of_weights_by_hand():
    share = share_of([1, 0, 0], None, [2, 1, 1])
    # Kish 16/6 effective answers.
    assert (share.share, share.k, share.n) == (0.5, 1, 3)
    assert (share.lo, share.hi) == pytest.approx(wilson_bounds(0.5, 16 / 6))


def test_share_of_nothing_is_none():
    assert share_of([None]).share is None


def test_newcombe_textbook_value():
    difference = newcombe(wilson(56, 70), wilson(48, 80))
    assert (difference.value, difference.lo, difference.hi) == pytest.approx(
        (0.2, 0.05243147240236498, 0.333872654036906), abs=1e-6
    )


def test_newcombe_without_answers_is_none():
    assert newcombe(wilson(0, 0), wilson(1, 2)).value is None
    assert newcombe(wilson(1, 2), wilson(0, 0)).value is None
