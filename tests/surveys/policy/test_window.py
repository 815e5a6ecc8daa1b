"""Quiet hours on the customer's wall clock, through clock changes and across midnight (reliability B6)."""

import random
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.lib.periods import ALL_DAYS, ALWAYS, Window, parse_window
from surveys.policy.window import NeverOpen, next_allowed

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Etc/UTC",
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@st.composite
def daily_windows(draw: st.DrawFn) -> Window:
    """Windows of all days, at least two hours long (longer than any clock change), also across midnight."""
    start = draw(st.integers(0, 1439))
    end = (start + draw(st.integers(120, 1439))) % 1440
    return Window(ALL_DAYS, time(start // 60, start % 60), time(end // 60, end % 60))


instants = st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@settings(max_examples=400, deadline=None)
@given(instants, st.sampled_from(ZONES), daily_windows())
def test_next_allowed_any_daily_window_is_inside_soon_and_settled(at: datetime, zone: str, window: Window) -> None:
    found = next_allowed(at, zone, window)
    assert found >= at
    assert window.contains(found.astimezone(ZoneInfo(zone))) is True
    # The date line move of Apia (30 December 2011 never was) takes a day from the calendar, not from the clock.
    assert found < at + timedelta(hours=25)
    assert next_allowed(found, zone, window) == found


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        [
            ("Europe/Berlin", "2026-03-28T12:00"),
            ("Europe/Berlin", "2026-10-24T12:00"),
            ("America/New_York", "2026-03-07T18:00"),
            ("America/New_York", "2026-10-31T18:00"),
            ("Australia/Lord_Howe", "2026-04-04T02:00"),
            ("Australia/Lord_Howe", "2026-10-03T02:00"),
            ("Africa/Casablanca", "2026-02-14T12:00"),
            ("America/Sao_Paulo", "2018-11-03T12:00"),
        ]
    ),
    st.integers(0, 36 * 60),
    st.integers(0, 95),
    st.integers(1, 95),
)
def test_next_allowed_around_a_clock_change_is_the_first_minute_inside(
    change: tuple[str, str], minutes: int, start: int, length: int
) -> None:
    zone, begin = change
    end = (start + length) % 96
    window = Window(ALL_DAYS, time(start // 4, start % 4 * 15), time(end // 4, end % 4 * 15))
    at = utc(begin) + timedelta(minutes=minutes)
    walked = at
    while not window.contains(walked.astimezone(ZoneInfo(zone))):
        walked += timedelta(minutes=1)
    assert next_allowed(at, zone, window) == walked


@settings(max_examples=100, deadline=None)
@given(instants, st.sampled_from(ZONES), st.sets(st.integers(0, 6), min_size=1), daily_windows())
def test_next_allowed_some_days_is_inside_within_two_weeks(
    at: datetime, zone: str, days: set[int], hours: Window
) -> None:
    window = Window(tuple(sorted(days)), hours.start, hours.end)
    found = next_allowed(at, zone, window)
    assert window.contains(found.astimezone(ZoneInfo(zone))) is True
    assert at <= found < at + timedelta(days=15)


@pytest.mark.parametrize(
    ("zone", "window", "at", "expected"),
    [
        # Plain cases.
        ("Etc/UTC", "09:00-19:00", "2026-01-05T08:59:59", "2026-01-05T09:00:00"),
        ("Etc/UTC", "09:00-19:00", "2026-01-05T18:59:59", "2026-01-05T18:59:59"),
        ("Etc/UTC", "09:00-19:00", "2026-01-05T19:00:00", "2026-01-06T09:00:00"),
        ("Etc/UTC", "Mon-Sat 09:00-19:00", "2026-01-03T19:00:00", "2026-01-05T09:00:00"),
        ("Asia/Kathmandu", "09:00-19:00", "2026-01-05T00:00:00", "2026-01-05T03:15:00"),
        # Across midnight, with the day of the start.
        ("Etc/UTC", "Fri 22:00-02:00", "2026-01-10T01:00:00", "2026-01-10T01:00:00"),
        ("Etc/UTC", "Fri 22:00-02:00", "2026-01-10T02:00:00", "2026-01-16T22:00:00"),
        # Berlin springs forward at 01:00 UTC: 02:30 never is, the window opens at 03:00 summer time.
        ("Europe/Berlin", "02:30-05:00", "2026-03-29T00:00:00", "2026-03-29T01:00:00"),
        ("Europe/Berlin", "09:00-19:00", "2026-03-28T18:30:00", "2026-03-29T07:00:00"),
        # A window that lies wholly in the missing hour waits for the next day.
        ("Europe/Berlin", "02:15-02:45", "2026-03-29T00:00:00", "2026-03-30T00:15:00"),
        # Berlin falls back at 01:00 UTC: 02:15 is twice.
        ("Europe/Berlin", "02:15-02:45", "2026-10-25T00:30:00", "2026-10-25T00:30:00"),
        ("Europe/Berlin", "02:15-02:45", "2026-10-25T00:50:00", "2026-10-25T01:15:00"),
        ("Europe/Berlin", "09:00-19:00", "2026-10-24T17:00:00", "2026-10-25T08:00:00"),
        ("America/New_York", "08:00-21:00", "2026-03-08T02:00:00", "2026-03-08T12:00:00"),
        ("America/New_York", "08:00-21:00", "2026-11-01T01:00:00", "2026-11-01T13:00:00"),
        # Lord Howe changes by half an hour (02:00 to 02:30 on 4 October 2026, 15:30 UTC the day before).
        ("Australia/Lord_Howe", "02:15-03:00", "2026-10-03T15:00:00", "2026-10-03T15:30:00"),
        # Apia had no 30 December 2011 (a Friday): the next Friday is a week later.
        ("Pacific/Apia", "Fri 09:00-17:00", "2011-12-30T05:00:00", "2012-01-05T19:00:00"),
    ],
)
def test_next_allowed_table(zone: str, window: str, at: str, expected: str) -> None:
    assert next_allowed(utc(at), zone, parse_window(window)) == utc(expected)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-01-15T12:00:00", "2026-01-15T18:00:00"),
        ("2026-01-15T23:00:00", "2026-01-15T23:00:00"),
        ("2026-01-16T01:59:59", "2026-01-16T01:59:59"),
        ("2026-01-16T02:00:00", "2026-01-16T18:00:00"),
        ("2026-07-15T12:00:00", "2026-07-15T18:00:00"),
        ("2026-07-16T00:59:59", "2026-07-16T00:59:59"),
        ("2026-07-16T01:00:00", "2026-07-16T18:00:00"),
    ],
)
def test_next_allowed_unknown_zone_in_the_us_suits_hawaii_and_maine(at: str, expected: str) -> None:
    assert next_allowed(utc(at), "", parse_window("08:00-21:00"), "US") == utc(expected)


def test_next_allowed_country_without_common_hour_uses_the_fallback() -> None:
    found = next_allowed(utc("2026-01-15T12:00:00"), "", parse_window("09:00-12:00"), "RU", "Europe/Moscow")
    assert found == local("2026-01-16T09:00", "Europe/Moscow")


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "Europe"])
def test_next_allowed_zone_and_country_unknown_uses_the_fallback(zone: str) -> None:
    found = next_allowed(utc("2026-01-15T00:00:00"), zone, parse_window("09:00-12:00"), "", "Europe/Berlin")
    assert found == utc("2026-01-15T08:00:00")


def test_next_allowed_always_is_now_and_naive_is_refused() -> None:
    assert next_allowed(local("2026-01-15T03:00", "Asia/Kathmandu"), "", ALWAYS) == utc("2026-01-14T21:15:00")
    with pytest.raises(ValueError) as caught:
        next_allowed(datetime(2026, 1, 1), "", ALWAYS)
    assert str(caught.value) == "The instant has no time zone: give an aware datetime."


def test_next_allowed_window_without_days_never_opens() -> None:
    with pytest.raises(NeverOpen):
        next_allowed(utc("2026-01-15T00:00:00"), "Etc/UTC", Window((), time(9), time(10)))


def test_next_allowed_ten_thousand_random_cases_are_inside_soon_and_settled() -> None:
    chance = random.Random(6)
    first, seconds = datetime(2010, 1, 1, tzinfo=UTC), 20 * 365 * 86_400
    wrong = []
    for _ in range(10_000):
        at = first + timedelta(seconds=chance.randrange(seconds))
        begin, length = chance.randrange(1440), chance.randrange(120, 1440)
        end = (begin + length) % 1440
        window = Window(ALL_DAYS, time(begin // 60, begin % 60), time(end // 60, end % 60))
        zone = chance.choice(ZONES)
        found = next_allowed(at, zone, window)
        inside = window.contains(found.astimezone(ZoneInfo(zone)))
        if not (at <= found < at + timedelta(hours=25) and inside and next_allowed(found, zone, window) == found):
            wrong.append((at, zone, str(window), found))
    assert wrong == []
