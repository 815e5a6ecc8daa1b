"""Whether a filtered view may be shown beside all others that anybody can ask for (method 3.12)."""

from collections.abc import Mapping, Sequence

import numpy as np

from feedback.insights.arrays import Bools
from feedback.insights.cube import Key, hidden_views
from feedback.queries.run_history import RunHistory


def filters_hide(history: RunHistory, segments: Mapping[str, str]) -> bool:
    """Whether these filters are to give the hidden state; history: everybody's runs of the window.

    Judged by the customers with a run, with an experience, with a service score and with both: each of these counts
    is shown of every view, so each has to leave nobody to be worked out by subtraction.
    """
    names, wanted = list(segments), tuple(segments.values())
    cells = cells_of(history, names)
    return any(wanted in hidden_views(people_in(history, cells, known)) for known in _answered(history))


def rows_hidden(history: RunHistory, segments: Mapping[str, str], by: str, values: Sequence[str]) -> list[bool]:
    """Which rows of a break-down to hide, by the customers with an experience; the same rule as for filters."""
    names = [*segments, by]
    known = np.isfinite(history.experience)
    hidden = hidden_views(people_in(history, cells_of(history, names), known))
    return [(*segments.values(), value) in hidden for value in values]


def _answered(history: RunHistory) -> list[Bools]:
    e, s = np.isfinite(history.experience), np.isfinite(history.service)
    return [np.ones(len(history), dtype=bool), e, s, e & s]


def cells_of(history: RunHistory, names: Sequence[str]) -> list[Key]:
    """The values of the attributes of each run, "" where it has none."""
    columns = [[value or "" for value in history.attribute(name)] for name in names]
    return list(zip(*columns, strict=True))


def people_in(history: RunHistory, cells: Sequence[Key], known: Bools) -> dict[Key, int]:
    """Customers by cell, of the known runs; cells that only others are in count nobody."""
    places = {cell: place for place, cell in enumerate(dict.fromkeys(cells))}
    codes = np.array([places[cell] for cell in cells], dtype=np.int64)
    pairs = np.unique(np.column_stack([codes[known], history.customer[known]]), axis=0) if known.any() else codes[:0]
    counts = np.bincount(pairs[:, 0] if pairs.ndim == 2 else pairs, minlength=len(places))
    return {cell: int(counts[place]) for cell, place in places.items()}
