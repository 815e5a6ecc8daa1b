"""CSV: UTF-8, separated by commas, semicolons or tabs."""

import csv
from collections.abc import Iterator
from pathlib import Path

from cxsurvey.lib.tables.base import MAX_ROWS, Row, Table, UnusableTable, named_columns, row_of

MAX_CELL = 131_072
DELIMITERS = ",;\t"
UTF16 = (b"\xff\xfe", b"\xfe\xff")


def open_csv(path: Path, header_rows: int) -> Table:
    """Read the whole file once (encoding, quotes, number of rows), so that nothing is taken of an unusable one."""
    _check_encoding(path)
    delimiter = _delimiter(path)
    columns, duplicates, total = _check_rows(path, delimiter, header_rows)

    def read() -> Iterator[Row]:
        for number, values in _records(path, delimiter):
            if number > header_rows and any(value.strip() for value in values):
                yield row_of(number, values, columns)

    return Table(columns, total, read, duplicates)


def _check_encoding(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(2) in UTF16:
            raise UnusableTable(_convert("UTF-16", "UTF-16"))
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            while chunk := text.read(1 << 20):
                if "\x00" in chunk:
                    raise UnusableTable("The file holds NUL characters: it is no CSV, or not in UTF-8. Save it again.")
    except UnicodeDecodeError:
        raise UnusableTable(_convert("UTF-8", "WINDOWS-1252", "not ")) from None


def _convert(name: str, code: str, negation: str = "") -> str:
    return (
        f"The file is {negation}in {name}: save it as CSV in UTF-8, or convert it with "
        f"iconv -f {code} -t UTF-8 FILE > NEW (naming the encoding it is in)."
    )


def _delimiter(path: Path) -> str:
    """The separator that the header holds most often outside quotes; a header without any is one column."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        header = text.readline(1 << 20)
    unquoted = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=unquoted.count)


def _records(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with its number, from 1."""
    csv.field_size_limit(MAX_CELL)
    with path.open(encoding="utf-8-sig", newline="") as text:
        yield from enumerate(csv.reader(text, delimiter=delimiter, strict=True), start=1)


def _check_rows(path: Path, delimiter: str, header_rows: int) -> tuple[list[str], frozenset[str], int]:
    """Names of the columns, those doubled, and the number of rows."""
    header: list[str] = []
    number = total = 0
    try:
        for number, values in _records(path, delimiter):
            if number == 1:
                header = values
            elif number > header_rows and any(value.strip() for value in values):
                total += 1
            if total > MAX_ROWS:
                raise UnusableTable(f"The table has more than {MAX_ROWS} rows: split it.")
    except csv.Error as trouble:
        hint = "a cell is longer than 131,072 characters, or a quote is not closed" if "limit" in str(trouble) else ""
        why = hint or "a quote is not closed or stands within a cell"
        raise UnusableTable(f"The file cannot be read after row {number}: {why}.") from None
    return *named_columns(header), total
