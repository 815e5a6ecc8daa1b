"""CSV: UTF-8 unless said otherwise, separated by commas, semicolons, tabs or bars."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from cxsurvey.lib.tables.base import MAX_ROWS, Form, Row, Table, UnusableTable, named_columns, row_of

MAX_CELL = 131_072
DELIMITERS = ",;\t|"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
UTF8 = "utf-8-sig"


def open_csv(path: Path, form: Form) -> Table:
    """Read the whole file once (encoding, quotes, number of rows), so that nothing is taken of an unusable one."""
    if form.sheet:
        raise UnusableTable("The mapping names a sheet, but the file is no Excel workbook: it has none.")
    encoding = _encoding(form)
    _check_encoding(path, encoding)
    delimiter = form.separator or _delimiter(path, encoding, form.skip_rows)
    columns, duplicates, total = _check_rows(path, encoding, delimiter, form)

    def read() -> Iterator[Row]:
        for number, values in _records(path, encoding, delimiter):
            if number > form.before_data and any(value.strip() for value in values):
                yield row_of(number, values, columns)

    return Table(columns, total, read, duplicates)


def _encoding(form: Form) -> str:
    """The codec to read by; that of UTF-8 drops a byte order mark."""
    name = codecs.lookup(form.encoding).name if form.encoding else "utf-8"
    return UTF8 if name == "utf-8" else name


def _check_encoding(path: Path, encoding: str) -> None:
    with path.open("rb") as file:
        start = file.read(1 << 16)
    if encoding == UTF8 and start[:2] in UTF16:
        raise UnusableTable(_convert("UTF-16", "utf-16"))
    if encoding == UTF8 and b"\x00" in start:
        raise UnusableTable("The file holds NUL characters: it is no CSV, or not in UTF-8. Save it again.")
    try:
        with path.open(encoding=encoding, newline="") as text:
            while chunk := text.read(1 << 20):
                if "\x00" in chunk:
                    raise UnusableTable("The file holds NUL characters: it is no CSV, or not in UTF-8. Save it again.")
    except UnicodeError:
        if encoding != UTF8:
            raise UnusableTable(f"The file is not in {encoding}, as the mapping says.") from None
        raise UnusableTable(_convert("UTF-8", "windows-1252", "not ")) from None


def _convert(name: str, code: str, negation: str = "") -> str:
    return (
        f"The file is {negation}in {name}: save it as CSV in UTF-8, or say its encoding in the mapping "
        f"(encoding: {code}), or convert it with iconv -f {code.upper()} -t UTF-8 FILE > NEW."
    )


def _delimiter(path: Path, encoding: str, skip_rows: int) -> str:
    """The separator that the header holds most often outside quotes; a header without any is one column."""
    with path.open(encoding=encoding, newline="") as text:
        for _row in range(skip_rows):
            text.readline(1 << 20)
        header = text.readline(1 << 20)
    unquoted = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=unquoted.count)


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with its number, from 1."""
    csv.field_size_limit(MAX_CELL)
    with path.open(encoding=encoding, newline="") as text:
        yield from enumerate(csv.reader(text, delimiter=delimiter, strict=True), start=1)


def _check_rows(path: Path, encoding: str, delimiter: str, form: Form) -> tuple[list[str], frozenset[str], int]:
    """Names of the columns, those doubled, and the number of rows."""
    header: list[str] = []
    number = total = 0
    try:
        for number, values in _records(path, encoding, delimiter):
            if number == form.header:
                header = values
            elif number > form.before_data and any(value.strip() for value in values):
                total += 1
            if total > MAX_ROWS:
                raise UnusableTable(f"The table has more than {MAX_ROWS} rows: split it.")
    except csv.Error as trouble:
        hint = "a cell is longer than 131,072 characters, or a quote is not closed" if "limit" in str(trouble) else ""
        why = hint or "a quote is not closed or stands within a cell"
        raise UnusableTable(f"The file cannot be read after row {number}: {why}.") from None
    return *named_columns(header), total
