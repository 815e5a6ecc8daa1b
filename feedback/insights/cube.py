"""Which filtered views may be shown: none whose few people could be worked out from any other view."""

from collections.abc import Mapping
from itertools import product
from math import prod

import numpy as np

from feedback.insights.arrays import Floats
from feedback.insights.suppression import small_cell

Key = tuple[str | None, ...]  # a value for every attribute; None: any value, so (None, None) is everybody
Views = Mapping[Key, int]
Lines = list[tuple[Key, list[Key]]]
MOST_UNKNOWN = 600  # hidden cells whose equations are solved; beyond, only margins of fewer attributes are shown
MOST_CELLS = 5_000  # combinations of values that are looked at though nobody has them
_NOTHING = 1e-9


def hidden_views(cells: Views, at_least: int = 0) -> frozenset[Key]:
    """The views to hide of all that filters by these attributes can ask for, margins among them.

    cells: people by a value of every attribute ("" where it is not known). Hidden: views of 1 to limit - 1 people;
    while something hidden can be worked out (alone in its line, together fewer than the limit, or by solving all
    sums), also the smallest view beside it. The limit is that of small cells, or at_least where that is more (of all
    people together it is that of small cells).

    Fewer attributes first: what a filter by one of them shows stays shown, and hides the same with another beside it.
    Nobody is no secret, and gives cover only where nobody else can: then an empty view is hidden too.
    """
    least = max(small_cell(), at_least)
    views = _with_margins(_every_cell(cells))
    hidden = set[Key]()
    for named in range(len(next(iter(views), ())) + 1):
        level = {key: n for key, n in views.items() if _named(key) <= named}
        hidden |= _hidden_beside(level, named, hidden, least if named else small_cell())
    return frozenset(hidden)


def is_hidden(view: Key, hidden: frozenset[Key], cells: Views) -> bool:
    """Whether a view is to give the hidden state: of values that nobody has, where nothing beside it is shown."""
    return view in hidden or (view not in cells and bool(cells) and hidden.issuperset(cells))


def _hidden_beside(views: Views, named: int, known: set[Key], least: int) -> set[Key]:
    """What to hide of the views of so many attributes, given what is hidden of fewer."""
    lines = _lines(views)
    newest = {key for key in views if _named(key) == named}
    hidden = known | {key for key in newest if 0 < views[key] < least}
    while True:
        more = _uncovered(views, lines, hidden, least) & newest
        if not more:
            more = _solved(views, lines, hidden) & newest
        if not more - hidden:
            return hidden
        hidden |= more


def _named(key: Key) -> int:
    return sum(value is not None for value in key)


def _every_cell(cells: Views) -> dict[Key, int]:
    """With the combinations that nobody has, where these are not too many: hidden, they give cover."""
    if not cells:
        return {}
    values = [dict.fromkeys(key[place] for key in cells) for place in range(len(next(iter(cells))))]
    if prod(len(each) for each in values) > MOST_CELLS:
        return dict(cells)
    return {key: cells.get(key, 0) for key in product(*values)}


def _with_margins(cells: Views) -> dict[Key, int]:
    """Every cell and every margin that it is part of."""
    views: dict[Key, int] = {}
    for key, n in cells.items():
        for view in product(*((value, None) for value in key)):
            views[view] = views.get(view, 0) + n
    return views


def _lines(views: Views) -> Lines:
    """Every sum that is known: a margin, and the views that add up to it."""
    found: dict[tuple[Key, int], list[Key]] = {}
    for key in views:
        for place, value in enumerate(key):
            if value is not None:
                found.setdefault(((*key[:place], None, *key[place + 1 :]), place), []).append(key)
    return [(margin, parts) for (margin, _place), parts in found.items()]


def _uncovered(views: Views, lines: Lines, hidden: set[Key], least: int) -> set[Key]:
    """For lines that give a hidden view away: the smallest visible one beside it."""
    more = set()
    for margin, parts in lines:
        secret = [key for key in parts if key in hidden]
        unknown = len(secret) + (margin in hidden)
        few = margin not in hidden and 0 < sum(views[key] for key in secret) < least
        if unknown == 1 or few:
            more |= _smallest(views, parts, hidden)
    return more


def _smallest(views: Views, parts: list[Key], hidden: set[Key]) -> set[Key]:
    """Of those with somebody in them; else an empty one that no empty margin gives away."""
    rest = [key for key in parts if views[key] > 0 and key not in hidden]
    if not rest:
        rest = [key for key in parts if key not in hidden and not _told_empty(views, key, hidden)]
    return {min(rest, key=lambda key: (views[key], str(key)))} if rest else set()


def _told_empty(views: Views, key: Key, hidden: set[Key]) -> bool:
    margins = ((*key[:place], None, *key[place + 1 :]) for place, value in enumerate(key) if value is not None)
    return any(views[margin] == 0 and margin not in hidden for margin in margins)


def _solved(views: Views, lines: Lines, hidden: set[Key]) -> set[Key]:
    """What to hide beside the views that follow from all sums together though no single one gives them away."""
    unknown = {key: place for place, key in enumerate(sorted(hidden, key=str))}
    if not unknown or len(next(iter(unknown))) == 1:
        return set()
    if len(unknown) > MOST_UNKNOWN:
        return {key for key in views if _named(key) > 1}
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
    if not given_away:
        return set()
    near = set[Key]()
    for margin, parts in sums:
        if margin in given_away or given_away & set(parts):
            near |= _smallest(views, parts, hidden)
    newest = [key for key in views if _named(key) == max(map(_named, views))]
    return near or _smallest(views, newest, hidden)


def _determined(equations: Floats) -> list[bool]:
    """Which unknowns have one solution only: those that are 0 in every vector that the equations let vary."""
    _left, sizes, right = np.linalg.svd(equations)
    rank = int((sizes > _NOTHING * max(equations.shape)).sum())
    free = right[rank:]
    return [bool(found) for found in (np.abs(free).max(axis=0, initial=0.0) < _NOTHING**0.5)]


def groups(cells: Views, hidden: frozenset[Key]) -> list[frozenset[Key]]:
    """The cells of every view that is shown, and of what is hidden in each line whose margin is shown; each once."""
    inside: dict[Key, set[Key]] = {}
    for cell in cells:
        for view in product(*((value, None) for value in cell)):
            inside.setdefault(view, set()).add(cell)
    found = [frozenset(own) for view, own in inside.items() if view not in hidden]
    for margin, parts in _lines(dict.fromkeys(inside, 0)):
        secret = [inside[part] for part in parts if part in hidden]
        if secret and margin not in hidden:
            found.append(frozenset().union(*secret))
    return list(dict.fromkeys(found))
