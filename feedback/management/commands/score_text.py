"""`manage.py score_text FILE --column C`: the sentiment of a column of texts, as the pipeline scores them."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.actions.score_table import UnusableTable, score_table


class Command(BaseCommand):
    """Write the file again with polarity, label, confidence, language, engine and version behind its columns."""

    help = "Score a column of texts of a CSV file (UTF-8, header row). Exit code 2: the file cannot be used."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options of the contract."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--column", required=True, help="name of the column that holds the texts")
        parser.add_argument("--language", default="", help="language of the form, for texts too short to tell")
        parser.add_argument("--out", type=Path, help="where to write; default: standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Score, and say on standard error how far it is."""
        path: Path = options["file"]
        if path.suffix.lower() not in (".csv", ".txt"):
            raise CommandError(f"{path.name} is not a CSV file. Save the table as CSV (UTF-8) first.", returncode=2)
        try:
            done = self._score(path, options["out"], options["column"], options["language"])
        except (UnusableTable, OSError) as trouble:
            raise CommandError(f"{path.name}: {trouble}", returncode=2) from None
        self.stderr.write(f"{done} texts scored.")

    def _score(self, path: Path, out: Path | None, column: str, language: str) -> int:
        if out and out.exists() and out.samefile(path):
            raise UnusableTable("--out names the file itself. Give another name.")
        with ExitStack() as files:
            source = files.enter_context(path.open(encoding="utf-8-sig", newline=""))
            part = out.with_name(out.name + ".part") if out else None
            target = files.enter_context(part.open("w", encoding="utf-8", newline="")) if part else self.stdout
            done = score_table(source, target, column, language, self._tell if sys.stderr.isatty() else None)
        if part and out:
            part.replace(out)  # a run that breaks off leaves no half file under the name that was asked for
        return done

    def _tell(self, rows: int) -> None:
        self.stderr.write(f"\r{rows} texts", ending="")
