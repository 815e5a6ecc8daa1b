"""Filtered views: the cases by hand, and no hidden view follows from the shown ones in any small table."""

from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.insights.cube import Key, hidden_views, is_hidden

SIZES = st.integers(0, 12)


def all_views(cells: dict[Key, int]) -> dict[Key, int]:
    views: dict[Key, int] = {}
    for key, n in cells.items():
        for view in product(*((value, None) for value in key)):
            views[view] = views.get(view, 0) + n
    return views


def solvable(cells: dict[Key, int], hidden: frozenset[Key]) -> set[Key]:
    """By exact elimination over the cells themselves: hidden views that are a sum of shown ones."""
    order = list(cells)
    views = all_views(cells)

    def vector(view: Key) -> list[Fraction]:
        return [Fraction(all(v in (None, c) for v, c in zip(view, cell, strict=True))) for cell in order]

    # An empty view that is shown says that all of its cells are empty: each of them is known.
    shown_empty = [view for view, n in views.items() if n == 0 and view not in hidden]
    inside = {c for c in order for v in shown_empty if all(b in (None, a) for a, b in zip(c, v, strict=True))}
    empty = [vector(cell) for cell in sorted(inside, key=str)]
    basis: list[list[Fraction]] = []
    for row in [vector(view) for view in views if view not in hidden] + empty:
        left = reduced(row, basis)
        if any(left):
            basis.append(left)
    return {view for view in hidden if views[view] and not any(reduced(vector(view), basis))}


def reduced(row: list[Fraction], basis: list[list[Fraction]]) -> list[Fraction]:
    for base in basis:
        lead = next(place for place, number in enumerate(base) if number)
        if row[lead]:
            factor = row[lead] / base[lead]
            row = [a - factor * b for a, b in zip(row, base, strict=True)]
    return row


def test_views_one_small_cell_takes_the_next_smallest_with_it() -> None:
    hidden = hidden_views({("north",): 3, ("south",): 10, ("west",): 40})
    assert hidden == {("north",), ("south",)}


def test_views_what_a_filter_leaves_out_counts_as_well() -> None:
    assert hidden_views({("north",): 40, ("",): 2}) == {("",), ("north",)}


def test_views_two_small_cells_of_enough_people_cover_each_other() -> None:
    assert hidden_views({("a",): 3, ("b",): 4, ("c",): 20}) == {("a",), ("b",)}


def test_views_of_enough_people_are_all_shown() -> None:
    assert hidden_views({(a, b): 5 for a in "xy" for b in "pq"}) == frozenset()


def test_views_of_values_that_nobody_has_are_hidden_where_nothing_beside_them_is_shown() -> None:
    cells: dict[Key, int] = {("north", "x"): 10, ("south", "x"): 20}
    assert [is_hidden(("west", "x"), hidden, cells) for hidden in (frozenset(), frozenset(cells))] == [False, True]


def test_views_small_cell_of_two_filters_hides_a_rectangle() -> None:
    cells: dict[Key, int] = {(a, b): 10 for a in "xyz" for b in "pqr"}
    cells["x", "p"] = 3
    hidden = hidden_views(cells)
    assert len(hidden) == 4
    assert solvable(cells, hidden) == set()


def test_views_of_one_filter_hide_the_same_with_another_beside_it() -> None:
    cells: dict[Key, int] = {("north", "x"): 10, ("south", "x"): 3, ("south", "y"): 20}
    assert hidden_views({("north",): 10, ("south",): 23}) == hidden_views({("x",): 13, ("y",): 20}) == frozenset()
    assert hidden_views(cells) == {("north", "x"), ("north", "y"), ("south", "x"), ("south", "y")}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=12, max_size=12), st.sampled_from([(4, 3), (3, 2, 2)]))
def test_views_of_fewer_filters_are_hidden_alike_whatever_stands_beside_them(sizes: list[int], sides: Any) -> None:
    keys = list(product(*("abcd"[:side] for side in sides)))
    cells: dict[Key, int] = dict(zip(keys, sizes, strict=True))
    together = hidden_views(cells)
    for place, side in enumerate(sides):
        alone: dict[Key, int] = {(v,): sum(n for k, n in cells.items() if k[place] == v) for v in "abcd"[:side]}
        beside = {(key[place],) for key in together if key.count(None) == len(sides) - 1 and key[place]}
        assert beside == hidden_views(alone) - {(None,)}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_views_hidden_ones_cannot_be_worked_out(data: st.DataObject) -> None:
    sides = data.draw(st.sampled_from([(2, 2), (3, 3), (4, 3), (2, 2, 2), (3, 2, 2), (6,)]))
    keys: list[Key] = list(product(*("abcdef"[:side] for side in sides)))
    cells = {key: data.draw(SIZES) for key in keys}
    hidden = hidden_views(cells)
    views = all_views(cells)
    top = (None,) * len(sides)
    small = {view for view, n in views.items() if 0 < n < 5}
    lonely = {view for view in hidden if views[view] == views[top]}  # nobody but these: the total tells them
    assert small <= hidden
    assert solvable(cells, hidden) & small <= lonely
