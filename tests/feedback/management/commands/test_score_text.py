"""`manage.py score_text`: the pipeline's scores beside the texts, and a sentence for a file that cannot be used."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from feedback import sentiment
from feedback.actions import score_table as module

TEXTS = ["Wonderful, quick staff", 'a terrible, "awful" wait\nof hours', "", "Das hat viel zu lange gedauert, leider"]


def write(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return path


def run(path: Path, *args: str) -> tuple[list[dict[str, str]], str]:
    out, err = StringIO(), StringIO()
    call_command("score_text", str(path), *args, stdout=out, stderr=err)
    return list(csv.DictReader(StringIO(out.getvalue()))), err.getvalue()


def test_score_text_adds_what_the_pipeline_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    path = write(tmp_path / "texts.csv", [["id", "comment"], *([str(n), text] for n, text in enumerate(TEXTS))])
    rows, said = run(path, "--column", "comment", "--language", "en")
    expected = sentiment.score(TEXTS, ["en"] * 4)
    assert [row["comment"] for row in rows] == TEXTS
    assert [row["label"] for row in rows] == [score.label for score in expected]
    assert [row["polarity"] for row in rows] == ["" if s.polarity is None else repr(s.polarity) for s in expected]
    assert [row["language"] for row in rows] == ["en", "en", "en", "de"]
    assert [row["label"] for row in rows][2:] == ["unsure", "unsupported"]
    assert said.strip() == "4 texts scored."


def test_score_text_writes_the_file_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "texts.csv", [["\ufeffcomment"], ["Good"]])
    rows, _said = run(path, "--column", "comment", "--out", str(tmp_path / "out.csv"))
    assert rows == []
    assert (tmp_path / "out.csv").read_text().splitlines()[
        0
    ] == "comment,polarity,label,confidence,language,engine,version"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out.csv", "texts.csv"]


@pytest.mark.parametrize(
    ("name", "content", "column", "sentence"),
    [
        ("a.csv", b"", "comment", "The file is empty"),
        ("a.csv", b"id,text\n1,x\n", "comment", "It has: id, text."),
        ("a.csv", b"comment,comment\n1,x\n", "comment", "exactly once"),
        ("a.csv", b"comment,label\nx,y\n", "comment", "already has label"),
        ("a.csv", b"comment,id\nx,1\ny\n", "comment", "Row 2 has 1 cells, the header has 2."),
        ("a.csv", b"comment\n\xff\xfe\n", "comment", "is not CSV in UTF-8"),
        ("a.xlsx", b"PK", "comment", "Save the table as CSV"),
    ],
)
def test_score_text_says_why_a_file_cannot_be_used(
    tmp_path: Path, name: str, content: bytes, column: str, sentence: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError, match=sentence) as caught:
        run(tmp_path / name, "--column", column)
    assert caught.value.returncode == 2


def test_score_text_of_a_missing_file_or_onto_itself(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "none.csv", "--column", "x")
    path = write(tmp_path / "texts.csv", [["comment"], ["Good"]])
    with pytest.raises(CommandError, match="the file itself"):
        run(path, "--column", "comment", "--out", str(path))
    assert path.read_text().splitlines() == ["comment", "Good"]
