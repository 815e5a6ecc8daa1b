"""Periods as a canonical programme file writes them."""

from datetime import timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def write_period(period: timedelta) -> str:
    """24h, 14d, 30m: days from two days on where they come out even, else hours, else minutes."""
    if period >= 2 * DAY and not period % DAY:
        return f"{period // DAY}d"
    if not period % HOUR:
        return f"{period // HOUR}h"
    return f"{period // timedelta(minutes=1)}m"
