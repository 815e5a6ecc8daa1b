"""Periods, caps and windows: as written, and back."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.lib.periods import ALL_DAYS, ALWAYS, Cap, Period, Window, parse_cap, parse_period, parse_window


@pytest.mark.parametrize(
    ("text", "delta", "canonical"),
    [
        ("24h", timedelta(hours=24), "24h"),
        (" 14 D ", timedelta(days=14), "14d"),
        ("30m", timedelta(minutes=30), "30m"),
        ("2w", timedelta(days=14), "2w"),
        (0, timedelta(0), "0"),
        ("0d", timedelta(0), "0"),
    ],
)
def test_parse_period_good_text_gives_length_and_canonical_text(
    text: str | int, delta: timedelta, canonical: str
) -> None:
    period = parse_period(text)
    assert (period.delta, str(period)) == (delta, canonical)


@pytest.mark.parametrize("text", ["", "h", "24", "24 hours", "-1d", "1.5d", "1y", "٣d"])
def test_parse_period_bad_text_says_what_to_write(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_period(text)
    assert str(caught.value) == f'"{text}" is not a period: write a whole number and m, h, d or w, such as 24h or 14d.'


def test_parse_period_too_long_is_refused() -> None:
    with pytest.raises(ValueError) as caught:
        parse_period("999999w")
    assert str(caught.value) == '"999999w" is longer than ten years: write a shorter period.'


def test_parse_cap_good_text_gives_cap() -> None:
    assert parse_cap("1 per 14d") == Cap(1, Period(14, "d"))
    assert str(parse_cap(" 4  PER 90D")) == "4 per 90d"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("14d", '"14d" is not a limit: write a count, "per" and a period, such as 1 per 14d.'),
        ("1 per 0d", '"1 per 0d" has a period of zero: write a longer one, such as 1 per 14d.'),
        ("1 per day", '"day" is not a period: write a whole number and m, h, d or w, such as 24h or 14d.'),
    ],
)
def test_parse_cap_bad_text_says_what_to_write(text: str, words: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_cap(text)
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("text", "window", "canonical"),
    [
        ("always", ALWAYS, "always"),
        ("00:00-24:00", ALWAYS, "always"),
        ("Mon-Sat 09:00-19:00", Window((0, 1, 2, 3, 4, 5), time(9), time(19)), "Mon-Sat 09:00-19:00"),
        ("9:00 - 19:30", Window(ALL_DAYS, time(9), time(19, 30)), "09:00-19:30"),
        ("mon, wed , Fri-Sun 22:00-02:00", Window((0, 2, 4, 5, 6), time(22), time(2)), "Mon,Wed,Fri-Sun 22:00-02:00"),
        ("Sat - Mon 08:00-24:00", Window((0, 5, 6), time(8), time()), "Mon,Sat-Sun 08:00-24:00"),
        ("Sun 00:00-24:00", Window((6,), time(), time()), "Sun 00:00-24:00"),
    ],
)
def test_parse_window_good_text_gives_window_and_canonical_text(text: str, window: Window, canonical: str) -> None:
    parsed = parse_window(text)
    assert (parsed, str(parsed)) == (window, canonical)
    assert parse_window(canonical) == window


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", '"" is not a window: write always, or days and hours such as Mon-Sat 09:00-19:00.'),
        ("office", '"office" is not a window: write always, or days and hours such as Mon-Sat 09:00-19:00.'),
        ("Mon 9:00-25:00", '"25:00" in "Mon 9:00-25:00" is not a time of day: write hours and minutes, such as 09:00.'),
        ("Mo 09:00-10:00", '"Mo" in "Mo 09:00-10:00" is not a day: write Mon, Tue, Wed, Thu, Fri, Sat or Sun.'),
        ("09:00-09:00", '"09:00-09:00" opens and closes at the same time: write 00:00-24:00 for the whole day.'),
    ],
)
def test_parse_window_bad_text_says_what_to_write(text: str, words: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_window(text)
    assert str(caught.value) == words


@settings(max_examples=100)
@given(
    st.sets(st.integers(0, 6), min_size=1),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
)
def test_parse_window_of_its_own_text_is_the_same_window(days: set[int], start: time, end: time) -> None:
    if start == end:
        start = end = time()
    window = Window(tuple(sorted(days)), start, end)
    assert parse_window(str(window)) == window


@pytest.mark.parametrize(
    ("text", "local", "inside"),
    [
        ("Mon-Sat 09:00-19:00", datetime(2026, 3, 2, 9, 0), True),
        ("Mon-Sat 09:00-19:00", datetime(2026, 3, 2, 19, 0), False),
        ("Mon-Sat 09:00-19:00", datetime(2026, 3, 1, 12, 0), False),
        ("Fri 22:00-02:00", datetime(2026, 3, 6, 23, 0), True),
        ("Fri 22:00-02:00", datetime(2026, 3, 7, 1, 59), True),
        ("Fri 22:00-02:00", datetime(2026, 3, 6, 1, 59), False),
        ("Sun 20:00-24:00", datetime(2026, 3, 1, 23, 59), True),
        ("Sun 20:00-24:00", datetime(2026, 3, 2, 0, 0), False),
        ("always", datetime(2026, 3, 2, 0, 0), True),
        ("Mon 00:00-24:00", datetime(2026, 3, 3, 0, 0), False),
        ("Mon 00:00-24:00", datetime(2026, 3, 2, 23, 59), True),
    ],
)
def test_window_contains_local_clock(text: str, local: datetime, inside: bool) -> None:
    assert parse_window(text).contains(local) is inside
