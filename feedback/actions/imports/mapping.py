"""What the columns of somebody's table are: the mapping of a programme file, or our own names."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeVar

from django.utils.translation import gettext as _

from cxsurvey.lib.cells import Moment, read_day, read_flag
from cxsurvey.lib.refusals import Refused
from cxsurvey.lib.tables import Form, Row, Table, UnusableTable
from feedback.actions.imports.sources import Condition, Source, conditions_of
from surveys.programme.mappings import COLUMNS, WITH_ATTRIBUTES

T = TypeVar("T")
ATTRIBUTE: Final = "attr."
FORM_KEYS: Final = ("header_rows", "skip_rows", "encoding", "separator", "sheet")


@dataclass(frozen=True)
class Question:
    """A column of answers: the question (survey and code) that it answers, and in which rows.

    choice: the column says only whether this choice was made. split: it holds several codes with this between them.
    """

    source: Source
    survey: str
    question: str
    multi: bool = False
    choice: str = ""
    split: str = ""
    since: date | None = None
    until: date | None = None
    where: tuple[Condition, ...] = ()

    @property
    def in_some_rows(self) -> bool:
        return bool(self.since or self.until or self.where)

    def counts(self, cells: Mapping[str, str], day: date) -> bool:
        """Whether the column answers this question in a row of this day."""
        if (self.since and day < self.since) or (self.until and day > self.until):
            return False
        return all(condition.fits(cells) for condition in self.where)


@dataclass(frozen=True)
class Wide:
    """A table with a row a respondent and a column a question; without customer, every run has its own."""

    customer: Source | None
    run: Source | None
    occasion: Source | None
    time: Source
    weight: Source | None
    language: Source | None
    segments: Mapping[str, Source]
    questions: tuple[Question, ...]

    @property
    def sources(self) -> list[Source]:
        single = [self.customer, self.run, self.occasion, self.time, self.weight, self.language]
        return [each for each in single if each] + [*self.segments.values(), *(q.source for q in self.questions)]


@dataclass(frozen=True)
class TableMapping:
    """How to read one table: `columns` (ours: where from) for a row a thing, or `wide`; `only`: which rows count."""

    name: str
    kind: str
    journey: str
    form: Form = field(default_factory=Form)
    columns: Mapping[str, Source] = field(default_factory=dict)
    wide: Wide | None = None
    only: tuple[Condition, ...] = ()

    def takes(self, row: Row) -> bool:
        """Whether the row counts; one that cannot be read does, so that it is refused."""
        return bool(row.problem) or all(condition.fits(row.cells) for condition in self.only)

    def theirs(self, ours: str) -> str:
        """Their name of one of our columns, for messages."""
        source = self.columns.get(ours)
        return source.column if source and source.column else ours

    def check(self, table: Table) -> None:
        """UnusableTable where a column that the mapping names is missing or there twice."""
        sources = self.wide.sources if self.wide else list(self.columns.values())
        conditions = [*self.only, *(c for q in (self.wide.questions if self.wide else ()) for c in q.where)]
        wanted = dict.fromkeys(
            [source.column for source in sources if source.constant is None] + [each.column for each in conditions]
        )
        missing = [name for name in wanted if name not in table.columns]
        if missing:
            found = ", ".join(name for name in table.columns if name)[:500]
            names = {"missing": ", ".join(missing), "found": found}
            told = _("The table lacks the columns %(missing)s. It has: %(found)s.") % names
            raise UnusableTable(f"{told} {_hint(missing, table.columns)}".strip())
        twice = sorted(table.duplicates & set(wanted))
        if twice:
            raise UnusableTable(
                _("These columns are there more than once: %(names)s. Rename one of each.")
                % {"names": ", ".join(twice)}
            )


def parse_mapping(name: str, document: Mapping[str, Any], journey: str) -> TableMapping:
    """A mapping from the document that a programme file has left."""
    decimal = document.get("decimal", ".")
    columns = document.get("columns", {}).items()
    return TableMapping(
        name,
        document.get("kind", "answers"),
        document.get("journey") or journey,
        Form(**{key: document[key] for key in FORM_KEYS if key in document}),
        {ours: Source.parse(theirs, decimal=decimal) for ours, theirs in columns},
        _wide(document, decimal) if document.get("questions") else None,
        conditions_of(document.get("only"), decimal),
    )


def _wide(document: Mapping[str, Any], decimal: str) -> Wide:
    def single(key: str) -> Source | None:
        return Source.parse(document[key], decimal=decimal) if document.get(key) else None

    segments = document.get("segments", {}).items()
    return Wide(
        customer=single("customer"),
        run=single("run"),
        occasion=single("occasion"),
        time=Source.parse(document["time"]),
        weight=single("weight"),
        language=single("language"),
        segments={name: Source.parse(source, strict=False, decimal=decimal) for name, source in segments},
        questions=tuple(
            _question(column, each, decimal)
            for column, said in document["questions"].items()
            for each in (said if isinstance(said, list) else [said])
        ),
    )


def _question(column: str, document: Any, decimal: str) -> Question:
    """From `COLUMN: survey.question`, or `COLUMN: {question, missing, values, multi, ...}`."""
    options = document if isinstance(document, Mapping) else {"question": document}
    survey, _dot, question = str(options["question"]).partition(".")  # the rest may be battery.row
    recoding = {key: options[key] for key in ("values", "missing", "other", "blank", "bands") if key in options}
    since, until = (date.fromisoformat(options[key]) if key in options else None for key in ("from", "until"))
    return Question(
        Source.parse({**recoding, "column": column}, decimal=decimal),
        survey,
        question,
        multi=bool(options.get("multi") or "choice" in options),
        choice=str(options.get("choice", "")),
        split=str(options.get("split", "")),
        since=since,
        until=until,
        where=conditions_of(options.get("where"), decimal),
    )


def _hint(missing: list[str], columns: list[str]) -> str:
    """What may be the matter where columns are missing: their case, or how the file is written."""
    lower = {name.casefold(): name for name in columns}
    alike = [lower[name.casefold()] for name in missing if name.casefold() in lower]
    if alike:
        return _("Capital letters count: write %(names)s.") % {"names": ", ".join(alike)}
    if len(columns) == 1:
        return _("If the header is another row or the separator another sign, say so (skip_rows, separator).")
    return ""


def own_names(kind: str, table: Table, journey: str) -> TableMapping:
    """The mapping of a table that uses our names; other columns are left alone."""
    known, required = (names.split() for names in COLUMNS[kind])
    attributes = [name for name in table.columns if name.startswith(ATTRIBUTE) and kind in WITH_ATTRIBUTES]
    present = [name for name in (*known, *attributes) if name in table.columns]
    wanted = [*present, *(name for name in required if name not in present)]
    return TableMapping("", kind, journey, columns={name: Source(column=name) for name in wanted})


class Cells:
    """One row through a mapping of columns: typed values, refused with the name of their column."""

    def __init__(self, mapping: TableMapping, cells: Mapping[str, str]) -> None:
        self._mapping, self._cells = mapping, cells

    def text(self, name: str) -> str:
        """The text, "" where blank or no such column."""
        return self._read(name, lambda text, _source: text) or ""

    def told(self, name: str) -> str | None:
        """The text, None where blank."""
        return self.text(name) or None

    def number(self, name: str) -> float | None:
        return self._read(name, lambda text, source: source.number(text))

    def flag(self, name: str) -> bool | None:
        return self._read(name, lambda text, _source: read_flag(text))

    def moment(self, name: str) -> Moment | None:
        return self._read(name, lambda text, source: source.read_moment(text))

    def day(self, name: str) -> Any:
        return self._read(name, lambda text, source: read_day(text, source.forms))

    def attributes(self) -> dict[str, str]:
        """Every attr.* column that is not blank."""
        names: Iterable[str] = (name for name in self._mapping.columns if name.startswith(ATTRIBUTE))
        return {name.removeprefix(ATTRIBUTE): text for name in names if (text := self.text(name))}

    def _read(self, name: str, convert: Callable[[str, Source], T]) -> T | None:
        source = self._mapping.columns.get(name)
        if source is None:
            return None
        with at_column(name):
            text = source.text(self._cells)
            return convert(text, source) if text else None


@contextmanager
def at_column(name: str) -> Iterator[None]:
    """Name the column in refusals that do not."""
    try:
        yield
    except Refused as refused:
        refused.column = refused.column or name
        raise


def required(value: T | None, column: str) -> T:
    """The value, refused where it is blank."""
    if value is None or value == "":
        raise Refused(_("It is blank: give a value."), column)
    return value
