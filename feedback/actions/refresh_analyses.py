"""Keep comparisons up to date: what has moved is computed again in turn, what nobody asks for goes."""

import time
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone, translation

from feedback.actions.analyse import analyse, due, judged_otherwise, mark_waiting, request_analysis
from feedback.dashboards.comparison import Query, UnknownJourney
from feedback.models import Analysis
from feedback.queries.analyses import claimable, hidden_otherwise, journeys_without_standing, watched
from feedback.queries.fingerprints import Fingerprint, fingerprints

BUDGET_SECONDS: Final = 45.0  # after which a call begins nothing new: the next one goes on
AROUND_EVERY: Final = timedelta(minutes=10)  # where only other journeys, asks or texts have moved
AT_LEAST_EVERY: Final = timedelta(days=1)
ASKED_WITHIN: Final = timedelta(days=1)  # windows and filters are kept up to date so long
KEPT_FOR: Final = timedelta(days=30)


def refresh_analyses(now: datetime | None = None, budget: float = BUDGET_SECONDS) -> dict[str, int]:
    """One round: begin, mark, compute, forget; what was done of each. Any number of rounds may run at once."""
    now = now or timezone.now()
    hidden_otherwise().delete()
    begun = sum(_begin(code) for code in journeys_without_standing())
    marked = _mark_moved(now)
    done = compute_waiting(budget)
    gone, _per_model = Analysis.objects.filter(standing=False, asked_at__lt=now - KEPT_FOR).delete()
    return {"begun": begun, "moved": marked, "computed": done, "forgotten": gone}


def compute_waiting(budget: float = BUDGET_SECONDS) -> int:
    """Compute what waits, one after the other, until the time is used; how many were stored."""
    began, done = time.monotonic(), 0
    for pk in list(claimable().values_list("pk", flat=True)):
        if done and time.monotonic() - began > budget:
            break
        done += analyse(pk)
    return done


def _begin(code: str) -> bool:
    with translation.override(settings.LANGUAGE_CODE):
        try:
            request_analysis(Query(code), wake=False, standing=True)
        except UnknownJourney:  # runs, but no version any more
            return False
    return True


def _mark_moved(now: datetime) -> int:
    """Those whose rows have moved, each after its rest."""
    rows = watched(now, ASKED_WITHIN)
    prints = fingerprints(sorted({row.journey_id for row in rows}))
    return sum(mark_waiting(row) for row in rows if _is_due(row, prints[row.journey_id], now))


def _is_due(row: Analysis, prints: Fingerprint, now: datetime) -> bool:
    if not due(row, now):
        return False
    if row.computed_at is None or row.computed_at + AT_LEAST_EVERY <= now or row.own != prints.own:
        return True
    if judged_otherwise(row, now):
        return True
    return row.around != prints.around and row.computed_at + AROUND_EVERY <= now
