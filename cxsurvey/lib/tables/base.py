"""What every kind of table is."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

MAX_COLUMNS = 4_000
MAX_ROWS = 5_000_000


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written: rows before the header, header rows (the first names the columns), and for CSV its
    encoding (blank: UTF-8) and separator (blank: what the header holds most), for XLSX the sheet (blank: the first).
    """

    header_rows: int = 1
    skip_rows: int = 0
    encoding: str = ""
    separator: str = ""
    sheet: str = ""

    @property
    def header(self) -> int:
        """The number of the row that names the columns."""
        return self.skip_rows + 1

    @property
    def before_data(self) -> int:
        """The number of the last row before the data."""
        return self.skip_rows + self.header_rows


class UnusableTable(ValueError):
    """The file as a whole cannot be read; the text says why and how to mend it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet shows it (the header is 1), and its cells by column or its problem."""

    number: int
    cells: dict[str, str]
    problem: str = ""
    column: str = ""
    value: str = ""


@dataclass
class Table:
    """A table that can be read from its start any number of times, a row at a time."""

    columns: list[str]
    total: int
    read: Callable[[], Iterator[Row]]
    duplicates: frozenset[str] = field(default_factory=frozenset)

    def __iter__(self) -> Iterator[Row]:
        return self.read()


def named_columns(header: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    """The trimmed names of the columns (blank: without name) and those that are there more than once."""
    names = [" ".join(name.split()) for name in header]
    while names and not names[-1]:
        names.pop()
    if not any(names):
        raise UnusableTable(
            "The header row is blank: the first row must name the columns, else say in the mapping how many rows stand "
            "before it (skip_rows)."
        )
    if len(names) > MAX_COLUMNS:
        raise UnusableTable(f"The table has {len(names)} columns; at most {MAX_COLUMNS} can be read.")
    counts = Counter(name for name in names if name)
    return names, frozenset(name for name, count in counts.items() if count > 1)


def row_of(number: int, values: Sequence[str], columns: Sequence[str]) -> Row:
    """A row of the table, or a row with its problem when it has more or fewer cells than the header."""
    extra = [value for value in values[len(columns) :] if value.strip()]
    if extra:
        problem = f"The row has {len(values)} cells, the header {len(columns)}: check its separators and quotes."
        return Row(number, {}, problem, value=extra[0][:200])
    if len(values) < len(columns):
        problem = f"The row has {len(values)} cells, the header {len(columns)}: it is cut off."
        return Row(number, {}, problem)
    cells = {name: value.strip() for name, value in zip(columns, values, strict=False) if name}
    for name, value in cells.items():
        if "\x00" in value:
            return Row(number, {}, "The cell holds a NUL character: remove it.", name, ascii(value)[:200])
    return Row(number, cells)
