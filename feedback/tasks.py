"""Background work of listening. A task calls one action and returns counts; the rows are the jobs, so twice is once.

Those without a slot lock the rows they take and skip those in another worker's hand, so their runs may overlap.
"""

from celery import shared_task
from django.utils import timezone

from cxsurvey.lib.nudge import nudge
from feedback.actions.analyse import analyse
from feedback.actions.close_partials import close_partials
from feedback.actions.converse import converse
from feedback.actions.raise_follow_ups import raise_follow_ups
from feedback.actions.refresh_analyses import refresh_analyses
from feedback.actions.refresh_runs import refresh_runs
from feedback.actions.score_texts import score_texts
from feedback.actions.tell_surveys import tell_surveys
from surveys.actions.slots import in_slot

# One task stays far below the time limit; what is left wakes the next one.
TEXTS_PER_TASK = 5_000
RUNS_PER_TASK = 5_000

# A comparison of a million runs takes minutes on a slow machine; its claim, not the broker, keeps two workers apart.
ANALYSIS_SOFT_LIMIT, ANALYSIS_LIMIT = 900, 960


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


@shared_task(name="feedback.analyse", soft_time_limit=ANALYSIS_SOFT_LIMIT, time_limit=ANALYSIS_LIMIT)
def analyse_task(analysis_id: int) -> bool:
    """Compute one comparison that somebody waits for; whether it was stored."""
    return analyse(analysis_id)


@shared_task(name="feedback.refresh_analyses", soft_time_limit=ANALYSIS_SOFT_LIMIT, time_limit=ANALYSIS_LIMIT)
def refresh_analyses_task() -> dict[str, int]:
    """Compute again what has moved, and what waits; how many."""
    return refresh_analyses()


@shared_task(name="feedback.raise_follow_ups")
def raise_follow_ups_task(every: int = 0) -> dict[str, int]:
    """Raise follow-ups where a run needs somebody; how many were raised and reopened."""
    return in_slot("raise-follow-ups", every, raise_follow_ups)


@shared_task(name="feedback.converse")
def converse_task() -> dict[str, int]:
    """Handle replies by text message; conversations are locked one by one, so any number of these may run."""
    return converse(timezone.now())


@shared_task(name="feedback.tell_surveys")
def tell_surveys_task(every: int = 0) -> dict[str, int]:
    """Tell surveys how often and how quickly they are answered; how many learned something."""
    return in_slot("tell-surveys", every, tell_surveys)


@shared_task(name="feedback.close_partials")
def close_partials_task(every: int = 0) -> dict[str, int]:
    """Count what customers saved and never sent, once their link has ended; how many."""
    return in_slot("close-partials", every, close_partials)
