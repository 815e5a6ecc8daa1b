"""What the designer must know of a survey's answers, written where it may read: surveys never looks into feedback."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection

from feedback.models import Response
from surveys.models import Survey

FEWEST: Final = 20  # answering times under so many are no median to plan with
LONGEST: Final = 3600  # seconds: whoever took longer did something else meanwhile
NEWEST: Final = 500

_TELL = f"""
    UPDATE {Survey._meta.db_table} s SET answered = told.answered, answering_seconds = told.seconds
    FROM (
        SELECT s.id,
            (SELECT count(*) FROM {Response._meta.db_table} r WHERE r.survey_id = s.id AND r.complete) AS answered,
            (SELECT CASE WHEN count(*) >= %(fewest)s THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY n.seconds) END
            FROM (
                SELECT r.seconds FROM {Response._meta.db_table} r
                WHERE r.survey_id = s.id AND r.complete AND r.seconds BETWEEN 1 AND %(longest)s
                ORDER BY r.answered_at DESC LIMIT %(newest)s
            ) n) AS seconds
        FROM {Survey._meta.db_table} s
    ) told
    WHERE told.id = s.id AND (s.answered, s.answering_seconds) IS DISTINCT FROM (told.answered, told.seconds)
"""  # noqa: S608 - names of our own tables

_LEARN = f"""
    UPDATE {Survey._meta.db_table} SET told_of = ARRAY(
        SELECT DISTINCT code FROM unnest(told_of || %(codes)s::varchar[]) AS code ORDER BY code
    )
    WHERE journey_id = %(journey)s AND NOT told_of @> %(codes)s::varchar[]
"""  # noqa: S608


def tell_surveys(_now: datetime) -> dict[str, int]:
    """How many complete responses each survey has, and how long answering takes; surveys whose figures moved."""
    with connection.cursor() as cursor:
        cursor.execute(_TELL, {"fewest": FEWEST, "longest": LONGEST, "newest": NEWEST})
        return {"told": cursor.rowcount}


def note_questions_used(journey_id: int, value: Mapping[str, Any]) -> int:
    """Remember which questions a comparison's findings used; what was used once stays so. Surveys that learned."""
    with connection.cursor() as cursor:
        cursor.execute(_LEARN, {"journey": journey_id, "codes": sorted(used_codes(value))})
        return int(cursor.rowcount)


def used_codes(value: Mapping[str, Any]) -> set[str]:
    """Codes of questions that stand behind something a comparison names."""
    drivers = value.get("drivers") or {}
    found = {str(item["code"]).rpartition(".")[2] for item in drivers.get("items") or () if item.get("finding")}
    if (value.get("gap") or {}).get("finding") and drivers.get("outcome"):
        found.add(str(drivers["outcome"]).rpartition(".")[2])
    return found
