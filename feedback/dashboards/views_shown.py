"""All views that filters by some attributes can ask for, and which of them tell of too few (method 3.12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Bools, Ints
from feedback.insights.borders import Moments, moments
from feedback.insights.cube import Key, groups, hidden_views, is_hidden
from feedback.insights.suppression import INDICATIVE_BELOW
from feedback.queries.run_history import RunHistory


@dataclass(frozen=True, slots=True)
class Views:
    """The views of everybody's runs; cells: values of the attributes, codes: the place there of each run's.

    in_time: windows are asked about. Then views of under 30 customers are hidden: each of them would take away borders
    at which all others may be cut.
    """

    history: RunHistory
    cells: list[Key]
    codes: Ints
    in_time: bool

    def people(self, known: Bools) -> dict[Key, int]:
        """Customers by cell, of the known runs; cells that only others are in count nobody."""
        pairs = np.unique(np.column_stack([self.codes[known], self.history.customer[known]]), axis=0)
        counts = np.bincount(pairs[:, 0], minlength=len(self.cells))
        return dict(zip(self.cells, counts.tolist(), strict=True))

    def hidden(self, known: Bools, wanted: Sequence[Key]) -> list[bool]:
        """Which of these views may not tell anything of the known runs, as few of them could be worked out."""
        cells = self.people(known)
        found = self._hidden(cells)
        return [is_hidden(view, found, cells) for view in wanted]

    def _hidden(self, cells: Mapping[Key, int]) -> frozenset[Key]:
        return hidden_views(cells, INDICATIVE_BELOW if self.in_time else 0)

    def kinds(self, known: Bools, edges: Sequence[float] = ()) -> list[Moments]:
        """The known runs in time: of each shown view, and together of those that are hidden beside each other."""
        at, who = self.history.at, self.history.customer
        cells = self.people(known)
        found = []
        for together in groups(cells, self._hidden(cells)):
            inside = np.array([cell in together for cell in self.cells], dtype=bool)[self.codes] & known
            found.append(moments(at[inside], who[inside], edges))
        return found

    @property
    def everybody(self) -> Bools:
        """All runs."""
        return np.ones(len(self.history), dtype=bool)

    @property
    def rated(self) -> Bools:
        """The runs whose whole was rated."""
        return np.isfinite(self.history.experience)

    @property
    def served(self) -> Bools:
        """The runs with a service score."""
        return np.isfinite(self.history.service)

    @property
    def counted(self) -> list[Bools]:
        """The runs that every view shows the number of: all, with experience, with service, with both."""
        return [self.everybody, self.rated, self.served, self.rated & self.served]


def views_by(history: RunHistory, names: Sequence[str], in_time: bool = False) -> Views:
    """The views by these attributes, "" where a run has none of one; history: everybody's runs of all times."""
    columns = [[value or "" for value in history.attribute(name)] for name in names]
    keys = list(zip(*columns, strict=True)) if columns else [()] * len(history)
    places: dict[Key, int] = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    return Views(history, list(places), np.array([places[key] for key in keys], dtype=np.int64), in_time)
