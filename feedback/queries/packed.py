"""Columns of numbers in little room: most runs lack most answers, and answers are small whole numbers."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feedback.insights.arrays import Floats, Ints

Values = Floats | npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Column:
    """rows: where the values stand, None where they are a whole column, NaN for what is missing."""

    values: Values
    rows: npt.NDArray[np.int32] | None


class Packed(Mapping[str, Floats]):
    """Columns of one length; what is taken out of it is exactly what was put in, and a copy of its own."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.held: dict[str, _Column] = {}

    def put(self, name: str, column: Floats) -> None:
        """Keep a column: in four bytes a number where that loses no digit, without missing ones if they are many."""
        known = np.isfinite(column)
        values = _smallest(column[known])
        if len(values) * (4 + values.itemsize) < len(column) * values.itemsize:
            self.held[name] = _Column(values, np.flatnonzero(known).astype(np.int32))
        else:
            self.held[name] = _Column(_smallest(column) if values.itemsize == 4 else column, None)

    def __getitem__(self, name: str) -> Floats:
        column = self.held[name]
        if column.rows is None:
            return column.values.astype(np.float64)
        whole = np.full(self.rows, np.nan)
        whole[column.rows] = column.values
        return whole

    def has(self, name: str, index: Ints | None = None) -> bool:
        """Whether there is any number in a column, at the rows of the index."""
        column = self.held[name]
        if index is None:
            return bool(len(column.values)) and (column.rows is not None or bool(np.isfinite(column.values).any()))
        return bool(np.isfinite(self[name][index]).any())

    def without(self, names: Collection[str]) -> "Packed":
        """The same columns, not copied, but for some."""
        other = Packed(self.rows)
        other.held = {name: column for name, column in self.held.items() if name not in names}
        return other

    def __iter__(self) -> Iterator[str]:
        return iter(self.held)

    def __len__(self) -> int:
        return len(self.held)


def _smallest(values: Floats) -> Values:
    small = values.astype(np.float32)
    return small if bool(((small == values) | np.isnan(values)).all()) else values
