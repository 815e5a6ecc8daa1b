"""What customers did afterwards: retention, spend, margin, referrals per period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from cxsurvey.lib.refusals import Refused
from cxsurvey.lib.tables import Row
from feedback.actions.imports.base import Importer, Result, Taken, row_problem
from feedback.actions.imports.mapping import Cells, required
from feedback.models import CommercialRecord
from surveys.models import Customer, JourneyRun

VALUES: Final = ("retained", "spend", "margin", "referrals")
MAX_REFERRALS: Final = 2_147_483_647
Key = tuple[int, int | None, date, date]


@dataclass(frozen=True, slots=True)
class Line:
    """One row, read."""

    customer: str
    journey: str
    run: str
    start: date
    end: date
    retained: bool | None
    spend: float | None
    margin: float | None
    referrals: int | None


class Commercial(Importer):
    """customer, run (the period starts after it), period_start, period_end, retained, spend, margin, referrals"""

    def take(self, rows: Sequence[Row]) -> list[Result]:
        results: list[Result] = [Taken() for _row in rows]
        lines: dict[int, Line] = {}
        for i, row in enumerate(rows):
            try:
                if row.problem:
                    raise row_problem(row)
                lines[i] = _read(Cells(self.job.mapping, row.cells), self.job.journey)
            except Refused as refused:
                results[i] = refused
        shelf = _Shelf(list(lines.values()))
        for i, line in lines.items():
            try:
                results[i] = Taken(created=shelf.put(line))
            except Refused as refused:
                results[i] = refused
        CommercialRecord.objects.bulk_create(shelf.fresh.values())
        return results


class _Shelf:
    """The customers, runs and records that a batch names."""

    def __init__(self, lines: Sequence[Line]) -> None:
        customers = Customer.objects.filter(external_id__in={line.customer for line in lines})
        self._customers = dict(customers.values_list("external_id", "pk"))
        runs = JourneyRun.objects.filter(
            customer__in=self._customers.values(), external_id__in={line.run for line in lines if line.run}
        ).select_related("journey")
        self._runs = list(runs)
        rows = CommercialRecord.objects.filter(customer__in=self._customers.values())
        self._known = {(row.customer_id, row.run_id, row.period_start, row.period_end): row for row in rows}
        self.fresh: dict[Key, CommercialRecord] = {}

    def put(self, line: Line) -> bool:
        """Note a row; False when it is known. Refused when it contradicts what is known."""
        customer = self._customers.get(line.customer)
        if customer is None:
            raise Refused(_("There is no such customer: import the customers first."), "customer", line.customer)
        run = self._run(line, customer) if line.run else None
        key = (customer, run.pk if run else None, line.start, line.end)
        told = {name: getattr(line, name) for name in VALUES}
        known = self._known.get(key) or self.fresh.get(key)
        if known is None:
            self.fresh[key] = CommercialRecord(
                customer_id=customer, run=run, period_start=line.start, period_end=line.end, **told
            )
            return True
        for name, value in told.items():
            if getattr(known, name) != value:
                raise Refused(_("This period is known with another value: the first one is kept."), name, value)
        return False

    def _run(self, line: Line, customer: int) -> JourneyRun:
        found = [
            run
            for run in self._runs
            if run.external_id == line.run and run.customer_id == customer and line.journey in ("", run.journey.code)
        ]
        if len(found) != 1:
            many = _("Several journeys have this run: name the journey (--journey).")
            raise Refused(many if found else _("The customer has no such run: import the runs first."), "run", line.run)
        ended = found[0].ended_at
        if ended is None or line.start < ended.date():
            raise Refused(_("The period must start after the run has ended."), "period_start", line.start)
        return found[0]


def _read(cells: Cells, journey: str) -> Line:
    start, end = required(cells.day("period_start"), "period_start"), required(cells.day("period_end"), "period_end")
    if end < start:
        raise Refused(_("The period ends before it starts."), "period_end", end)
    referrals = cells.number("referrals")
    if referrals is not None and not (referrals.is_integer() and 0 <= referrals <= MAX_REFERRALS):
        raise Refused(_("It must be a whole number of 0 or more."), "referrals", referrals)
    return Line(
        customer=required(cells.text("customer"), "customer"),
        journey=cells.text("journey") or journey,
        run=cells.text("run"),
        start=start,
        end=end,
        retained=cells.flag("retained"),
        spend=cells.number("spend"),
        margin=cells.number("margin"),
        referrals=None if referrals is None else int(referrals),
    )
