"""The sweeper: every job of the schedule again, by the broker where it is there, by hand where it is not (R1)."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.db import InterfaceError, OperationalError, close_old_connections

from cxsurvey.celery import JOBS, app, arguments
from cxsurvey.lib.nudge import publish
from surveys.queries.due import overdue_for

log = logging.getLogger(__name__)

PATIENCE: Final = timedelta(seconds=90)  # longer overdue: the workers are gone or stuck, whatever the broker says
DELIVER: Final = "surveys.deliver_due"
ROUNDS: Final = 20  # batches that the sweeper itself sends before it looks at the other jobs again


class Sweeper:
    """Knows when it has last seen to each job."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, float] = {}

    def sweep(self, *, by_hand: bool = False) -> dict[str, str]:
        """See to every job whose time has come; per job: woken, or what it did. `by_hand` asks no broker."""
        close_old_connections()
        told: dict[str, str] = {}
        for name, task, seconds, slotted in JOBS:
            if self._clock() - self._seen.get(name, -float(seconds)) < seconds:
                continue
            self._seen[name] = self._clock()
            told[name] = self._see_to(task, seconds, slotted, by_hand=by_hand)
        return told

    def _see_to(self, task: str, seconds: int, slotted: bool, *, by_hand: bool) -> str:
        call = arguments(seconds, slotted)
        if not by_hand and publish(task, kwargs=call, expires=seconds):
            if task != DELIVER or overdue_for() < PATIENCE:
                return "woken"
            log.warning("Messages have been due for more than %s: sending them from here.", PATIENCE)
        try:
            return run_here(task, call)
        except (OperationalError, InterfaceError) as trouble:
            log.warning("%s: the database cannot be reached (%s); next round.", task, trouble)
            return "no database"
        except Exception:  # one broken job must not keep the others from being done
            log.exception("%s failed in the sweeper.", task)
            return "failed"


def run_here(task: str, call: dict[str, int]) -> str:
    """Run the very function that a worker would run; sending goes on while there is more."""
    app.loader.import_default_modules()  # what a worker does at its start; a second time it costs nothing
    total = ""
    for _ in range(ROUNDS):
        counts = app.tasks[task](**call)
        total = f"{total}; {counts}" if total else f"{counts}"
        if task != DELIVER or not counts.get("claimed"):
            break
    return total
