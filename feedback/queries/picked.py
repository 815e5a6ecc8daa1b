"""Columns of some of the rows that were read, each taken when it is first asked for: most never are."""

from collections.abc import Iterator, Mapping

from feedback.insights.arrays import Floats, Ints


class Picked(Mapping[str, Floats]):
    """The columns of another mapping at some of its rows, in the order of the index."""

    def __init__(self, columns: Mapping[str, Floats], index: Ints) -> None:
        self.columns: Mapping[str, Floats] = columns.columns if isinstance(columns, Picked) else columns
        self.index: Ints = columns.index[index] if isinstance(columns, Picked) else index
        self.taken: dict[str, Floats] = {}

    def __getitem__(self, name: str) -> Floats:
        if name not in self.taken:
            self.taken[name] = self.columns[name][self.index]
        return self.taken[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)
