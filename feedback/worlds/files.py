"""A world as files: a programme file per journey and a CSV table per kind, with the columns that the import reads."""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from feedback.worlds.programmes import Document
from feedback.worlds.tables import Row
from feedback.worlds.world import World

# In the order in which the tables are to be taken in.
ORDER: Final = ("customers", "interactions", "runs", "answers", "asks", "commercial")


def world_files(world: World) -> dict[str, str]:
    """The text of every file by its name: `<journey>.yaml`, then `<kind>.csv` of each kind that has rows."""
    files = {f"{document['journey']['code']}.yaml": programme_text(document) for document in world.programmes}
    return files | {f"{kind}.csv": table_text(world.tables[kind]) for kind in ORDER if world.tables[kind]}


def write_world(world: World, folder: Path) -> list[Path]:
    """Write the world's files into a new (or empty) folder. FileExistsError where something is there already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in world_files(world).items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
        paths.append(folder / name)
    return paths


def programme_text(document: Document) -> str:
    """A programme document as YAML, its keys in their order."""
    yaml, stream = YAML(), io.StringIO()
    yaml.width = 120
    yaml.dump(document, stream)
    return stream.getvalue()


def table_text(rows: Iterable[Row]) -> str:
    """Rows as CSV; a column that only some rows have is blank in the others."""
    known = list(rows)
    columns = list(dict.fromkeys(name for row in known for name in row))
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(columns)
    table.writerows([_cell(row.get(name)) for name in columns] for row in known)
    return stream.getvalue()


def _cell(value: object) -> str:
    """One value as the import reads it: times with their offset, yes or no, blank for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, (datetime, date)) else str(value)
