"""Importers whose rows become one verb's input each: customers, contacts, runs."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from cxsurvey.lib.refusals import Refused
from cxsurvey.lib.tables import Row
from feedback.actions.imports.base import Importer, Result, Taken, row_problem
from feedback.actions.imports.mapping import Cells, required
from surveys.actions.customers import BasisIn, CustomerIn, take_customers
from surveys.actions.record_interactions import InteractionIn, take_interactions
from surveys.actions.runs import close_idle_runs
from surveys.actions.take_runs import RunIn, take_runs
from surveys.enums import Initiator
from surveys.models import AskDecision

In = TypeVar("In")
Out = TypeVar("Out")


def each_row(
    importer: Importer,
    rows: Sequence[Row],
    read: Callable[[Cells], In],
    take: Callable[[list[In]], Sequence[Out | Refused]],
) -> list[Out | Refused]:
    """Read every row, hand the readable ones to the verb, and put the results into the order of the rows."""
    results: list[Out | Refused] = []
    places: list[int] = []
    inputs: list[In] = []
    for row in rows:
        try:
            if row.problem:
                raise row_problem(row)
            inputs.append(read(Cells(importer.job.mapping, row.cells)))
        except Refused as refused:
            results.append(refused)
        else:
            places.append(len(results))
            results.append(Refused(""))
    for place, result in zip(places, take(inputs) if inputs else [], strict=True):
        results[place] = result
    return results


class Customers(Importer):
    """customer, email, phone, language, time_zone, segment, consent_email, consent_sms, basis…, attr.*"""

    def take(self, rows: Sequence[Row]) -> list[Result]:
        results = each_row(self, rows, self._read, take_customers)
        return [each if isinstance(each, Refused) else Taken(each.created, each.changed) for each in results]

    def _read(self, cells: Cells) -> CustomerIn:
        return CustomerIn(
            external_id=required(cells.text("customer"), "customer"),
            email=cells.told("email"),
            phone=cells.told("phone"),
            language=cells.told("language"),
            time_zone=cells.told("time_zone"),
            segment=cells.told("segment"),
            consent_email=cells.flag("consent_email"),
            consent_sms=cells.flag("consent_sms"),
            basis=self._basis(cells),
            attributes=cells.attributes(),
        )

    def _basis(self, cells: Cells) -> BasisIn:
        """What the row's consents rest on; the table is their source where the row names none."""
        at = cells.moment("basis_at")
        return BasisIn(
            basis=cells.told("basis"),
            source=cells.told("basis_source") or (f"table {self.job.source}" if self.job.source else None),
            text=cells.told("basis_text"),
            at=at.at if at else None,
        )


class Interactions(Importer):
    """Contacts; they open, advance and end runs, and ask only when told to."""

    def take(self, rows: Sequence[Row]) -> list[Result]:
        job = self.job
        results = each_row(
            self,
            rows,
            self._read,
            lambda inputs: take_interactions(inputs, ask=job.ask, imported=not job.ask, now=job.now),
        )
        taken = [each for each in results if not isinstance(each, Refused)]
        new = [each.interaction for each in taken if each.created]
        job.run_ids |= {interaction.run_id for interaction in new if interaction.run_id}
        job.notes["flagged: handle time longer than the contact and after-work"] += sum(
            "flags" in interaction.attributes for interaction in new
        )
        if job.ask and new:
            self._note_asks([interaction.pk for interaction in new])
        return [each if isinstance(each, Refused) else Taken(each.created) for each in results]

    def finish(self) -> None:
        """End what the rule of idleness would have ended by now; nobody is asked about it."""
        close_idle_runs(self.job.now, ask=False, run_ids=sorted(self.job.run_ids))

    def _note_asks(self, ids: Sequence[int]) -> None:
        for outcome in AskDecision.objects.filter(interaction__in=ids).values_list("outcome", flat=True):
            self.job.notes[f"asks: {outcome}"] += 1

    def _read(self, cells: Cells) -> InteractionIn:
        started, answered, ended = (cells.moment(name) for name in ("started_at", "answered_at", "ended_at"))
        return InteractionIn(
            customer=required(cells.text("customer"), "customer"),
            started_at=required(started, "started_at").at,
            answered_at=answered.at if answered else None,
            ended_at=ended.at if ended else None,
            journey=cells.text("journey") or self.job.journey,
            run=cells.text("run"),
            stage=cells.text("stage"),
            handle_seconds=cells.number("handle_seconds"),
            channel=cells.text("channel"),
            agent=cells.text("agent"),
            team=cells.text("team"),
            reason=cells.text("reason"),
            initiator=cells.text("initiator").casefold() or Initiator.CUSTOMER,
            resolved=cells.flag("resolved"),
            abandoned=cells.flag("abandoned") or False,
            load=cells.number("load"),
            reference=cells.text("reference"),
            attributes=cells.attributes(),
        )


class Runs(Importer):
    """customer, journey, run, started_at, ended_at, outcome, attr.*"""

    def take(self, rows: Sequence[Row]) -> list[Result]:
        job = self.job
        results = each_row(
            self, rows, self._read, lambda inputs: take_runs(inputs, ask=job.ask, imported=not job.ask, now=job.now)
        )
        taken = [each for each in results if not isinstance(each, Refused)]
        job.run_ids |= {each.run.pk for each in taken if each.created or each.changed}
        return [each if isinstance(each, Refused) else Taken(each.created, each.changed) for each in results]

    def _read(self, cells: Cells) -> RunIn:
        started, ended = cells.moment("started_at"), cells.moment("ended_at")
        return RunIn(
            customer=required(cells.text("customer"), "customer"),
            journey=required(cells.text("journey") or self.job.journey, "journey"),
            run=required(cells.text("run"), "run"),
            started_at=started.at if started else None,
            ended_at=ended.at if ended else None,
            outcome=cells.text("outcome").casefold(),
            attributes=cells.attributes(),
        )
