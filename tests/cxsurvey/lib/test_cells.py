"""Cells are read exactly or refused; clocks that change are the hard part."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cxsurvey.lib.cells import Moment, code, read_day, read_flag, read_moment, read_number
from cxsurvey.lib.refusals import Refused


@pytest.mark.parametrize(
    ("text", "form"),
    [("3", "3"), ("3.0", "3"), (" 03 ", "3"), ("0.50", "0.5"), ("Blank", "Blank"), ("1e1", "10"), ("", "")],
)
def test_code_numbers_are_compared_as_numbers(text, form):
    assert code(text) == form


@pytest.mark.parametrize("text", ["x", "1,5", "NaN", "Infinity", "1e999", "--1", "0x10", "1" * 100])
def test_read_number_anything_else_is_refused(text):
    with pytest.raises(Refused, match="not a number"):
        read_number(text)


def test_read_number_decimal_is_exact():
    assert [read_number(text) for text in ("1.6329600946", "-2", ".5")] == [1.6329600946, -2.0, 0.5]


def test_read_flag_words_and_numbers():
    assert [read_flag(text) for text in ("Yes", "1.0", "TRUE", "no", "0", "false")] == [True] * 3 + [False] * 3
    with pytest.raises(Refused):
        read_flag("maybe")


def test_read_day_iso_or_form():
    assert (
        read_day("2026-03-31")
        == read_day("2026-03-31T00:00:00")
        == read_day("31.3.2026", ("%d.%m.%Y",))
        == date(2026, 3, 31)
    )
    for text in ("2026-02-30", "31.3.2026", "46000"):
        with pytest.raises(Refused):
            read_day(text)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-03-02T09:00:00Z", "", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02 09:00:00+05:45", "Europe/Berlin", datetime(2026, 3, 2, 3, 15, tzinfo=UTC)),
        ("2026-03-29T01:59:59", "Europe/Berlin", datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)),
        ("2026-03-29T03:00:00", "Europe/Berlin", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("2026-10-25T03:00:00", "Europe/Berlin", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
        ("2026-10-25T02:30:00+01:00", "Europe/Berlin", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2026-04-05T01:00:00", "Australia/Lord_Howe", datetime(2026, 4, 4, 14, 0, tzinfo=UTC)),
    ],
)
def test_read_moment_is_exact_in_utc(text, zone, expected):
    assert read_moment(text, zone) == Moment(expected)


@pytest.mark.parametrize(
    ("text", "zone", "why"),
    [
        ("2026-03-02T09:00:00", "", "has no time zone"),
        ("2026-03-02", "", "has no time zone"),
        ("2026-03-29T02:30:00", "Europe/Berlin", "skipped"),
        ("2026-10-25T02:30:00", "Europe/Berlin", "repeated"),
        ("2026-03-08T02:00:00", "America/New_York", "skipped"),
        ("2026-04-05T01:45:00", "Australia/Lord_Howe", "repeated"),
        ("yesterday", "Europe/Berlin", "not a time"),
        ("43000.5", "Europe/Berlin", "not a time"),
    ],
)
def test_read_moment_nothing_is_guessed(text, zone, why):
    with pytest.raises(Refused, match=why):
        read_moment(text, zone)


def test_read_moment_day_alone_is_the_whole_day():
    assert read_moment("2026-03-02", "Europe/Berlin") == Moment(datetime(2026, 3, 1, 23, tzinfo=UTC), whole_day=True)


@pytest.mark.parametrize("text", ["13", "13.0"])
def test_read_moment_day_number_is_within_the_base_month(text):
    found = read_moment(text, "America/Los_Angeles", ("%d",), "2017-05-01")
    assert found == Moment(datetime(2017, 5, 13, 7, tzinfo=UTC), whole_day=True)


@pytest.mark.parametrize(
    ("text", "form", "base", "expected"),
    [
        ("29.02. 13:05", "%d.%m. %H:%M", "2024-01-01", datetime(2024, 2, 29, 13, 5, tzinfo=UTC)),
        ("13:05", "%H:%M", "2017-05-09", datetime(2017, 5, 9, 13, 5, tzinfo=UTC)),
        ("12.00", "%H.%M", "2017-05-09", datetime(2017, 5, 9, 12, 0, tzinfo=UTC)),
        ("05/13/2017 09:30 AM", "%m/%d/%Y %I:%M %p", "", datetime(2017, 5, 13, 9, 30, tzinfo=UTC)),
        ("2017-133", "%Y-%j", "", datetime(2017, 5, 13, tzinfo=UTC)),
    ],
)
def test_read_moment_form_takes_what_it_lacks_from_the_base(text, form, base, expected):
    assert read_moment(text, "UTC", (form,), base).at == expected


def test_read_moment_form_that_does_not_fit_is_refused():
    for text, form, base in (("31", "%d", "2017-06-01"), ("x", "%d", "2017-06-01"), ("13", "%d", "")):
        with pytest.raises(Refused):
            read_moment(text, "UTC", (form,), base)


@given(
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2037, 1, 1)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
)
def test_read_moment_local_time_reads_back(naive, zone):
    try:
        found = read_moment(naive.isoformat(), zone)
    except Refused:
        assume(False)
    assert found.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == naive
    assert found.at.utcoffset() == timedelta(0)
