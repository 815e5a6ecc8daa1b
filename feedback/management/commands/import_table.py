"""import_table: take a CSV or XLSX file in; nobody is asked unless told to."""

import csv
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxsurvey.lib.tables import UnusableTable
from feedback.actions.imports.run_import import ImportReport, ImportRequest, RowRefused, run_import
from surveys.programme.mappings import COLUMNS

SOME_REFUSED, UNUSABLE = 3, 2
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Command(BaseCommand):
    """Exit 0: all rows taken; 3: some refused; 2: the file cannot be used, nothing was written."""

    help = "Take a table in. Every row is taken whole or refused with a reason; the same file twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", metavar="KIND", choices=list(COLUMNS), help=", ".join(COLUMNS))
        parser.add_argument("file", metavar="FILE", type=Path, help="CSV (UTF-8; comma, semicolon or tab) or XLSX")
        parser.add_argument("--mapping", default="", metavar="NAME", help="a mapping of a loaded programme (imports)")
        parser.add_argument("--dry-run", action="store_true", help="judge every row, write nothing")
        parser.add_argument("--journey", default="", metavar="CODE", help="of rows that name none")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write the refused rows there as CSV")
        parser.add_argument("--ask", action="store_true", help="run the rules: customers may be written to")

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("kind", "mapping", "journey", "dry_run", "ask")
        request = ImportRequest(path=options["file"], **{name: options[name] for name in names})
        try:
            with _listener(options["report"]) as listener, _progress() as progress:
                report = run_import(request, progress, listener)
        except (UnusableTable, OSError) as trouble:
            self.stderr.write(str(trouble))
            sys.exit(UNUSABLE)
        _tell(self.stdout.write, report, dry_run=request.dry_run)
        if report.refused:
            sys.exit(SOME_REFUSED)


def _tell(write: Callable[[str], Any], report: ImportReport, *, dry_run: bool) -> None:
    """The sums, the notes, and the refused rows."""
    if dry_run:
        write(_("Dry run: nothing was written."))
    rows = ngettext("%(n)s row", "%(n)s rows", report.total) % {"n": report.total}
    sums = {name: getattr(report, name) for name in ("created", "changed", "unchanged", "refused")}
    write(f"{rows}: " + ", ".join(f"{count} {name}" for name, count in sums.items()) + ".")
    if report.left_out:
        left = ngettext("%(n)s row does not count", "%(n)s rows do not count", report.left_out)
        write(_("%(rows)s, as the mapping says (only).") % {"rows": left % {"n": report.left_out}})
    for note, count in sorted(report.notes.items()):
        write(f"{count} {note}")
    for each in sorted(report.refusals, key=lambda refused: refused.number):
        where = ", ".join(part for part in (each.column, f'"{_shown(each.value)}"' if each.value else "") if part)
        write(f"row {each.number}: {where}{': ' if where else ''}{each.reason}")
    if report.refused > len(report.refusals):
        more = report.refused - len(report.refusals)
        write(_("%(n)s more refused rows are not shown; --report FILE writes all of them.") % {"n": more})


def _shown(value: str) -> str:
    """A foreign value, harmless for a terminal."""
    short = value if len(value) <= 80 else value[:77] + "..."
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in short)


@contextmanager
def _listener(path: Path | None) -> Iterator[Callable[[RowRefused], None]]:
    """Writes refused rows to the report file, if one is wanted."""
    if path is None:
        yield lambda _refused: None
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        yield _writer(file)


def _writer(file: TextIO) -> Callable[[RowRefused], None]:
    rows = csv.writer(file)
    rows.writerow(["row", "column", "value", "reason"])

    def write(refused: RowRefused) -> None:
        rows.writerow([refused.number, *map(_safe, (refused.column, refused.value, refused.reason))])

    return write


def _safe(text: str) -> str:
    """No spreadsheet takes a foreign value for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal, a line now and then elsewhere."""
    if not sys.stderr.isatty():
        yield _PlainProgress()
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(_("Importing"), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _PlainProgress:
    """A line every 10,000 rows, and one at the end."""

    def __init__(self) -> None:
        self._told = 0

    def __call__(self, done: int, total: int) -> None:
        step = total if done >= total else done // 10_000 * 10_000
        if step > self._told:
            self._told = step
            sys.stderr.write(f"{step} of {total} rows\n")
