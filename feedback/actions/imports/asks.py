"""The history of asking: who was asked what, when, and what became of it."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from cxsurvey.lib.refusals import Refused
from cxsurvey.lib.tables import Row
from feedback.actions.imports.answers_long import check_moments, named_by
from feedback.actions.imports.base import Importer, Job, Result, Taken, row_problem
from feedback.actions.imports.ledger import Ask, write_asks
from feedback.actions.imports.mapping import Cells, required
from feedback.actions.imports.places import Named, Places, SurveyShelf
from surveys.policy.reasons import Reason

MAX_CHANNEL: Final = 8


class Asks(Importer):
    """customer, journey, run, stage, interaction, survey, asked_at, channel, outcome, probability"""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._shelf = SurveyShelf()

    def take(self, rows: Sequence[Row]) -> list[Result]:
        results: list[Result] = [Taken() for _row in rows]
        read: dict[int, tuple[Named, Cells]] = {}
        for i, row in enumerate(rows):
            try:
                read[i] = self._read(row)
            except Refused as refused:
                results[i] = refused
        places = Places([named for named, _cells in read.values()])
        asks: dict[int, Ask] = {}
        for i, (named, cells) in read.items():
            try:
                asks[i] = _ask(named, cells, places)
            except Refused as refused:
                results[i] = refused
        for i, result in zip(asks, write_asks(list(asks.values())), strict=True):
            results[i] = result
        return results

    def _read(self, row: Row) -> tuple[Named, Cells]:
        if row.problem:
            raise row_problem(row)
        cells = Cells(self.job.mapping, row.cells)
        survey = self._shelf.find(required(cells.text("survey"), "survey"))
        at = required(cells.moment("asked_at"), "asked_at")
        check_moments(at, None, None, self.job.now)
        return named_by(cells, self.job.journey, survey, at), cells


def _ask(named: Named, cells: Cells, places: Places) -> Ask:
    outcome = cells.text("outcome").casefold().replace(" ", "_").replace("-", "_") or Reason.SENT
    if outcome not in Reason.values:
        known = ", ".join(Reason.values)
        raise Refused(_("It must be one of %(known)s.") % {"known": known}, "outcome", outcome)
    probability, channel = cells.number("probability"), cells.text("channel")
    if probability is not None and not 0 <= probability <= 1:
        raise Refused(_("A probability lies between 0 and 1."), "probability", probability)
    if len(channel) > MAX_CHANNEL:
        raise Refused(_("It is longer than %(most)s characters.") % {"most": MAX_CHANNEL}, "channel", channel)
    return Ask(
        places.find(named), named.survey, named.at.at, outcome, channel, 1.0 if probability is None else probability
    )
