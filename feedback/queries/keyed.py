"""A JSON column of many rows as arrays: one of numbers a key, what little is more than one number a row beside it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

import numpy as np

from feedback.insights.arrays import Floats, Ints
from feedback.queries.packed import Packed

More = tuple[Ints, Floats]


@dataclass(frozen=True, slots=True)
class Keyed(Sequence[dict[str, Any]]):
    """Rows of {key: number} or, with many, {key: [numbers]}; also a sequence of such dicts, which is the slow way.

    first: per key the number of each row that was read, or the first of its numbers, NaN where there is none; kept:
    which of these the rows here are, None: all. more: per key the rows and values of the second numbers and on, in
    order of row.
    """

    rows: int
    many: bool
    first: Packed
    more: Mapping[str, More] = field(default_factory=dict)
    kept: Ints | None = None
    held: dict[str, list[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.rows

    @overload
    def __getitem__(self, row: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, row: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, row: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(self.rows))]
        if not -self.rows <= row < self.rows:
            raise IndexError(row)
        row %= self.rows
        numbers = {key: float(self.column(key)[row]) for key in self.first}
        found = {key: number for key, number in numbers.items() if np.isfinite(number)}
        if not self.many:
            return found
        return {key: [value, *self._more(key, row)] if key in self.more else [value] for key, value in found.items()}

    def _more(self, key: str, row: int) -> list[float]:
        rows, values = self.more[key]
        return [float(value) for value in values[np.searchsorted(rows, row) : np.searchsorted(rows, row, "right")]]

    def seen(self) -> list[str]:
        """The keys that some row has, in order."""
        if "seen" not in self.held:
            self.held["seen"] = sorted(key for key in self.first if self.first.has(key, self.kept))
        return self.held["seen"]

    def column(self, key: str) -> Floats:
        """The (first) number of each row, shape (rows,)."""
        if key not in self.first:
            return np.full(self.rows, np.nan)
        return self.first[key] if self.kept is None else self.first[key][self.kept]

    def sums(self) -> Floats:
        """The sum of each row's (first) numbers, 0 without any."""
        total = np.zeros(self.rows)
        for key in self.seen():
            total += np.nan_to_num(self.column(key))
        return total

    def entries(self, key: str) -> tuple[Floats, Ints]:
        """Every number of a key with its row, in order of row."""
        column = self.column(key)
        rows = np.flatnonzero(np.isfinite(column)).astype(np.int64)
        if key not in self.more:
            return column[rows], rows
        more_rows, more = self.more[key]
        every, values = np.concatenate([rows, more_rows]), np.concatenate([column[rows], more])
        order = np.argsort(every, kind="stable")
        return values[order], every[order]

    def means(self, key: str) -> Floats:
        """The mean number of each row, shape (rows,)."""
        column = self.column(key)
        if key not in self.more:
            return column
        rows, values = self.more[key]
        total, count = column.copy(), np.ones(self.rows)
        np.add.at(total, rows, values)
        np.add.at(count, rows, 1)
        return total / count

    def without(self, keys: Collection[str]) -> "Keyed":
        """The same without some of the keys."""
        more = {key: found for key, found in self.more.items() if key not in keys}
        return Keyed(self.rows, self.many, self.first.without(keys), more, self.kept)

    def take(self, index: Ints) -> "Keyed":
        """The same for some of the rows, in their order."""
        more = {}
        place = np.full(self.rows if self.more else 0, -1, dtype=np.int64)
        if self.more:
            place[index] = np.arange(len(index))
        for key, (rows, values) in self.more.items():
            kept = place[rows] >= 0
            if kept.any():
                more[key] = (place[rows][kept], values[kept])
        return Keyed(len(index), self.many, self.first, more, index if self.kept is None else self.kept[index])


def keyed(rows: int, many: bool, columns: dict[str, Floats], odd: Iterable[tuple[int, Mapping[str, Any]]]) -> Keyed:
    """Columns (they are used up) with the rows that they do not hold whole put in: (row, its dict), in order of row."""
    more = dict[str, tuple[list[int], list[float]]]()
    for row, given in odd:
        for key, told in given.items():
            values = told if many else [told]
            if not values:
                continue
            if key not in columns:
                columns[key] = np.full(rows, np.nan)
            columns[key][row] = values[0]
            for value in values[1:]:
                at, beside = more.setdefault(key, ([], []))
                at.append(row)
                beside.append(value)
    arrays = {key: (np.array(at, np.int64), np.array(beside, np.float64)) for key, (at, beside) in more.items()}
    packed = Packed(rows)
    for key in list(columns):
        packed.put(key, columns.pop(key))
    return Keyed(rows, many, packed, arrays)
