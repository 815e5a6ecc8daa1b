"""Answers with a row a respondent and a column a question: each row makes its customer, its run and its responses."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from cxsurvey.lib.cells import read_flag, whole_code, with_point
from cxsurvey.lib.refusals import Refused
from cxsurvey.lib.tables import Row, Table, UnusableTable
from feedback.actions.imports.base import Importer, Job, Result, Taken, row_problem
from feedback.actions.imports.live import About, AnsweredLive
from feedback.actions.imports.mapping import Question, Wide, at_column
from feedback.actions.imports.places import SurveyShelf
from feedback.actions.imports.sources import POINT, Source
from feedback.actions.imports.storing import Draft, KnownResponses
from feedback.actions.imports.values import find_question, occasion_key, read_answer
from feedback.actions.store_answers import ResponseIn, store_each
from feedback.enums import ResponseSource
from feedback.queries.asked import AskedQuestion
from feedback.queries.run_table import NAMELESS, WEIGHT
from surveys.actions.customers import CustomerIn, check_id, check_language, check_time, take_customers
from surveys.actions.take_runs import RunIn, Telling, take_runs
from surveys.enums import RunOutcome
from surveys.models import JourneyRun, SurveyVersion
from surveys.question_kinds import RawValue

SEVERAL: Final = ("multi", "feelings")
NO_NUMBER: Final = ("text", "single", "multi", "feelings", "yes_no")


@dataclass(frozen=True)
class Column:
    """The columns that answer one question."""

    version: SurveyVersion
    asked: AskedQuestion
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Respondent:
    """One row, read; again: the table had an earlier row of its run."""

    customer: str
    run: str
    at: datetime
    segments: dict[str, Any]
    drafts: list[Draft]
    again: bool = False

    def run_in(self, journey: str) -> RunIn:
        """Its run: over by the time the last of its rows was answered."""
        telling = Telling.AGAIN if self.again else Telling.WIDER
        return RunIn(self.customer, journey, self.run, self.at, self.at, RunOutcome.COMPLETED, self.segments, telling)


class WideAnswers(Importer):
    """Takes wide rows; a row without any answer is taken too, as a run nobody was heard from."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        if job.mapping.wide is None:
            raise UnusableTable(_("The mapping names no questions: it is not one of a wide table."))
        self._wide: Wide = job.mapping.wide
        self._shelf = SurveyShelf()
        self._columns = self._resolve()
        self._seen: Counter[bytes] = Counter()
        self._runs: set[str] = set()
        self._zone = ZoneInfo(self._wide.time.zone or "UTC")

    def _resolve(self) -> list[Column]:
        """The questions that the columns answer. Refused (of the whole table) where one is not asked any more."""
        groups: dict[tuple[str, str], list[Question]] = defaultdict(list)
        for question in self._wide.questions:
            groups[question.survey, question.question].append(question)
        found = []
        for (survey, code), questions in groups.items():
            version = self._shelf.find(survey)
            asked = find_question(version, code)
            _check_columns(asked, questions)
            found.append(Column(version, asked, tuple(questions)))
        return found

    def batches(self, table: Table) -> Iterator[list[Row]]:
        self._seen.clear()
        self._runs.clear()
        return super().batches(table)

    def take(self, rows: Sequence[Row]) -> list[Result]:
        results: list[Result] = [Taken() for _row in rows]
        people: dict[int, Respondent] = {}
        seen = self._seen.copy()
        for place, row in enumerate(rows):
            try:
                people[place] = self._read(row, seen)
            except Refused as refused:
                results[place] = refused
        for place, result in self._write(people).items():
            results[place] = result
        self._seen = seen
        return results

    def _read(self, row: Row, seen: Counter[bytes]) -> Respondent:
        if row.problem:
            raise row_problem(row)
        wide, cells = self._wide, row.cells
        run = self._run_name(row, seen)
        customer = _name(wide.customer, row) if wide.customer else run
        at, weight = _at(wide.time, row, self.job.now), _weight(wide.weight, row)
        segments = _segments(wide.segments, cells)
        answers: dict[str, dict[str, RawValue]] = defaultdict(dict)
        for column in self._columns:
            value = _answer(column, row, self._day(at))
            if not value.is_blank:
                answers[column.version.survey.code][column.asked.spec.code] = value
        occasion = (_name(wide.occasion, row),) if wide.occasion else ()
        language = _language(wide.language, row)
        drafts = [
            Draft(self._key(run, survey, occasion), self._shelf.find(survey), values, at, weight, language)
            for survey, values in answers.items()
        ]
        facts: dict[str, Any] = segments if weight is None else {**segments, WEIGHT: weight}
        facts |= {} if wide.customer else {NAMELESS: True}
        again = run in self._runs
        self._runs.add(run)
        return Respondent(customer, run, at, facts, drafts, again)

    def _key(self, run: str, survey: str, occasion: tuple[str, ...]) -> str:
        return occasion_key(self.job.mapping.name, self.job.journey, run, survey, *occasion)

    def _day(self, at: datetime) -> date:
        """The day of an answer where it was given."""
        return at.astimezone(self._zone).date()

    def _run_name(self, row: Row, seen: Counter[bytes]) -> str:
        """The run's name; where the table has none, one derived from the row and how often it came before."""
        if self._wide.run is not None:
            return _name(self._wide.run, row)
        digest = hashlib.sha256("\x1f".join(f"{k}={v}" for k, v in sorted(row.cells.items())).encode()).digest()[:12]
        seen[digest] += 1
        return f"{self.job.mapping.name}-{digest.hex()}-{seen[digest]}"

    def _write(self, people: dict[int, Respondent]) -> dict[int, Result]:
        """Make customers, runs and responses of the readable rows; the result of each by its place."""
        results: dict[int, Result] = {}
        fresh = self._judge(people, results)
        fitting = {place: person for place, person in people.items() if place not in results}
        journey = self.job.journey
        made = take_runs(
            [each.run_in(journey) for each in fitting.values()], ask=False, imported=True, now=self.job.now
        )
        items: list[ResponseIn] = []
        for place, run in zip(fitting, made, strict=True):
            if isinstance(run, Refused):
                results[place] = Refused(run.reason, self._theirs(run.column), run.value)
                continue
            results[place] = Taken(run.created or bool(fresh[place]), run.changed)
            items += [self._response(draft, run.run) for draft in fresh[place]]
            if run.created or run.changed or fresh[place]:
                self.job.run_ids.add(run.run.pk)
        store_each(items)
        told = [each for place, each in fitting.items() if "segment" in each.segments and place in results]
        take_customers([CustomerIn(each.customer, segment=each.segments["segment"]) for each in told])
        return results

    def _judge(self, people: dict[int, Respondent], results: dict[int, Result]) -> dict[int, list[Draft]]:
        """The new responses of each row; rows that contradict what is known are refused as a whole."""
        known = KnownResponses(draft.key for person in people.values() for draft in person.drafts)
        live = AnsweredLive(_about(person, draft) for person in people.values() for draft in person.drafts)
        fresh: dict[int, list[Draft]] = {}
        for place, person in people.items():
            try:
                new = [draft for draft in person.drafts if known.is_new(draft)]
                fresh[place] = [draft for draft in new if not live.tells(draft, _about(person, draft))]
            except Refused as refused:
                column = self._wide.run.column if self._wide.run else ""
                results[place] = Refused(refused.reason, column, person.run)
                continue
            for draft in fresh[place]:
                known.add(draft)
        return fresh

    def _response(self, draft: Draft, run: JourneyRun) -> ResponseIn:
        return ResponseIn(
            occasion_key=draft.key,
            version=draft.version,
            values=draft.values,
            answered_at=draft.answered_at,
            customer=run.customer,
            run=run,
            source=ResponseSource.IMPORT,
            weight=draft.weight,
            language=draft.language,
        )

    def _theirs(self, ours: str) -> str:
        sources = {"customer": self._wide.customer, "run": self._wide.run, "started_at": self._wide.time}
        source = sources.get(ours)
        return source.column if source else ours


def _about(person: Respondent, draft: Draft) -> About:
    survey, day = draft.version.survey, draft.answered_at.astimezone(UTC).date()
    return About(survey.pk, survey.journey_id, person.run, "", person.customer, day)


def _check_columns(asked: AskedQuestion, questions: Sequence[Question]) -> None:
    """Refused where columns would give one question several answers, or are about choices that it does not have."""
    spec = asked.spec
    names = ", ".join(dict.fromkeys(question.source.column for question in questions))
    if len(questions) > 1 and not all(q.multi for q in questions) and sum(not q.in_some_rows for q in questions) > 0:
        raise Refused(
            _(
                "Only a multiple choice may have several columns (%(names)s): say multi: true, or in which rows each "
                "of them counts (where, from, until)."
            )
            % {"names": names},
            spec.code,
        )
    if any(q.multi or q.split for q in questions) and spec.kind not in SEVERAL:
        raise Refused(
            _("A question of kind %(kind)s takes one answer, not several (%(names)s).")
            % {"kind": spec.kind, "names": names},
            spec.code,
        )
    known = [code for code, _label in spec.choices]
    for question in questions:
        if question.choice and question.choice not in known:
            raise Refused(
                _('It has no choice "%(choice)s"; its choices are %(known)s.')
                % {"choice": question.choice, "known": ", ".join(known)},
                spec.code,
            )


def _answer(column: Column, row: Row, day: date) -> RawValue:
    """The answer in the columns of one question."""
    parts: list[str] = []
    names: list[str] = []
    for question in column.questions:
        if question.in_some_rows and not question.counts(row.cells, day):
            continue
        with at_column(question.source.column):
            found = _parts(question, row, column.asked)
        parts += found
        names += [question.source.column] * bool(found)
    try:
        if len(names) > 1 and not all(question.multi for question in column.questions):
            words = {"names": ", ".join(names)}
            raise Refused(_("Several columns answer this question in this row: %(names)s.") % words, value=parts[-1])
        return read_answer(column.asked, parts)
    except Refused as refused:
        columns = [question.source.column for question in column.questions]
        at = next((name for name in columns if row.cells.get(name, "") == refused.value), (names or columns)[0])
        raise Refused(refused.reason, at, refused.value) from None


def _parts(question: Question, row: Row, asked: AskedQuestion) -> list[str]:
    """The codes or the text in one cell."""
    source = question.source
    if question.choice:
        return [question.choice] if _is_chosen(source.text(row.cells), question.choice, asked) else []
    if question.split:
        raw = row.cells.get(source.column, "")
        return [part for each in raw.split(question.split) if (part := source.recoded(each.strip()))]
    text = source.text(row.cells)
    if text and source.decimal != POINT and asked.spec.kind not in NO_NUMBER:
        text = with_point(text, source.decimal)
    return [text] if text else []


def _is_chosen(text: str, choice: str, asked: AskedQuestion) -> bool:
    """Whether a column about one choice says that it was made: yes, a cross, or the words or code of the choice."""
    word, labels = text.casefold(), dict(asked.spec.choices)
    if not word or word in ("x", choice.casefold(), labels[choice].strip().casefold()):
        return bool(word)
    try:
        return read_flag(text)
    except Refused:
        hint = _('It does not say whether "%(choice)s" was chosen: give what it means in values (yes or no).')
        raise Refused(hint % {"choice": choice}, value=text) from None


def _segments(sources: Mapping[str, Source], cells: Mapping[str, str]) -> dict[str, Any]:
    """What is kept with the run, where the row tells it."""
    found = {}
    for name, source in sources.items():
        with at_column(source.column):
            if text := source.text(cells):
                found[name] = text
    if "segment" in found:
        check_id(found["segment"], sources["segment"].column, 80)
    return found


def _language(source: Source | None, row: Row) -> str:
    if source is None:
        return ""
    with at_column(source.column):
        language = source.text(row.cells)
        if language:
            check_language(language)
        return language


def _name(source: Source, row: Row) -> str:
    """A name of outside; 3.0 is 3, as spreadsheets write it."""
    with at_column(source.column):
        name = whole_code(source.text(row.cells))
        check_id(name, source.column)
        return name


def _at(source: Source, row: Row, now: datetime) -> datetime:
    with at_column(source.column or "time"):
        moment = source.moment(row.cells)
        if moment is None:
            raise Refused(_("It is blank: every row needs its time."))
        check_time(moment.at, source.column or "time", now)
        return moment.at


def _weight(source: Source | None, row: Row) -> float | None:
    if source is None:
        return None
    with at_column(source.column):
        text = source.text(row.cells)
        weight = source.number(text) if text else None
        if weight is not None and weight <= 0:
            raise Refused(_("A weight must be greater than 0."), value=text)
        return weight
