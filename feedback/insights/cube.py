"""Which filtered views may be shown: none whose few people could be worked out from any other view."""

from collections.abc import Mapping
from itertools import product

import numpy as np

from feedback.insights.arrays import Floats
from feedback.insights.suppression import small_cell

Key = tuple[str | None, ...]  # a value for every attribute; None: any value, so (None, None) is everybody
MOST_UNKNOWN = 600  # hidden cells whose equations are solved; beyond, only margins of one attribute are shown
_NOTHING = 1e-9


def hidden_views(cells: Mapping[Key, int]) -> frozenset[Key]:
    """The views to hide of all that filters by these attributes can ask for, margins among them.

    cells: people by a value of every attribute ("" where it is not known). Hidden: views of 1 to limit - 1 people;
    while something hidden can be worked out (alone in its line, together fewer than the limit, or by solving all
    sums), also the smallest view beside it. Nobody is no secret: empty views stay and give no cover.
    """
    views = _with_margins(cells)
    lines = _lines(views)
    hidden = {key for key, n in views.items() if 0 < n < small_cell()}
    while True:
        more = _uncovered(views, lines, hidden, small_cell())
        if not more:
            more = _solved(views, lines, hidden)
        if not more - hidden:
            return frozenset(hidden)
        hidden |= more


def _with_margins(cells: Mapping[Key, int]) -> dict[Key, int]:
    """Every cell and every margin that it is part of."""
    views: dict[Key, int] = {}
    for key, n in cells.items():
        for view in product(*((value, None) for value in key)):
            views[view] = views.get(view, 0) + n
    return views


def _lines(views: Mapping[Key, int]) -> list[tuple[Key, list[Key]]]:
    """Every sum that is known: a margin, and the views that add up to it."""
    found: dict[tuple[Key, int], list[Key]] = {}
    for key in views:
        for place, value in enumerate(key):
            if value is not None:
                found.setdefault(((*key[:place], None, *key[place + 1 :]), place), []).append(key)
    return [(margin, parts) for (margin, _place), parts in found.items()]


def _uncovered(views: Mapping[Key, int], lines: list[tuple[Key, list[Key]]], hidden: set[Key], least: int) -> set[Key]:
    """For lines that give a hidden view away: the smallest visible one beside it."""
    more = set()
    for margin, parts in lines:
        secret = [key for key in parts if key in hidden]
        unknown = len(secret) + (margin in hidden)
        few = margin not in hidden and 0 < sum(views[key] for key in secret) < least
        if unknown == 1 or few:
            more |= _smallest(views, margin, parts, hidden)
    return more


def _smallest(views: Mapping[Key, int], margin: Key, parts: list[Key], hidden: set[Key]) -> set[Key]:
    rest = [key for key in parts if views[key] > 0 and key not in hidden]
    if not rest and margin not in hidden and any(value is not None for value in margin):
        rest = [margin]  # everybody is never hidden for a part's sake: then there is nobody but this part
    return {min(rest, key=lambda key: (views[key], str(key)))} if rest else set()


def _solved(views: Mapping[Key, int], lines: list[tuple[Key, list[Key]]], hidden: set[Key]) -> set[Key]:
    """What to hide beside the views that follow from all sums together though no single one gives them away."""
    unknown = {key: place for place, key in enumerate(sorted(hidden, key=str))}
    if not unknown or len(next(iter(unknown))) == 1:
        return set()
    if len(unknown) > MOST_UNKNOWN:
        return {key for key in views if sum(value is not None for value in key) > 1}
    sums = [(m, p) for m, p in lines if m in unknown or any(key in unknown for key in p)]
    equations = np.zeros((len(sums), len(unknown)))
    for row, (margin, parts) in enumerate(sums):
        for key in parts:
            if key in unknown:
                equations[row, unknown[key]] += 1
        if margin in unknown:
            equations[row, unknown[margin]] -= 1
    known = _determined(equations)
    given_away = {key for key, place in unknown.items() if known[place] and views[key] > 0}
    more = set[Key]()
    for margin, parts in sums:
        if margin in given_away or given_away & set(parts):
            more |= _smallest(views, margin, parts, hidden)
    return more


def _determined(equations: Floats) -> list[bool]:
    """Which unknowns have one solution only: those that are 0 in every vector that the equations let vary."""
    _left, sizes, right = np.linalg.svd(equations)
    rank = int((sizes > _NOTHING * max(equations.shape)).sum())
    free = right[rank:]
    return [bool(found) for found in (np.abs(free).max(axis=0, initial=0.0) < _NOTHING**0.5)]
