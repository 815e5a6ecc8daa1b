"""What the answer to a question depends on, as two short hashes a journey, read in one query of index look-ups."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Model

from feedback.insights.versions import FORMULA_VERSION
from feedback.models import DataRevision, Response
from surveys.models import (
    AskDecision,
    DeliveryEvent,
    Department,
    Interaction,
    Invitation,
    Journey,
    JourneyVersion,
    Stage,
    SurveyVersion,
    Transition,
)

RUNS = "runs:"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """own: the journey's definition and its run rows; around: all else that enters, other journeys among it (BH)."""

    own: str
    around: str


def fingerprints(journeys: Sequence[int]) -> Mapping[int, Fingerprint]:
    """Of each of these journeys; constant work a journey, whatever its runs, in one query.

    Tables that are only added to are told by their highest id, moves of a delivery by its events; everything else by
    counters that the database keeps (`DataRevision`). Responses count for those about the bond, which have no run;
    erasing one computes its customer's runs again, which is counted.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [list(journeys)])
        rows = cursor.fetchall()
    return {
        journey: Fingerprint(_hash(FORMULA_VERSION, definition, runs), _hash(revisions, *highest))
        for journey, definition, runs, revisions, *highest in rows
    }


def fingerprint(journey: int) -> Fingerprint:
    """Of one journey."""
    return fingerprints([journey])[journey]


def _hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _highest(*models: type[Model]) -> str:
    tables = [model._meta.db_table for model in models]
    return ", ".join(f"(SELECT max(id) FROM {table})" for table in tables)  # noqa: S608


_JOURNEY, _VERSION = Journey._meta.db_table, JourneyVersion._meta.db_table
_STAGE, _TRANSITION = Stage._meta.db_table, Transition._meta.db_table
_SURVEYS, _REVISION = SurveyVersion._meta.db_table, DataRevision._meta.db_table
_SQL = f"""
WITH revisions AS (
    SELECT coalesce(string_agg(source || '=' || number, ',' ORDER BY source), '') AS told FROM {_REVISION}
)
SELECT j.id,
    md5(concat_ws('|', j.name,
        (SELECT string_agg(v::text, ',' ORDER BY v.id) FROM {_VERSION} v WHERE v.journey_id = j.id),
        (SELECT string_agg(s::text, ',' ORDER BY s.id) FROM {_STAGE} s
            JOIN {_VERSION} v ON v.id = s.version_id WHERE v.journey_id = j.id),
        (SELECT string_agg(t::text, ',' ORDER BY t.id) FROM {_TRANSITION} t
            JOIN {_VERSION} v ON v.id = t.version_id WHERE v.journey_id = j.id),
        (SELECT string_agg(concat_ws(':', q.id, q.state), ',' ORDER BY q.id) FROM {_SURVEYS} q
            JOIN surveys_survey s ON s.id = q.survey_id WHERE s.journey_id = j.id AND q.state <> 'draft'),
        (SELECT string_agg(d.name, ',' ORDER BY d.id) FROM {Department._meta.db_table} d))),
    coalesce((SELECT number FROM {_REVISION} WHERE source = '{RUNS}' || j.id), 0),
    revisions.told,
    {_highest(AskDecision, Invitation, DeliveryEvent, Interaction, Response)}
FROM {_JOURNEY} j CROSS JOIN revisions WHERE j.id = ANY(%s)
"""  # noqa: S608 - table names of our own models
