"""Bring run rows up to date: whole rows are computed anew, so the incremental and the full result are the same."""

from collections.abc import Sequence
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from feedback.actions.data_moved import runs_moved
from feedback.models import RunScore
from feedback.queries.run_rows import COLUMNS, RUN_ROWS, former_questions, scale_names
from surveys.models import JourneyRun

BATCH: Final = 2_000
_UPDATES = ", ".join(f"{column} = excluded.{column}" for column in COLUMNS if column != "run_id")
_WRITE = f"""
    WITH written AS (
        INSERT INTO {RunScore._meta.db_table} ({", ".join(COLUMNS)}) {RUN_ROWS}
        ON CONFLICT (run_id) DO UPDATE SET {_UPDATES} RETURNING journey_id
    )
    SELECT journey_id, count(*) FROM written GROUP BY journey_id
"""  # noqa: S608 - names of our own columns


def refresh_runs(run_ids: Sequence[int] | None = None, limit: int | None = None) -> int:
    """Compute the rows of stale runs (of these, or of any) in batches; return how many were written.

    A batch locks its runs, clears their stale marks and writes the rows in one transaction: an answer committed later
    marks its run stale again. Rows locked by somebody else are left to him.
    """
    done = 0
    while limit is None or done < limit:
        size = BATCH if limit is None else min(BATCH, limit - done)
        count = _refresh_batch(run_ids, size)
        if not count:
            break
        done += count
    return done


def rebuild_runs(journey_code: str | None = None) -> int:
    """Mark every run (of one journey) stale and compute all rows again."""
    runs = JourneyRun.objects.filter(journey__code=journey_code) if journey_code else JourneyRun.objects.all()
    runs.update(stale=True)
    return refresh_runs()


@transaction.atomic
def _refresh_batch(run_ids: Sequence[int] | None, size: int) -> int:
    stale = JourneyRun.objects.filter(stale=True)
    if run_ids is not None:
        stale = stale.filter(pk__in=run_ids)
    ids = list(stale.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)[:size])
    if not ids:
        return 0
    JourneyRun.objects.filter(pk__in=ids).update(stale=False)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")  # compiling the statement would take longer than running it
        cursor.execute(_WRITE, {"runs": ids, "now": timezone.now(), **scale_names(), "former": former_questions()})
        written = dict(cursor.fetchall())
    runs_moved(written)
    return sum(written.values())
