"""What the columns of somebody's table are: the mapping of a programme file, or our own names."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from django.utils.translation import gettext as _

from cxsurvey.lib.cells import Moment, code, is_day, read_day, read_flag, read_moment, read_number
from cxsurvey.lib.refusals import Refused
from cxsurvey.lib.tables import Table, UnusableTable

T = TypeVar("T")
ATTRIBUTE: Final = "attr."

# Our columns by kind, and those without which a table of the kind cannot be taken.
COLUMNS: Final[dict[str, tuple[str, str]]] = {
    "customers": ("customer email phone language time_zone segment consent_email consent_sms", "customer"),
    "interactions": (
        (
            "customer journey run stage started_at answered_at ended_at handle_seconds channel agent team reason"
            " initiator resolved abandoned load reference"
        ),
        "customer started_at",
    ),
    "runs": ("customer journey run started_at ended_at outcome", "customer run"),
    "answers": (
        "customer journey run stage interaction survey question value text asked_at answered_at weight",
        "survey question",
    ),
    "asks": ("customer journey run stage interaction survey asked_at channel outcome probability", "survey asked_at"),
    "suppressions": ("address channel reason since until", "address reason"),
    "commercial": (
        "customer run journey period_start period_end retained spend margin referrals",
        "customer period_start period_end",
    ),
}
WITH_ATTRIBUTES: Final = ("customers", "runs", "interactions")


@dataclass(frozen=True)
class Source:
    """Where a value comes from: a column (recoded by `values`, blank where `missing`), or one constant."""

    column: str = ""
    constant: str | None = None
    values: Mapping[str, str] | None = None
    missing: frozenset[str] = frozenset()
    form: str = ""
    base: str = ""
    zone: str = ""
    strict: bool = True  # a value that `values` does not list is refused; else it counts as blank

    @classmethod
    def parse(cls, document: Any, *, strict: bool = True) -> "Source":
        """From a column's name, or {column | value, values, missing, format, base, zone}."""
        if not isinstance(document, Mapping):
            return cls(column=column_name(str(document)))
        values, constant = document.get("values"), document.get("value")
        return cls(
            column=column_name(str(document.get("column", ""))),
            constant=None if constant is None else str(constant),
            values=None if values is None else {code(str(key)): str(value) for key, value in values.items()},
            missing=frozenset(code(str(each)) for each in document.get("missing", ())),
            form=str(document.get("format", "")),
            base=str(document.get("base", "")),
            zone=str(document.get("zone", "")),
            strict=strict,
        )

    def text(self, cells: Mapping[str, str]) -> str:
        """The value, recoded; "" where it is blank or missing. Refused where no code is meant."""
        raw = cells.get(self.column, "") if self.constant is None else self.constant
        if not raw or (self.missing and code(raw) in self.missing):
            return ""
        if self.values is None:
            return raw
        meant = self.values.get(code(raw))
        if meant is None and self.strict:
            known = ", ".join(self.values)
            raise Refused(_("The code is not in the mapping, which knows %(known)s.") % {"known": known}, value=raw)
        return meant or ""

    def moment(self, cells: Mapping[str, str]) -> Moment | None:
        """The time, None where blank. A constant day without zone is that day in UTC: no clock was read."""
        text = self.text(cells)
        zone = self.zone or ("UTC" if self.constant and is_day(self.constant) else "")
        return read_moment(text, zone, self.form, self.base) if text else None


@dataclass(frozen=True)
class Question:
    """A column of answers: the question (survey and code) that it answers."""

    source: Source
    survey: str
    question: str
    multi: bool = False


@dataclass(frozen=True)
class Wide:
    """A table with a row a respondent and a column a question."""

    customer: Source
    run: Source | None
    time: Source
    weight: Source | None
    segments: Mapping[str, Source]
    questions: tuple[Question, ...]

    @property
    def sources(self) -> list[Source]:
        single = [self.customer, self.run, self.time, self.weight]
        return [each for each in single if each] + [*self.segments.values(), *(q.source for q in self.questions)]


@dataclass(frozen=True)
class TableMapping:
    """How to read one table: `columns` (ours: where from) for a row a thing, or `wide`."""

    name: str
    kind: str
    journey: str
    header_rows: int = 1
    columns: Mapping[str, Source] = field(default_factory=dict)
    wide: Wide | None = None

    def theirs(self, ours: str) -> str:
        """Their name of one of our columns, for messages."""
        source = self.columns.get(ours)
        return source.column if source and source.column else ours

    def check(self, table: Table) -> None:
        """UnusableTable where a column that the mapping names is missing or there twice."""
        sources = self.wide.sources if self.wide else list(self.columns.values())
        wanted = dict.fromkeys(source.column for source in sources if source.constant is None)
        missing = [name for name in wanted if name not in table.columns]
        if missing:
            found = ", ".join(name for name in table.columns if name)[:500]
            names = {"missing": ", ".join(missing), "found": found}
            raise UnusableTable(_("The table lacks the columns %(missing)s. It has: %(found)s.") % names)
        twice = sorted(table.duplicates & set(wanted))
        if twice:
            raise UnusableTable(
                _("These columns are there more than once: %(names)s. Rename one of each.")
                % {"names": ", ".join(twice)}
            )


def column_name(name: str) -> str:
    """A column's name as tables give it: blanks trimmed."""
    return " ".join(name.split())


def parse_mapping(name: str, document: Mapping[str, Any], journey: str) -> TableMapping:
    """A mapping from the document that a programme file has left. UnusableTable when it cannot serve."""
    wide = _wide(document) if document.get("questions") else None
    columns = {ours: Source.parse(theirs) for ours, theirs in document.get("columns", {}).items()}
    kind = document.get("kind", "answers")
    return TableMapping(name, kind, document.get("journey") or journey, document.get("header_rows", 1), columns, wide)


def _wide(document: Mapping[str, Any]) -> Wide:
    run, weight = document.get("run"), document.get("weight")
    segments = document.get("segments", {}).items()
    return Wide(
        customer=Source.parse(document["customer"]),
        run=Source.parse(run) if run else None,
        time=Source.parse(document["time"]),
        weight=Source.parse(weight) if weight else None,
        segments={name: Source.parse(source, strict=False) for name, source in segments},
        questions=tuple(_question(column, each) for column, each in document["questions"].items()),
    )


def _question(column: str, document: Any) -> Question:
    """From `COLUMN: survey.question`, or `COLUMN: {question, missing, values, multi}`."""
    options = document if isinstance(document, Mapping) else {"question": document}
    survey, _dot, question = str(options["question"]).rpartition(".")
    source = Source.parse({**{k: options[k] for k in ("values", "missing") if k in options}, "column": column})
    return Question(source, survey, question, bool(options.get("multi")))


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
        return self._read(name, lambda text, _source: read_number(text))

    def flag(self, name: str) -> bool | None:
        return self._read(name, lambda text, _source: read_flag(text))

    def moment(self, name: str) -> Moment | None:
        return self._read(name, lambda text, source: read_moment(text, source.zone, source.form, source.base))

    def day(self, name: str) -> Any:
        return self._read(name, lambda text, source: read_day(text, source.form))

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
