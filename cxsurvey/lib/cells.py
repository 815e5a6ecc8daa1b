"""Reading the texts of cells as values, nothing guessed: codes, numbers, yes and no, days, times with their zone."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Final
from zoneinfo import ZoneInfo

from cxsurvey.lib.refusals import Refused

YES: Final = frozenset({"yes", "y", "true", "1"})
NO: Final = frozenset({"no", "n", "false", "0"})
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_ZERO_DECIMALS: Final = re.compile(r"([+-]?[0-9]+)\.0+")
_WITH_COMMA: Final = re.compile(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]*),[0-9]*")
_GROUPED: Final = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
_ORDINAL: Final = re.compile(r"(?<=[0-9])(?:st|nd|rd|th)\b")
SECONDS: Final = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0}
EXCEL_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - sheets have no zone
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIRECTIVE: Final = re.compile(r"%(.)")
_YEAR, _MONTH, _DAY_OF = frozenset("YyGcxs"), frozenset("mbBjcxUWV"), frozenset("dejcxuwaA")
_CLOCK: Final = frozenset("HIMScXpf")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in UTC; whole_day: only the day was told, `at` is its first moment in its zone."""

    at: datetime
    whole_day: bool = False


@lru_cache(maxsize=4_096)
def code(text: str) -> str:
    """The form in which codes are compared: trimmed, numbers as numbers (3.0 is 3)."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return text
    number = Decimal(text)
    return str(int(number)) if number == int(number) else str(number.normalize())


def whole_code(text: str) -> str:
    """A whole number without the decimals that spreadsheets add (3.0 is 3); any other text as it is."""
    found = _ZERO_DECIMALS.fullmatch(text)
    return found[1] if found else text


def read_number(text: str) -> float:
    """A decimal number with a point. ValueError otherwise."""
    number = float(text) if _NUMBER.fullmatch(text) else float("nan")
    if not isfinite(number):
        raise Refused("It is not a number: write digits and a decimal point.", value=text)
    return number


def with_point(text: str, decimal: str) -> str:
    """A number written with this decimal sign, with a point instead; points may group thousands then (1.234,5)."""
    if decimal == ".":
        return text
    if _GROUPED.fullmatch(text):
        raise Refused("It could be a thousand or a decimal number: write it without points.", value=text)
    return text.replace(".", "").replace(",", ".") if _WITH_COMMA.fullmatch(text) else text


def read_duration(text: str, unit: str, decimal: str = ".") -> float:
    """Seconds, from a number in a unit or from mm:ss or h:mm:ss."""
    if ":" not in unit:
        return read_number(with_point(text, decimal)) * SECONDS[unit]
    parts = text.split(":")
    whole = [part.isascii() and part.isdigit() for part in parts]
    if len(parts) != unit.count(":") + 1 or not all(whole) or any(int(part) > 59 for part in parts[1:]):
        raise Refused(f"It is not a duration as {unit}.", value=text)
    return float(sum(int(part) * 60**place for place, part in enumerate(reversed(parts))))


def band(number: float, starts: Sequence[float]) -> str:
    """The name of the band that holds the number: under 18, 18-29, 30 and over; starts: of all bands but the first.

    Bands between whole numbers are named by their first and last whole number.
    """
    place = bisect_right(starts, number)
    if place == 0:
        return f"under {starts[0]:g}"
    if place == len(starts):
        return f"{starts[-1]:g} and over"
    low, high = starts[place - 1], starts[place]
    return f"{low:g}-{high - 1:g}" if float(low).is_integer() and float(high).is_integer() else f"{low:g} to {high:g}"


def read_flag(text: str) -> bool:
    """Yes or no."""
    word = whole_code(text).casefold()
    if word not in YES | NO:
        raise Refused("It is neither yes nor no: write yes or no, true or false, 1 or 0.", value=text)
    return word in YES


def read_day(text: str, forms: Sequence[str] = ()) -> date:
    """A day, in ISO 8601 or the first of the forms that fits (strptime, excel)."""
    try:
        if forms:
            return _by_forms(text, forms, "")[0].date()
        return date.fromisoformat(text[:10] if _is_midnight(text) else text)
    except (ValueError, Refused):
        raise Refused(f"It is not a day as {' or '.join(forms) or '2026-03-31'}.", value=text) from None


def is_day(text: str) -> bool:
    """Whether this is a day alone, in ISO 8601."""
    return bool(_DAY.fullmatch(text))


def _is_midnight(text: str) -> bool:
    return text[10:] in ("T00:00:00", " 00:00:00", "T00:00:00Z", " 00:00")


def read_moment(text: str, zone: str = "", forms: Sequence[str] = (), base: str = "") -> Moment:
    """A time: ISO 8601, or the first of `forms` that fits: strptime with what it lacks taken from the day `base`, or
    excel (days since 1900, as sheets store times), unix or unix_ms (seconds since 1970).

    Without offset it is local to `zone`. Refused without either, and where the zone's clocks skipped or repeated it.
    """
    naive, whole_day = _by_forms(text, forms, base) if forms else _by_iso(text)
    if naive.tzinfo is not None:
        return Moment(naive.astimezone(UTC))
    if not zone:
        hint = "add an offset such as +01:00 or Z, or give the column's zone in the mapping (zone: Europe/Berlin)"
        raise Refused(f"The time has no time zone: {hint}.", value=text)
    return Moment(_from_local(naive, zone, whole_day, text), whole_day)


def _by_forms(text: str, forms: Sequence[str], base: str) -> tuple[datetime, bool]:
    for form in forms[:-1]:
        try:
            return _by_form(text, form, base)
        except Refused:
            continue
    try:
        return _by_form(text, forms[-1], base)
    except Refused:
        if len(forms) == 1:
            raise
        named = '", "'.join(forms)
        raise Refused(f'It is a time in none of the formats "{named}" of the mapping.', value=text) from None


def _by_number(text: str, form: str) -> tuple[datetime, bool]:
    """A time that is told by a number; those of Unix are in UTC."""
    number = read_number(text)
    try:
        if form == "excel":
            return EXCEL_EPOCH + timedelta(seconds=round(number * 86_400)), number.is_integer()
        return datetime.fromtimestamp(number / (1000 if form == "unix_ms" else 1), UTC), False
    except (OverflowError, ValueError, OSError):
        raise Refused(f"It is no time that can be stored, read as {form}.", value=text) from None


def _by_iso(text: str) -> tuple[datetime, bool]:
    try:
        return datetime.fromisoformat(text), bool(_DAY.fullmatch(text))
    except ValueError:
        hint = "write it as 2026-03-31T09:30:00+02:00, or give its format in the mapping"
        raise Refused(f"It is not a time: {hint}.", value=text) from None


def _by_form(text: str, form: str, base: str) -> tuple[datetime, bool]:
    """Parse by the form; the year, month and day that the form lacks stand in front, from the base."""
    if "%" not in form:
        return _by_number(text, form)
    told = set(_DIRECTIVE.findall(form.replace("%%", "")))
    lacking = [letter for letter, ways in (("Y", _YEAR), ("m", _MONTH), ("d", _DAY_OF)) if not told & ways]
    if lacking and not base:
        raise Refused(
            f'The format "{form}" does not tell the whole day: give its base (base: "2017-05-01").', value=text
        )
    front = date.fromisoformat(base[:10]) if base else date.min
    prefix = "".join(f"{front:%{letter}}-".zfill(5 if letter == "Y" else 3) for letter in lacking)
    whole_form = "".join(f"%{letter}-" for letter in lacking) + form
    for written in dict.fromkeys((text, whole_code(text), _ORDINAL.sub("", text))):
        try:
            return datetime.strptime(prefix + written, whole_form), not told & _CLOCK  # noqa: DTZ007 - zone follows
        except ValueError:
            continue
    raise Refused(f'It is not a time in the format "{form}" of the mapping.', value=text)


def _from_local(naive: datetime, zone: str, whole_day: bool, text: str) -> datetime:
    """The moment when the clocks of the zone show this; a day begins at its first moment, whatever clocks do then."""
    local = naive.replace(tzinfo=ZoneInfo(zone))
    first, second = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    if first != second and not (whole_day and naive.time() == time()):
        skipped = first.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != naive
        what = "skipped" if skipped else "repeated"
        raise Refused(f"The clocks of {zone} {what} this time when they changed: add the offset.", value=text)
    return first
