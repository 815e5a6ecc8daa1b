"""Malformed and odd files (reliability C4, C5): refused as a whole in a sentence, or row by row, never a traceback."""

import io
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from cxsurvey.lib.tables import Form, Row, UnusableTable, open_table


def table(folder: Path, content: bytes, name: str = "file.csv", header_rows: int = 1) -> tuple[list[str], list[Row]]:
    path = folder / name
    path.write_bytes(content)
    found = open_table(path, Form(header_rows=header_rows))
    rows = list(found)
    assert len(rows) == found.total
    return found.columns, rows


def workbook(*rows: list[object]) -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


def archive(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return buffer.getvalue()


def edited(book: bytes, name: str, change: bytes | None = None, **replace: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry, change if change is not None and entry.filename == name else content)
        for extra, content in replace.items():
            new.writestr(extra, content)
    return buffer.getvalue()


SHEET = workbook(["a", "b"], [1, "x"])
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'

UNUSABLE = {
    "empty": (b"", "is empty"),
    "blank": (b"\n\n", "is empty"),
    "utf_16": ("a,b\n1,2\n".encode("utf-16"), "in UTF-16"),
    "latin_1": ("name\nJosé\n".encode("latin-1"), "not in UTF-8"),
    "latin_1_late": (b"a\n" + b"x\n" * 100_000 + b"\xe9\n", "not in UTF-8"),
    "nul": (b"a,b\n1,\x00\n", "NUL characters"),
    "quote_open": (b'a,b\n1,"x\n2,y\n', "quote is not closed"),
    "quote_within": (b'a,b\n1,"x"y\n', "quote is not closed or stands within"),
    "huge_cell": (b"a,b\n1," + b"x" * 2_000_000 + b"\n", "longer than 131,072"),
    "blank_header": (b",,\n1,2,3\n", "header row is blank"),
    "many_columns": (b",".join(b"c%d" % n for n in range(10_000)) + b"\n", "10000 columns"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old Excel workbook"),
    "parquet": (b"PAR1" + b"\x00" * 60, "is Parquet"),
    "pdf": (b"%PDF-1.7\n", "PDF or compressed"),
    "gzip": (b"\x1f\x8b\x08\x00" + b"\x00" * 20, "PDF or compressed"),
    "zip_of_anything": (archive(**{"readme.txt": b"hello"}), "not an Excel workbook"),
    "zip_cut_off": (SHEET[: len(SHEET) // 2], "not an Excel workbook"),
    "zip_many_entries": (archive(**{f"f{n}": b"" for n in range(1_001)}), "unpacks to far more"),
    "zip_bomb": (archive(**{"xl/workbook.xml": b" " * 50_000_000}), "unpacks to far more"),
    "entity_bomb": (edited(SHEET, "xl/workbook.xml", DOCTYPE), "document type"),
    "entity_bomb_utf_16": (
        edited(SHEET, "xl/workbook.xml", DOCTYPE.decode().encode("utf-16")),
        "not an Excel workbook",
    ),
    "workbook_not_xml": (edited(SHEET, "xl/workbook.xml", b"<<<"), "not an Excel workbook"),
    "sheet_not_xml": (edited(SHEET, "xl/worksheets/sheet1.xml", b"<worksheet><row"), "not an Excel workbook"),
    "empty_sheet": (workbook(), "sheet is empty"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_open_table_unusable_file_says_why(tmp_path, name):
    content, sentence = UNUSABLE[name]
    with pytest.raises(UnusableTable, match=sentence):
        table(tmp_path, content)


def test_open_table_text_named_xlsx_is_unusable(tmp_path):
    with pytest.raises(UnusableTable, match="named like an Excel workbook but is none"):
        table(tmp_path, b"a,b\n1,2\n", "file.xlsx")


def test_open_table_missing_file_or_folder_is_unusable(tmp_path):
    for path in (tmp_path / "no.csv", tmp_path):
        with pytest.raises(UnusableTable, match="There is no file"):
            open_table(path)


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,x\n2,y\n",
        b"\xef\xbb\xbfa,b\r\n1,x\r\n2,y\r\n",
        b"a,b\r1,x\r2,y\r",
        b"a;b\n1;x\n2;y\n",
        b"a\tb\n1\tx\n2\ty",
        b' a , b \n"1", x \n 2 ,y\n',
        b"a,b,,\n1,x,,\n2,y,,\n",
    ],
)
def test_open_table_ordinary_variants_give_the_same_rows(tmp_path, content):
    columns, rows = table(tmp_path, content)
    assert [name for name in columns if name] == ["a", "b"]
    assert rows == [Row(2, {"a": "1", "b": "x"}), Row(3, {"a": "2", "b": "y"})]


def test_open_table_wrong_extension_is_judged_by_contents(tmp_path):
    assert table(tmp_path, SHEET, "file.csv")[1] == [Row(2, {"a": "1", "b": "x"})]


def test_open_table_one_column_has_no_separator(tmp_path):
    assert table(tmp_path, b"comment\nfine; really\n")[1] == [Row(2, {"comment": "fine; really"})]


def test_open_table_header_only_has_no_rows(tmp_path):
    assert table(tmp_path, b"a,b\n") == (["a", "b"], [])


def test_open_table_ragged_rows_are_rows_with_a_problem(tmp_path):
    rows = table(tmp_path, b"a,b\n1\n1,2,3\n1,2,\n")[1]
    assert [(row.number, bool(row.problem), row.value) for row in rows] == [
        (2, True, ""),
        (3, True, "3"),
        (4, False, ""),
    ]


def test_open_table_blank_lines_are_left_out_and_counted(tmp_path):
    assert [row.number for row in table(tmp_path, b"a,b\n\n1,2\n,\n3,4\n")[1]] == [3, 5]


def test_open_table_header_rows_are_skipped(tmp_path):
    content = b'Q1,Q2\nHow was it?,Why?\n"{""ImportId"":""QID1""}",x\n5,y\n'
    assert table(tmp_path, content, header_rows=3) == (["Q1", "Q2"], [Row(4, {"Q1": "5", "Q2": "y"})])


def test_open_table_emoji_and_right_to_left_marks_are_kept(tmp_path):
    assert table(tmp_path, "a,b\n😀,\u200fשלום\n".encode())[1] == [Row(2, {"a": "😀", "b": "\u200fשלום"})]


def test_open_table_line_breaks_within_quotes_stay_one_row(tmp_path):
    assert table(tmp_path, b'a,b\n"x\ny",2\n3,4\n')[1] == [
        Row(2, {"a": "x\ny", "b": "2"}),
        Row(3, {"a": "3", "b": "4"}),
    ]


def test_open_table_doubled_columns_are_named(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b, a,\n1,2,3,4\n")
    assert open_table(path).duplicates == {"a"}


def test_open_table_sheet_values_are_texts_without_needless_decimals(tmp_path):
    book = workbook(
        ["n", "f", "phone", "yes", "day", "time", "none"],
        [3.0, 2.5, 491701234567.0, True, datetime(2026, 3, 1), datetime(2026, 3, 1, 9, 30), None],
    )
    cells = table(tmp_path, book, "file.xlsx")[1][0].cells
    assert list(cells.values()) == ["3", "2.5", "491701234567", "true", "2026-03-01", "2026-03-01T09:30:00", ""]


def test_open_table_formula_and_error_cells_are_problems_of_their_rows(tmp_path):
    rows = table(tmp_path, workbook(["a", "b"], ["x", "=1+1"], ["y", "#N/A"], ["z", 1]), "file.xlsx")[1]
    assert [(row.number, row.column, row.value) for row in rows] == [(2, "b", "=1+1"), (3, "b", "#N/A"), (4, "", "")]
    assert "formula" in rows[0].problem


def test_open_table_entries_named_like_paths_are_never_written(tmp_path):
    book = edited(SHEET, "", **{"../../escaped.txt": b"x"})
    assert table(tmp_path, book, "file.xlsx")[1] == [Row(2, {"a": "1", "b": "x"})]
    assert [path.name for path in tmp_path.iterdir()] == ["file.xlsx"]
