"""Tell kept comparisons that rows were moved: one counter a source goes up."""

from collections.abc import Iterable

from django.db import connection

from feedback.models import DataRevision
from feedback.queries.fingerprints import RUNS


def runs_moved(journeys: Iterable[int]) -> None:
    """Count one up for the run rows of each of these journeys, in one statement.

    Call it last in a transaction: the counters stay locked until it ends. In order of the source, so that two
    transactions never wait for each other crosswise.
    """
    sources = sorted(f"{RUNS}{journey}" for journey in set(journeys))
    if not sources:
        return
    table = DataRevision._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (source, number) SELECT source, 1 FROM unnest(%s::text[]) AS source"  # noqa: S608
            f" ON CONFLICT (source) DO UPDATE SET number = {table}.number + 1",
            [sources],
        )
