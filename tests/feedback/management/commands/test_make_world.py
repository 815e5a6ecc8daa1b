"""`manage.py make_world`: files, the commands that take them in, and a sentence for whatever cannot be."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from feedback.worlds.world import NAMES


def made(*arguments: str) -> str:
    out = StringIO()
    call_command("make_world", *arguments, stdout=out)
    return out.getvalue()


def test_make_world_writes_the_files_and_names_the_commands(tmp_path: Path) -> None:
    folder = tmp_path / "my world"
    said = made("A", "--seed", "3", "--size", "0.02", "--out", str(folder)).splitlines()
    kinds = ["customers", "interactions", "runs", "answers", "asks", "commercial"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(["a.yaml", *(f"{kind}.csv" for kind in kinds)])
    assert said[0].startswith(f"Written to {folder}: ")
    assert said[1:] == [
        f"  python manage.py programme load '{folder}/a.yaml' --publish",
        *(f"  python manage.py import_table {kind} '{folder}/{kind}.csv'" for kind in kinds),
        "  python manage.py compare a",
    ]


def test_make_world_of_contacts_has_only_its_tables(tmp_path: Path) -> None:
    made("contacts", "--size", "0.01", "--out", str(tmp_path / "w"))
    assert sorted(path.name for path in (tmp_path / "w").iterdir()) == [
        "answers.csv",
        "contact.yaml",
        "customers.csv",
        "interactions.csv",
    ]


def test_make_world_unknown_name_tells_the_known() -> None:
    with pytest.raises(CommandError) as caught:
        made("Z")
    assert str(caught.value) == f"There is no world Z: take one of {', '.join(NAMES)}."
    assert caught.value.returncode == 2


def test_make_world_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(CommandError, match="is there already and not empty: name another folder with --out"):
        made("A", "--size", "0.01", "--out", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_make_world_folder_below_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match=r"cannot be written to .*: Not a directory"):
        made("A", "--size", "0.01", "--out", str(tmp_path / "file" / "below"))


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--size", "0", "'0' is no size"),
        ("--size", "nan", "'nan' is no size"),
        ("--size", "inf", "'inf' is no size"),
        ("--size", "big", "'big' is no size"),
        ("--seed", "-1", "'-1' is no seed"),
        ("--seed", "x", "'x' is no seed"),
    ],
)
def test_make_world_bad_option_is_told(option: str, value: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        made("A", f"{option}={value}")


def test_make_world_needs_no_database_and_leaves_nothing_else(tmp_path: Path) -> None:
    given = ("DATABASE_URL", "CELERY_BROKER_URL", "SECRET_KEY", "PUBLIC_BASE_URL", "DJANGO_SETTINGS_MODULE", "DEBUG")
    env = {k: v for k, v in os.environ.items() if k not in given} | {"CXSURVEY_VAR": str(tmp_path / "var")}
    argv = [sys.executable, "manage.py", "make_world", "D", "--size", "0.01", "--out", str(tmp_path / "w")]
    done = subprocess.run(argv, env=env, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["w"]
