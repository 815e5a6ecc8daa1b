"""Quiet hours: the next instant at which a message may leave (reliability R21, tests B6)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cxsurvey.lib.periods import Window
from surveys.policy.zones import zones_for

DAY: Final = timedelta(days=1)
HORIZON_DAYS: Final = 16  # a weekly window whose one day the calendar skips (Apia 2011) opens within two weeks


class NeverOpen(ValueError):
    """No instant of the next two weeks lies inside the window in all the zones asked for."""


def next_allowed(instant: datetime, zone: str, window: Window, country: str = "", fallback: str = "UTC") -> datetime:
    """The earliest instant >= `instant`, in UTC, at which the window is open on the customer's wall clock.

    `instant` must be aware. Without a known zone the window must be open in all zones of the country; where no
    hour suits them all (Russia, a short window) the fallback zone decides, as it does without a country.
    """
    if instant.tzinfo is None:
        raise ValueError("The instant has no time zone: give an aware datetime.")
    start = instant.astimezone(UTC)
    if window.is_always:
        return start
    zones = zones_for(zone, country, fallback)
    try:
        return _next_in_all(start, zones, window)
    except NeverOpen:
        if len(zones) == 1:
            raise
        return _next_in_all(start, (ZoneInfo(fallback),), window)


def _next_in_all(start: datetime, zones: tuple[ZoneInfo, ...], window: Window) -> datetime:
    """Move to the latest of the zones' next openings until all are open at once."""
    at, horizon = start, start + HORIZON_DAYS * DAY
    while at <= horizon:
        latest = max(_next_in(at, zone, window) for zone in zones)
        if latest == at:
            return at
        at = latest
    raise NeverOpen(f"The window {window} is never open in all of {', '.join(zone.key for zone in zones)}.")


def _next_in(start: datetime, zone: ZoneInfo, window: Window) -> datetime:
    if window.contains(start.astimezone(zone)):
        return start
    for day in range(HORIZON_DAYS):
        begin, end = start + day * DAY, start + (day + 1) * DAY
        entries = [at for at in _entries(begin, end, zone, window) if begin <= at < end]
        inside = [at for at in entries if window.contains(at.astimezone(zone))]
        if inside:
            return min(inside)
    raise NeverOpen(f"The window {window} is never open in {zone.key}.")


def _entries(begin: datetime, end: datetime, zone: ZoneInfo, window: Window) -> Iterator[datetime]:
    """Where the clock can enter the window: each day's opening, both of a doubled hour, and clock changes."""
    date, last = begin.astimezone(zone).date() - DAY, end.astimezone(zone).date() + DAY
    while date <= last:
        for fold in (0, 1):
            yield datetime.combine(date, window.start, zone).replace(fold=fold).astimezone(UTC)
        date += DAY
    if begin.astimezone(zone).utcoffset() != end.astimezone(zone).utcoffset():
        yield _clock_change(begin, end, zone)


def _clock_change(begin: datetime, end: datetime, zone: ZoneInfo) -> datetime:
    """The first whole second after the zone's offset changes between two instants."""
    old = begin.astimezone(zone).utcoffset()
    low, high = int(begin.timestamp()), int(end.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)
