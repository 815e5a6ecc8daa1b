"""Background work of listening. A task calls one action and returns counts; the rows are the jobs, so twice is once.

No slot guard: both actions lock the rows they take and skip those in another worker's hand, so runs may overlap.
"""

from celery import shared_task

from cxsurvey.lib.nudge import nudge
from feedback.actions.refresh_runs import refresh_runs
from feedback.actions.score_texts import score_texts

# One task stays far below the time limit; what is left wakes the next one.
TEXTS_PER_TASK = 5_000
RUNS_PER_TASK = 5_000


@shared_task(name="feedback.score_texts")
def score_texts_task() -> dict[str, int]:
    """Score the texts that wait; label -> number."""
    counts = score_texts(limit=TEXTS_PER_TASK)
    if sum(counts.values()) == TEXTS_PER_TASK:
        nudge("feedback.score_texts")
    return counts


@shared_task(name="feedback.refresh_runs")
def refresh_runs_task() -> int:
    """Compute the rows of stale runs; how many were written."""
    done = refresh_runs(limit=RUNS_PER_TASK)
    if done == RUNS_PER_TASK:
        nudge("feedback.refresh_runs")
    return done
