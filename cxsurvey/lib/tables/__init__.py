"""Tables of other people (CSV, XLSX) as rows of texts with row numbers; whatever is unusable is said in a sentence."""

from pathlib import Path

from cxsurvey.lib.tables.base import Form, Row, Table, UnusableTable
from cxsurvey.lib.tables.csv_file import open_csv
from cxsurvey.lib.tables.xlsx_file import open_xlsx

__all__ = ["Form", "Row", "Table", "UnusableTable", "open_table"]

MAX_FILE_BYTES = 2_000_000_000
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_table(path: Path, form: Form = Form()) -> Table:  # noqa: B008 - it is frozen
    """The table in this file, judged by its contents, not its name.

    UnusableTable when it cannot be read as a whole: that is found out before the first row is given.
    """
    if not path.is_file():
        raise UnusableTable(f'There is no file "{path}": check the path.')
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise UnusableTable("The file is larger than 2 GB: split it.")
    with path.open("rb") as file:
        start = file.read(8)
    if not start.strip():
        raise UnusableTable("The file is empty: it needs a header row with the names of the columns.")
    if start.startswith(b"PK\x03\x04"):
        return open_xlsx(path, form)
    _refuse_known_formats(path, start)
    return open_csv(path, form)


def _refuse_known_formats(path: Path, start: bytes) -> None:
    if start == OLE_MAGIC:
        raise UnusableTable(
            "The file is an old Excel workbook (.xls) or protected by a password: save it as .xlsx without password."
        )
    if start.startswith(b"PAR1"):
        raise UnusableTable("The file is Parquet: save it as CSV in UTF-8.")
    if start.startswith((b"%PDF", b"\x1f\x8b")):
        raise UnusableTable("The file is a PDF or compressed: give a CSV or XLSX file.")
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        raise UnusableTable("The file is named like an Excel workbook but is none: save it again as .xlsx or as CSV.")
