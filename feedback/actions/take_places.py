"""A complete response takes its place in the quotas that it belongs to; the last place may close the survey."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from feedback.actions.occasions import Occasion
from feedback.models import QuotaCount
from surveys.actions.schedule import close_now
from surveys.logic.path import walk
from surveys.logic.quotas import limits, match, quota_named
from surveys.question_kinds import RawValue

_TAKE = f"""
    INSERT INTO {QuotaCount._meta.db_table} AS q (survey_id, code, taken) VALUES (%s, %s, 1)
    ON CONFLICT (survey_id, code) DO UPDATE SET taken = q.taken + 1 WHERE q.taken < %s
    RETURNING taken
"""  # noqa: S608 - a name of our own table


def take_places(occasion: Occasion, values: Mapping[str, RawValue], now: datetime) -> list[str]:
    """Codes of the quotas in which a place was taken. Call it in the transaction that stores the response.

    Whoever was sent away by a full quota takes no place in any. Two who come for the last place at once both are
    thanked, and one of them is counted.
    """
    document = occasion.version.document
    wanted = limits(document)
    if not wanted or walk(document, values, occasion.context, occasion.order, occasion.full).quota:
        return []
    taken = []
    for code in match(document, values, occasion.context):
        places = _take(occasion.version.survey_id, code, wanted[code])
        if places:
            taken.append(code)
        if places == wanted[code] and quota_named(document, code).get("action") == "close":
            close_now(occasion.version.survey_id, now)
    return taken


def _take(survey_id: int, code: str, limit: int) -> int:
    """How many places are taken now; 0 where none was left."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [survey_id, code, limit])
        row = cursor.fetchone()
    return int(row[0]) if row else 0
