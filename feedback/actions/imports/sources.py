"""Where a value of a row comes from, as a mapping says it, and which rows count."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from cxsurvey.lib.cells import Moment, band, code, is_day, read_duration, read_moment, read_number, with_point
from cxsurvey.lib.refusals import Refused

POINT: Final = "."


@dataclass(frozen=True)
class Source:
    """A column (recoded by `values`, blank where `missing`), or one constant."""

    column: str = ""
    constant: str | None = None
    values: Mapping[str, str] | None = None
    missing: frozenset[str] = frozenset()
    other: str | None = None  # what a code means that `values` does not list
    blank: str = ""  # what an empty cell means
    bands: tuple[float, ...] = ()
    forms: tuple[str, ...] = ()
    base: str = ""
    zone: str = ""
    unit: str = ""
    decimal: str = POINT
    strict: bool = True  # a value that `values` does not list is refused; else it counts as blank

    @classmethod
    def parse(cls, document: Any, *, strict: bool = True, decimal: str = POINT) -> "Source":
        """From a column's name, or {column | value, values, missing, format, ...}."""
        if not isinstance(document, Mapping):
            return cls(column=column_name(str(document)), decimal=decimal)
        values, constant, forms = document.get("values"), document.get("value"), document.get("format", ())
        return cls(
            column=column_name(str(document.get("column", ""))),
            constant=None if constant is None else str(constant),
            values=None if values is None else {code(str(key)): str(value) for key, value in values.items()},
            missing=frozenset(code(str(each)) for each in document.get("missing", ())),
            other=document.get("other"),
            blank=str(document.get("blank", "")),
            bands=tuple(document.get("bands", ())),
            forms=(forms,) if isinstance(forms, str) else tuple(forms),
            base=str(document.get("base", "")),
            zone=str(document.get("zone", "")),
            unit=str(document.get("unit", "")),
            decimal=decimal,
            strict=strict,
        )

    def text(self, cells: Mapping[str, str]) -> str:
        """The value, recoded; "" where it is blank or missing. Refused where no code is meant."""
        return self.recoded(cells.get(self.column, "") if self.constant is None else self.constant)

    def recoded(self, raw: str) -> str:
        """What one code means."""
        if not raw:
            return self.blank
        if self.missing and code(raw) in self.missing:
            return ""
        if self.bands:
            return band(self.number(raw), self.bands)
        if self.values is None:
            return raw
        meant = self.values.get(code(raw), self.other)
        if meant is None and self.strict:
            known = ", ".join(sorted(self.values))
            raise Refused(_("The code is not in the mapping, which knows %(known)s.") % {"known": known}, value=raw)
        return meant or ""

    def number(self, text: str) -> float:
        """The number in a text, by the decimal sign and the unit of the table."""
        if self.unit:
            return read_duration(text, self.unit, self.decimal)
        return read_number(with_point(text, self.decimal))

    def moment(self, cells: Mapping[str, str]) -> Moment | None:
        """The time, None where blank."""
        text = self.text(cells)
        return self.read_moment(text) if text else None

    def read_moment(self, text: str) -> Moment:
        """A constant day without zone is that day in UTC: no clock was read."""
        zone = self.zone or ("UTC" if self.constant and is_day(self.constant) else "")
        return read_moment(text, zone, self.forms, self.base)


@dataclass(frozen=True)
class Condition:
    """Whether a cell is one of some codes, none of others, and between two numbers."""

    column: str
    wanted: frozenset[str] | None
    unwanted: frozenset[str]
    least: float | None
    most: float | None
    decimal: str = POINT

    def fits(self, cells: Mapping[str, str]) -> bool:
        """A cell that is no number lies between no two numbers."""
        cell = code(cells.get(self.column, ""))
        if cell in self.unwanted or (self.wanted is not None and cell not in self.wanted):
            return False
        if self.least is None and self.most is None:
            return True
        try:
            number = read_number(with_point(cell, self.decimal))
        except Refused:
            return False
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)


def conditions_of(document: Mapping[str, Any] | None, decimal: str = POINT) -> tuple[Condition, ...]:
    """From {column: {is, not, at_least, at_most}}."""
    return tuple(
        Condition(
            column_name(column),
            frozenset(code(str(each)) for each in said["is"]) if "is" in said else None,
            frozenset(code(str(each)) for each in said.get("not", ())),
            said.get("at_least"),
            said.get("at_most"),
            decimal,
        )
        for column, said in (document or {}).items()
    )


def column_name(name: str) -> str:
    """A column's name as tables give it: blanks trimmed."""
    return " ".join(name.split())
