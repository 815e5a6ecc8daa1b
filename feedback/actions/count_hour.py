"""Count what happens in an hour or a minute: one row and one statement, so that parallel posts never slip through.

The count lives in the database, not in Redis: it is there wherever answers can be stored at all, so there is neither a
second server that may be away nor a choice between letting everybody in and nobody.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection

from feedback.models import HourCount

HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
COUNT: Final = """
    INSERT INTO feedback_hourcount (key, number, until) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET number = feedback_hourcount.number + 1 RETURNING number
"""
COUNT_UP_TO: Final = COUNT.replace("RETURNING", "WHERE feedback_hourcount.number < %s RETURNING")


def count_hour(what: str, now: datetime) -> int:
    """How often this has happened within the hour, this time included."""
    start = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [f"{what}:{start:%Y%m%d%H}"[-120:], start + HOUR])
        return int(cursor.fetchone()[0])


def count_minute(what: str, now: datetime, most: int) -> bool:
    """Count this within the minute, up to `most` times; False, and nothing is written, once there were as many."""
    start = now.astimezone(UTC).replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(COUNT_UP_TO, [f"{what}:{start:%Y%m%d%H%M}"[-120:], start + MINUTE, most])
        return cursor.fetchone() is not None


def forget_counts(now: datetime) -> int:
    """Delete the counts of hours that are over."""
    return HourCount.objects.filter(until__lt=now - HOUR).delete()[0]
