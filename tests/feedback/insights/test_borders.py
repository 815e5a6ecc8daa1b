"""Borders of windows: by hand, and that no two of them are closer than the limit in any small calendar."""

from collections.abc import Sequence
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.insights.borders import Moments, borders, inward, is_border, moments

DAYS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 30)), max_size=40)


def kind(days: Sequence[float], edges: tuple[float, ...] = ()) -> Moments:
    """Each day one run of a customer of its own."""
    return moments(np.array(days, dtype=float), np.arange(len(days)), edges)


def people(kinds: Moments, start: float, end: float) -> int:
    return len(np.unique(kinds.customer[(kinds.at >= start) & (kinds.at < end)]))


def test_borders_lie_where_enough_customers_are_on_either_side() -> None:
    assert borders([kind([0] * 5 + [1] * 2 + [2] * 3 + [3] * 5)], [0, 1, 2, 3, 4]) == (0, 1, 3, 4)


def test_borders_named_first_are_taken_first() -> None:
    days = [kind([0] * 5 + [1] * 2 + [2] * 5)]
    assert (borders(days, [1, 2]), borders(days, [2, 1])) == ((1,), (2,))


def test_borders_keep_their_distance_from_the_edges_of_a_kind() -> None:
    assert borders([kind([0] * 5 + [1] * 2 + [2] * 5, (2.0,))], [1, 2]) == (2,)


def test_borders_hold_for_every_kind() -> None:
    assert borders([kind([0] * 5 + [1] * 5), kind([0] * 5 + [1] * 4)], [1]) == ()
    assert borders([kind([0] * 5 + [1] * 5), kind([0] * 5)], [1]) == (1,)


def test_borders_count_each_customer_once() -> None:
    assert borders([moments(np.array([0.0] * 9 + [1.0] * 9), np.zeros(18, dtype=np.int64))], [1]) == ()


def test_window_moves_inward_to_borders_and_stays_where_nothing_lies_between() -> None:
    kinds = [kind([0] * 5 + [1] * 2 + [2] * 5 + [9] * 5)]
    found = borders(kinds, [0, 2, 3])
    assert list(found) == [0, 2, 3]
    assert inward(kinds, found, 1, 10) == (2, 10)
    assert inward(kinds, found, 0.5, 4) == (2, 4)
    assert inward(kinds, found, -np.inf, 2) == (-np.inf, 2)
    assert inward(kinds, found, 0.5, 1.5) == (2, 1.5)


def test_border_is_where_nobody_lies_between_it_and_the_next_one() -> None:
    kinds = [kind([0] * 5 + [5] * 5)]
    assert [is_border(kinds, (3.0,), moment) for moment in (-1, 0, 0.5, 2, 3, 4, 5, 6)] == [
        True, True, True, True, True, True, True, True,
    ]  # fmt: skip
    assert [is_border([kind([0] * 5 + [4] * 5 + [5] * 5)], (3.0,), moment) for moment in (4, 5)] == [True, False]


@settings(max_examples=300, deadline=None)
@given(DAYS, st.lists(st.integers(0, 13), unique=True), st.randoms())
def test_borders_any_two_windows_differ_by_nobody_or_enough(
    rows: list[tuple[int, int]], edges: list[int], random: Random
) -> None:
    at, customer = (np.array(column) for column in (zip(*rows, strict=True) if rows else ((), ())))
    plain = moments(at.astype(float), customer.astype(np.int64))
    told = borders([plain], edges)  # edges hold for themselves, as those of a series do
    kinds = moments(plain.at, plain.customer, told)
    wanted = list(range(14))
    random.shuffle(wanted)
    every = sorted({-np.inf, np.inf, *borders([kinds], wanted), *told})
    for first, start in enumerate(every):
        for end in every[first + 1 :]:
            n = people(kinds, start, end)
            assert n == 0 or n >= 5 or people(kinds, -np.inf, np.inf) < 5
