"""`manage.py make_world NAME`: a made-up world with known truths, as the files that the import takes in."""

import argparse
import math
import shlex
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from feedback.worlds.files import write_world
from feedback.worlds.world import NAMES, World, make_world

UNUSABLE = 2


def seed(text: str) -> int:
    """A whole number of 0 or more; argparse turns the error into a sentence."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no seed: give a whole number of 0 or more")
    return int(text)


def size(text: str) -> float:
    """A factor above 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no size: give a number above 0, as in --size 0.5")
    return number


class Command(BaseCommand):
    """Write the files of a world and print how to take them in; needs no database."""

    help = "Write a made-up world, in which the truth is known, as programme files and tables."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options of the contract."""
        parser.add_argument("name", metavar="NAME", help=", ".join(NAMES))
        parser.add_argument("--seed", type=seed, default=1, help="the same seed gives the same files (default 1)")
        parser.add_argument("--size", type=size, default=1.0, help="factor on the number of runs (default 1)")
        parser.add_argument("--out", type=Path, metavar="FOLDER", help="a new folder (default world-NAME)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the world, write it, say what to do with it."""
        folder = options["out"] or Path(f"world-{options['name']}")
        try:
            world = make_world(options["name"], options["seed"], options["size"])
            paths = write_world(world, folder)
        except ValueError as error:
            raise CommandError(f"{str(error)[:1].upper()}{str(error)[1:]}.", returncode=UNUSABLE) from None
        except FileExistsError:
            raise CommandError(_taken(folder), returncode=UNUSABLE) from None
        except OSError as error:
            raise CommandError(_unwritable(folder, error), returncode=UNUSABLE) from None
        self.stdout.write(_told(world, folder, paths))


def _taken(folder: Path) -> str:
    return _("%(folder)s is there already and not empty: name another folder with --out.") % {"folder": folder}


def _unwritable(folder: Path, error: OSError) -> str:
    names = {"folder": folder, "why": error.strerror}
    return _("The files cannot be written to %(folder)s: %(why)s. Name another folder with --out.") % names


def _told(world: World, folder: Path, paths: list[Path]) -> str:
    """What was written, and the commands that take it in, ready to be copied."""
    rows = ", ".join(f"{len(table)} {kind}" for kind, table in world.tables.items() if table)
    programmes = [path for path in paths if path.suffix == ".yaml"]
    commands = [f"programme load {shlex.quote(str(path))} --publish" for path in programmes]
    commands += [f"import_table {path.stem} {shlex.quote(str(path))}" for path in paths if path.suffix == ".csv"]
    commands += [f"compare {path.stem}" for path in programmes]
    written = _("Written to %(folder)s: %(rows)s. Take it in with:") % {"folder": folder, "rows": rows}
    return "\n".join([written, *(f"  python manage.py {command}" for command in commands)])
