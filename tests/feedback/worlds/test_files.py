"""Worlds as files: every column is one of the import, every file loads, the cells are read as they were meant."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from feedback.actions.imports.mapping import ATTRIBUTE
from feedback.actions.programmes import check_text
from feedback.worlds.files import ORDER, programme_text, table_text, world_files, write_world
from feedback.worlds.tables import KINDS
from feedback.worlds.world import NAMES, make_world
from surveys.programme.mappings import COLUMNS, WITH_ATTRIBUTES


@pytest.mark.parametrize("name", NAMES)
def test_world_files_have_only_columns_that_the_import_reads(name: str) -> None:
    for file, text in world_files(make_world(name, 1, 0.02)).items():
        kind, _, suffix = file.partition(".")
        if suffix == "csv":
            known, required = (names.split() for names in COLUMNS[kind])
            columns = next(csv.reader(io.StringIO(text)))
            own = [c for c in columns if not (kind in WITH_ATTRIBUTES and c.startswith(ATTRIBUTE))]
            assert (set(own) - set(known), set(required) - set(own)) == (set(), set())


def test_order_names_every_kind() -> None:
    assert sorted(ORDER) == sorted(KINDS)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["journeys", "contacts", "story_five", "story_restaurant", "story_furniture"])
def test_programme_text_has_no_errors(name: str) -> None:
    for document in make_world(name, 1, 0.02).programmes:
        assert list(check_text(programme_text(document)).errors) == []


def test_table_text_writes_cells_as_the_import_reads_them() -> None:
    moment = datetime(2024, 1, 1, 9, 30, tzinfo=UTC)
    text = table_text([{"a": moment, "b": True, "c": None}, {"b": False, "d": date(2024, 1, 2), "e": 'x, "y"'}])
    assert text == 'a,b,c,d,e\n2024-01-01T09:30:00+00:00,yes,,,\n,no,,2024-01-02,"x, ""y"""\n'


def test_write_world_same_seed_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    first, second = ([p.read_bytes() for p in write_world(make_world("D", 5, 0.02), folder)] for folder in folders)
    assert first == second


def test_write_world_into_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(FileExistsError):
        write_world(make_world("D", 5, 0.02), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
