"""Answers with a row an answer: the rows of one occasion are brought together and become one response."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from django.utils.translation import gettext as _

from cxsurvey.lib.cells import Moment
from cxsurvey.lib.refusals import Refused
from cxsurvey.lib.tables import Row, Table
from feedback.actions.imports.base import BATCH, Importer, Job, Result, Taken, row_problem
from feedback.actions.imports.ledger import Ask, write_asks
from feedback.actions.imports.live import About, AnsweredLive
from feedback.actions.imports.mapping import Cells, required
from feedback.actions.imports.places import Named, Place, Places, SurveyShelf
from feedback.actions.imports.storing import Draft, KnownResponses
from feedback.actions.imports.values import find_question, occasion_key, read_answer
from feedback.actions.store_answers import ResponseIn, store_each
from feedback.enums import ResponseSource
from feedback.queries.asked import AskedQuestion
from surveys.policy.reasons import Reason
from surveys.question_kinds import RawValue

TOGETHER: Final = ("survey", "journey", "customer", "run", "interaction")


@dataclass(frozen=True, slots=True)
class Line:
    """One row, read: what it names, the question, and the answer (blank: asked, not answered)."""

    named: Named
    asked: AskedQuestion
    value: RawValue
    asked_at: datetime | None
    weight: float | None


@dataclass
class Occasion:
    """The rows of one response, by their place in the batch."""

    place: Place
    lines: dict[int, Line]

    @property
    def first(self) -> Line:
        return next(iter(self.lines.values()))

    @property
    def answered(self) -> list[Line]:
        return [line for line in self.lines.values() if not line.value.is_blank]


class LongAnswers(Importer):
    """Takes rows of answers; each occasion's rows come in one batch, wherever they stand in the file."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._shelf = SurveyShelf()

    def batches(self, table: Table) -> Iterator[list[Row]]:
        """The rows sorted by occasion on disk, so that memory stays flat; batches end between two occasions."""
        batch: list[Row] = []
        for _key, group in groupby(self._sorted(table), key=lambda pair: pair[0]):
            together = [row for _key, row in group]
            if batch and len(batch) + len(together) > BATCH:
                yield batch
                batch = []
            batch += together
        if batch:
            yield batch

    def _sorted(self, table: Table) -> Iterator[tuple[str, Row]]:
        store = sqlite3.connect("")  # a temporary file, gone when closed
        try:
            store.execute("CREATE TABLE rows (key TEXT, number INTEGER, row TEXT)")
            store.executemany("INSERT INTO rows VALUES (?, ?, ?)", (self._packed(row) for row in table))
            for key, text in store.execute("SELECT key, row FROM rows ORDER BY key, number"):
                yield key, Row(*json.loads(text))
        finally:
            store.close()

    def _packed(self, row: Row) -> tuple[str, int, str]:
        sources = [self.job.mapping.columns.get(name) for name in TOGETHER]
        key = "\x1f".join(row.cells.get(source.column, "") if source else "" for source in sources)
        return key, row.number, json.dumps([row.number, row.cells, row.problem, row.column, row.value])

    def take(self, rows: Sequence[Row]) -> list[Result]:
        results: list[Result] = [Taken() for _row in rows]
        lines: dict[int, Line] = {}
        for i, row in enumerate(rows):
            try:
                lines[i] = self._read(row)
            except Refused as refused:
                results[i] = refused
        occasions = self._occasions(lines, Places([line.named for line in lines.values()]), results)
        self._store(occasions, results)
        return results

    def _read(self, row: Row) -> Line:
        if row.problem:
            raise row_problem(row)
        cells = Cells(self.job.mapping, row.cells)
        survey = self._shelf.find(required(cells.text("survey"), "survey"))
        asked = find_question(survey, required(cells.text("question"), "question"))
        value, words = cells.text("value"), cells.text("text")
        answer = read_answer(asked, [value] if value else [], words)
        answered, asked_at, weight = cells.moment("answered_at"), cells.moment("asked_at"), cells.number("weight")
        if answer.is_blank and asked_at is None and answered is None:
            raise Refused(_("Neither an answer nor when it was asked: give one."), "value")
        if weight is not None and weight <= 0:
            raise Refused(_("A weight must be greater than 0."), "weight", weight)
        at = required(answered, "answered_at") if not answer.is_blank else answered or asked_at
        check_moments(at, answered, asked_at, self.job.now)
        named = named_by(cells, self.job.journey, survey, required(at, "answered_at"))
        return Line(named, asked, answer, asked_at.at if asked_at else None, weight)

    def _occasions(self, lines: dict[int, Line], places: Places, results: list[Result]) -> list[Occasion]:
        """The rows by occasion; rows without a place, or with a question answered before, are refused."""
        found: dict[str, Occasion] = {}
        for i, line in lines.items():
            try:
                place = places.find(line.named)
                places.check(place, line.named.survey, line.asked.stage_codes, line.named.at)
                occasion = found.setdefault(_key(line, place), Occasion(place, {}))
                if not line.value.is_blank and any(line.asked.pk == each.asked.pk for each in occasion.answered):
                    raise Refused(
                        _("This question was answered before on this occasion: the first answer is kept."), "question"
                    )
                occasion.lines[i] = line
            except Refused as refused:
                results[i] = refused
        self._places = places
        return list(found.values())

    def _store(self, occasions: Sequence[Occasion], results: list[Result]) -> None:
        """Store the new responses and note who was asked."""
        answered = [each for each in occasions if each.answered]
        drafts = [_draft(each) for each in answered]
        known = KnownResponses(draft.key for draft in drafts)
        abouts = [_about(each, draft) for each, draft in zip(answered, drafts, strict=True)]
        live = AnsweredLive(abouts)
        items: list[ResponseIn] = []
        kept: list[Occasion] = [each for each in occasions if not each.answered]
        for occasion, draft, about in zip(answered, drafts, abouts, strict=True):
            try:
                is_new = known.is_new(draft) and not live.tells(draft, about)
            except Refused as refused:
                for i in occasion.lines:
                    results[i] = Refused(refused.reason, "value")
                continue
            kept.append(occasion)
            if is_new:
                items.append(self._response(occasion, draft))
                for i in occasion.lines:
                    results[i] = Taken(created=True)
        store_each(items)
        self.job.run_ids |= {item.run.pk for item in items if item.run}
        self._note_asks(kept, results)

    def _note_asks(self, occasions: Sequence[Occasion], results: list[Result]) -> None:
        """Who was asked, answered or not, goes into the ledger: the denominator of coverage."""
        asks = []
        owners = []
        for occasion in occasions:
            at = min((line.asked_at for line in occasion.lines.values() if line.asked_at), default=None)
            if at is not None:
                asks.append(Ask(occasion.place, occasion.first.named.survey, at, Reason.SENT))
                owners.append(occasion)
        for occasion, result in zip(owners, write_asks(asks), strict=True):
            if not occasion.answered and isinstance(result, Taken) and result.created:
                for i in occasion.lines:
                    results[i] = result

    def _response(self, occasion: Occasion, draft: Draft) -> ResponseIn:
        place, survey = occasion.place, draft.version.survey
        times = [line.asked_at for line in occasion.lines.values() if line.asked_at]
        return ResponseIn(
            occasion_key=draft.key,
            version=draft.version,
            values=draft.values,
            answered_at=draft.answered_at,
            customer=place.customer,
            run=place.run,
            interaction=place.interaction,
            source=ResponseSource.IMPORT,
            weight=draft.weight,
            asked_at=min(times, default=None),
            late=self._places.is_late(place, survey.stage_code, draft.answered_at),
        )


def named_by(cells: Cells, journey: str, survey: Any, at: Moment) -> Named:
    """What a row of answers or asks names."""
    return Named(
        customer=cells.text("customer"),
        journey=cells.text("journey") or ("" if survey.survey.journey_id else journey),
        run=cells.text("run"),
        stage=cells.text("stage"),
        interaction=cells.text("interaction"),
        survey=survey,
        at=at,
    )


def check_moments(at: Moment | None, answered: Moment | None, asked: Moment | None, now: datetime) -> None:
    """Refused when the answer lies in the future or before the asking."""
    if at is not None and (at.at - now).total_seconds() > 86_400:
        column = "answered_at" if answered else "asked_at"
        raise Refused(_("The time lies in the future."), column, at.at.isoformat())
    if answered and asked and answered.at < asked.at and not (answered.whole_day or asked.whole_day):
        raise Refused(_("It was answered before it was asked."), "answered_at", answered.at.isoformat())


def _draft(occasion: Occasion) -> Draft:
    lines = occasion.answered
    weights = [line.weight for line in lines if line.weight is not None]
    return Draft(
        _key(occasion.first, occasion.place),
        occasion.first.named.survey,
        {line.asked.spec.code: line.value for line in lines},
        min(line.named.at.at for line in lines),
        weights[0] if weights else None,
    )


def _about(occasion: Occasion, draft: Draft) -> About:
    place, survey = occasion.place, draft.version.survey
    return About(
        survey=survey.pk,
        journey=place.run.journey_id if place.run else None,
        run=place.run.external_id if place.run else "",
        interaction=place.interaction.reference if place.interaction else "",
        customer=place.customer.external_id,
        day=draft.answered_at.astimezone(UTC).date(),
    )


def _key(line: Line, place: Place) -> str:
    """One response per survey and contact, run, or (about the bond) day of asking."""
    survey = line.named.survey.survey
    if place.interaction is not None:
        return occasion_key("long", "contact", place.interaction.reference, survey.code)
    if place.run is not None:
        return occasion_key("long", str(place.run.journey_id), place.run.external_id, survey.code)
    day = line.asked_at or line.named.at.at
    return occasion_key("long", "bond", place.customer.external_id, f"{day:%Y-%m-%d}", survey.code)
