"""Periods, caps and weekly windows as people write them ("24h", "1 per 14d", "Mon-Sat 09:00-19:00"), and back."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

UNITS: Final = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ALL_DAYS: Final = tuple(range(7))
MAX_PERIOD: Final = timedelta(days=3660)

_PERIOD = re.compile(r"([0-9]{1,6})\s*([mhdw])", re.IGNORECASE)
_CAP = re.compile(r"([0-9]{1,4})\s+per\s+(\S.*)", re.IGNORECASE)
_WINDOW = re.compile(r"(?:(?P<days>[A-Za-z][A-Za-z,\s-]*?)\s+)?(?P<start>[0-9:]+)\s*-\s*(?P<end>[0-9:]+)")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")


@dataclass(frozen=True)
class Period:
    """A length of time as written: 14d stays 14d and is not turned into 2w."""

    amount: int
    unit: str

    @property
    def delta(self) -> timedelta:
        return self.amount * UNITS[self.unit]

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}" if self.amount else "0"


@dataclass(frozen=True)
class Cap:
    """At most `count` within any stretch of `period`."""

    count: int
    period: Period

    def __str__(self) -> str:
        return f"{self.count} per {self.period}"


@dataclass(frozen=True)
class Window:
    """Weekly opening hours [start, end) by the local clock; Monday is 0; end <= start runs past midnight.

    A stretch past midnight belongs to the day on which it started. start == end is the whole day; the window
    of all days and whole days is "always".
    """

    days: tuple[int, ...]
    start: time
    end: time

    @property
    def is_always(self) -> bool:
        return self.start == self.end and self.days == ALL_DAYS

    def contains(self, local: datetime) -> bool:
        """Whether the window is open when the local clock shows this day and time."""
        clock, today = local.time(), local.weekday()
        if self.start < self.end:
            return today in self.days and self.start <= clock < self.end
        yesterday = (today - 1) % 7
        return (today in self.days and clock >= self.start) or (yesterday in self.days and clock < self.end)

    def __str__(self) -> str:
        if self.is_always:
            return "always"
        end = "24:00" if self.end == time() else f"{self.end:%H:%M}"
        hours = f"{self.start:%H:%M}-{end}"
        return hours if self.days == ALL_DAYS else f"{_days_text(self.days)} {hours}"


ALWAYS: Final = Window(ALL_DAYS, time(), time())


def parse_period(text: str | int) -> Period:
    """ "24h", "14d", "30m", "2w" or 0. ValueError says what to write instead."""
    written = str(text).strip()
    if written == "0":
        return Period(0, "h")
    found = _PERIOD.fullmatch(written)
    if not found:
        raise ValueError(f'"{text}" is not a period: write a whole number and m, h, d or w, such as 24h or 14d.')
    period = Period(int(found[1]), found[2].lower())
    if period.delta > MAX_PERIOD:
        raise ValueError(f'"{text}" is longer than ten years: write a shorter period.')
    return period if period.amount else Period(0, "h")


def parse_cap(text: str) -> Cap:
    """ "1 per 14d": at most one in any 14 days."""
    found = _CAP.fullmatch(str(text).strip())
    if not found:
        raise ValueError(f'"{text}" is not a limit: write a count, "per" and a period, such as 1 per 14d.')
    period = parse_period(found[2])
    if not period.amount:
        raise ValueError(f'"{text}" has a period of zero: write a longer one, such as 1 per 14d.')
    return Cap(int(found[1]), period)


def parse_window(text: str) -> Window:
    """ "always", "09:00-19:00", "Mon-Sat 09:00-19:00", "Mon,Wed,Fri-Sun 22:00-02:00"."""
    written = str(text).strip()
    if written.lower() == "always":
        return ALWAYS
    found = _WINDOW.fullmatch(written)
    if not found:
        raise ValueError(f'"{text}" is not a window: write always, or days and hours such as Mon-Sat 09:00-19:00.')
    start, end = _clock(found["start"], text), _clock(found["end"], text)
    if start == end and found["end"] != "24:00":
        raise ValueError(f'"{text}" opens and closes at the same time: write 00:00-24:00 for the whole day.')
    return Window(_days(found["days"], text), start, end)


def _clock(written: str, text: str) -> time:
    found = _CLOCK.fullmatch(written)
    if found and written == "24:00":
        return time()
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(f'"{written}" in "{text}" is not a time of day: write hours and minutes, such as 09:00.')
    return time(int(found[1]), int(found[2]))


def _days(written: str | None, text: str) -> tuple[int, ...]:
    if not written:
        return ALL_DAYS
    chosen: set[int] = set()
    for part in re.sub(r"\s*-\s*", "-", written).replace(",", " ").split():
        first, _, last = part.partition("-")
        begin, stop = _day(first, text), _day(last or first, text)
        chosen.update((begin + step) % 7 for step in range((stop - begin) % 7 + 1))
    return tuple(sorted(chosen))


def _day(written: str, text: str) -> int:
    try:
        return DAYS.index(written.strip().capitalize())
    except ValueError:
        raise ValueError(f'"{written}" in "{text}" is not a day: write Mon, Tue, Wed, Thu, Fri, Sat or Sun.') from None


def _days_text(days: tuple[int, ...]) -> str:
    """Neighbouring days joined to ranges: Mon-Wed,Sat."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}" for run in runs)
