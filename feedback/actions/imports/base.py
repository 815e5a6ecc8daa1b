"""What every importer is, and what becomes of the rows."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from cxsurvey.lib.refusals import Refused
from cxsurvey.lib.tables import Row, Table
from feedback.actions.imports.mapping import TableMapping

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that was taken: it made something, changed something, or said what was known."""

    created: bool = False
    changed: bool = False


Result = Taken | Refused


@dataclass
class Job:
    """One import: how to read the table, the journey of rows that name none, and whether rules run."""

    mapping: TableMapping
    journey: str
    ask: bool
    now: datetime
    source: str = ""
    notes: Counter[str] = field(default_factory=Counter)
    run_ids: set[int] = field(default_factory=set)


class Importer:
    """Takes batches of rows of one kind; take() gives a result per row, in order, in one transaction."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def batches(self, table: Table) -> Iterator[list[Row]]:
        """The rows, in batches that can be judged on their own."""
        rows = iter(table)
        while batch := list(islice(rows, BATCH)):
            yield batch

    def take(self, rows: Sequence[Row]) -> list[Result]:
        raise NotImplementedError

    def finish(self) -> None:
        """What follows once all rows are in."""


def row_problem(row: Row) -> Refused:
    """The refusal of a row that the table itself could not give."""
    return Refused(row.problem, row.column, row.value)
