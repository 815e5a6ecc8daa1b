"""XLSX: the first sheet, as the texts a reader sees; formulas are not evaluated, bombs are refused before parsing."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from cxsurvey.lib.tables.base import MAX_COLUMNS, Form, Row, Table, UnusableTable, named_columns, row_of

MAX_ENTRIES = 1_000
MAX_UNPACKED = 400_000_000
MAX_RATIO = 100
MAX_ROWS = 1_048_576  # what a sheet can hold
BROKEN = "The file is not an Excel workbook, or is damaged: open it and save it again as .xlsx or as CSV."


def open_xlsx(path: Path, form: Form) -> Table:
    """Check the archive, then read the whole sheet once, so that nothing is taken of an unusable file."""
    _check_archive(path)
    columns: list[str] = []
    duplicates: frozenset[str] = frozenset()
    total = 0
    for number, values in _records(path, form.sheet):
        if number == form.header:
            columns, duplicates = named_columns([text for text, _problem in values])
        elif number > form.before_data and any(text for text, _problem in values):
            total += 1
    if not columns:
        raise UnusableTable(
            "The sheet is empty: it needs a header row with the names of the columns. Other sheets are read when the "
            "mapping names them (sheet: NAME)."
        )

    def read() -> Iterator[Row]:
        for number, values in _records(path, form.sheet):
            if number > form.before_data and any(text for text, _problem in values):
                yield _row(number, values, columns)

    return Table(columns, total, read, duplicates)


def _row(number: int, values: Sequence[tuple[str, str]], columns: Sequence[str]) -> Row:
    """A row, padded to the width of the header as sheets leave trailing blanks out."""
    for i, (text, problem) in enumerate(values):
        if problem:
            return Row(number, {}, problem, columns[i] if i < len(columns) else "", text[:200])
    texts = [text for text, _problem in values]
    return row_of(number, [*texts, *[""] * (len(columns) - len(texts))], columns)


def _check_archive(path: Path) -> None:
    """Judge by the central directory, then look for document types, which only attacks have."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_sizes(entries, path.stat().st_size)
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    _check_entry(archive, entry)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, RuntimeError):
        raise UnusableTable(BROKEN) from None
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise UnusableTable(BROKEN)


def _check_sizes(entries: Sequence[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(packed, 10_000):
        raise UnusableTable("The workbook unpacks to far more than a table would: save the sheet as CSV in UTF-8.")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise UnusableTable("The workbook is protected by a password: save it without.")


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Refuse XML with a document type (entity bombs) or in UTF-16, which would hide one."""
    tail = b""
    with archive.open(entry) as part:
        start = part.read(4)
        if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in start:
            raise UnusableTable(BROKEN)
        tail = start
        while chunk := part.read(1 << 20):
            if b"<!DOCTYPE" in tail + chunk or b"<!ENTITY" in tail + chunk:
                raise UnusableTable("The workbook holds a document type declaration, which no table needs: refused.")
            tail = chunk[-9:]


def _records(path: Path, name: str) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Every row of the sheet with its number: pairs of text and problem."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with path.open("rb") as file:
            book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
            if name and name not in book.sheetnames:
                raise UnusableTable(f'The workbook has no sheet "{name}"; it has {", ".join(book.sheetnames)}.')
            sheet = book[name] if name else book.worksheets[0]
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS + 1), start=1):
                yield number, [_text(cell) for cell in cells]
    except UnusableTable:
        raise
    except (InvalidFileException, ParseError, KeyError, IndexError, ValueError, TypeError, AttributeError, OSError):
        raise UnusableTable(BROKEN) from None


def _text(cell: Any) -> tuple[str, str]:
    """The text of a cell, and its problem where it has none that could be trusted."""
    value = cell.value
    if cell.data_type == "f":
        return str(value), "The cell holds a formula, which is not evaluated: paste its value."
    if cell.data_type == "e":
        return str(value), "The cell holds an error of the spreadsheet."
    return _plain(value), ""


def _plain(value: object) -> str:
    """Numbers without a needless .0, times in ISO 8601 (without zone: sheets have none)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value).strip()
