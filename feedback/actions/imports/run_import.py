"""Take one table in: read, judge and write a batch at a time; a dry run does the same and leaves nothing behind."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxsurvey.lib.refusals import Refused
from cxsurvey.lib.tables import Form, Row, Table, UnusableTable, open_table
from feedback.actions.imports.answers_long import LongAnswers
from feedback.actions.imports.answers_wide import WideAnswers
from feedback.actions.imports.asks import Asks
from feedback.actions.imports.base import Importer, Job, Result
from feedback.actions.imports.commercial import Commercial
from feedback.actions.imports.mapping import TableMapping, own_names, parse_mapping
from feedback.actions.imports.plain import Customers, Interactions, Runs
from feedback.actions.imports.suppressions import Suppressions
from feedback.actions.refresh_runs import refresh_runs
from surveys.models import ImportMapping, Journey
from surveys.programme.mappings import COLUMNS

KEPT: Final = 1_000  # refusals kept for the screen; all of them go to the listener
IMPORTERS: Final[dict[str, type[Importer]]] = {
    "customers": Customers,
    "interactions": Interactions,
    "runs": Runs,
    "answers": LongAnswers,
    "asks": Asks,
    "suppressions": Suppressions,
    "commercial": Commercial,
}


@dataclass(frozen=True)
class RowRefused:
    """One row that was not taken."""

    number: int
    column: str
    value: str
    reason: str


@dataclass
class ImportReport:
    """What became of a table."""

    total: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    left_out: int = 0
    refusals: list[RowRefused] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class ImportRequest:
    """What to import and how."""

    kind: str
    path: Path
    mapping: str = ""
    journey: str = ""
    dry_run: bool = False
    ask: bool = False
    now: datetime | None = None


def run_import(
    request: ImportRequest,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    listener: Callable[[RowRefused], None] = lambda _refused: None,
) -> ImportReport:
    """Take the table in. UnusableTable when none of it can be: then nothing was written."""
    mapping, table = _open(request)
    job = Job(
        mapping, request.journey or mapping.journey, request.ask, request.now or timezone.now(), request.path.name
    )
    importer = _importer(request, job)
    report = ImportReport(total=table.total, notes=job.notes)
    done = 0
    with _undone() if request.dry_run else _kept():
        for rows in importer.batches(_counted(mapping, table)):
            _count(report, mapping, list(zip(rows, _take(importer, rows), strict=True)), listener)
            done += len(rows)
            progress(done, table.total)
        importer.finish()
    report.left_out = table.total - done
    progress(table.total, table.total)
    if not request.dry_run:
        refresh_runs(sorted(job.run_ids))
    job.notes += Counter()  # drops what did not happen
    return report


def _open(request: ImportRequest) -> tuple[TableMapping, Table]:
    """The mapping and the table, judged to fit."""
    if request.kind not in COLUMNS:
        kinds = ", ".join(COLUMNS)
        raise UnusableTable(_('There is no kind "%(kind)s": use %(kinds)s.') % {"kind": request.kind, "kinds": kinds})
    if request.journey and not Journey.objects.filter(code=request.journey).exists():
        raise UnusableTable(_('There is no journey "%(code)s": load its programme.') % {"code": request.journey})
    mapping = _mapping(request) if request.mapping else None
    table = open_table(request.path, mapping.form if mapping else Form())
    mapping = mapping or own_names(request.kind, table, request.journey)
    mapping.check(table)
    return mapping, table


def _counted(mapping: TableMapping, table: Table) -> Table:
    """The table without the rows that do not count."""
    if not mapping.only:
        return table
    return replace(table, read=lambda: (row for row in table if mapping.takes(row)))


def _importer(request: ImportRequest, job: Job) -> Importer:
    try:
        return (WideAnswers if job.mapping.wide else IMPORTERS[request.kind])(job)
    except Refused as refused:
        names = {"name": job.mapping.name, "what": refused.value or refused.column, "why": refused.reason}
        raise UnusableTable(_('The mapping "%(name)s" does not fit: %(what)s: %(why)s') % names) from None


def _mapping(request: ImportRequest) -> TableMapping:
    row = ImportMapping.objects.filter(name=request.mapping).select_related("journey").first()
    if row is None:
        known = ", ".join(ImportMapping.objects.values_list("name", flat=True)) or _("none")
        names = {"name": request.mapping, "known": known}
        raise UnusableTable(_('There is no mapping "%(name)s"; loaded are: %(known)s.') % names)
    mapping = parse_mapping(row.name, row.document, row.journey.code)
    if mapping.kind != request.kind:
        names = {"name": row.name, "kind": mapping.kind}
        raise UnusableTable(_('The mapping "%(name)s" is one of %(kind)s: import that kind.') % names)
    if request.journey and mapping.journey != request.journey:
        names = {"name": row.name, "journey": mapping.journey}
        raise UnusableTable(_('The mapping "%(name)s" is of the journey "%(journey)s".') % names)
    return mapping


def _take(importer: Importer, rows: list[Row]) -> list[Result]:
    """Take a batch; once more when another process wrote the same thing in the same moment."""
    try:
        with transaction.atomic():
            return importer.take(rows)
    except IntegrityError:
        with transaction.atomic():
            return importer.take(rows)


def _count(
    report: ImportReport,
    mapping: TableMapping,
    results: list[tuple[Row, Result]],
    listener: Callable[[RowRefused], None],
) -> None:
    for row, result in results:
        if isinstance(result, Refused):
            column = mapping.theirs(result.column)
            refused = RowRefused(row.number, column, result.value or row.cells.get(column, "")[:200], result.reason)
            listener(refused)
            report.refused += 1
            if len(report.refusals) < KEPT:
                report.refusals.append(refused)
        else:
            report.created += result.created
            report.changed += result.changed and not result.created
            report.unchanged += not (result.created or result.changed)


@contextmanager
def _undone() -> Iterator[None]:
    """A transaction that is rolled back: what it judged is what a real run judges."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _kept() -> Iterator[None]:
    yield
