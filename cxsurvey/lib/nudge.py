"""Waking the workers: a hint after commit, never the record. The rows are the jobs (reliability R1)."""

import logging
import time
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 1.0  # a hanging broker must never cost a customer his page
PAUSE_SECONDS = 5.0  # after a failure nobody waits for the broker again for so long


class Breaker:
    """Remembers in this process that the broker was away a moment ago."""

    closed_until = 0.0

    @classmethod
    def trip(cls) -> None:
        cls.closed_until = time.monotonic() + PAUSE_SECONDS

    @classmethod
    def is_open(cls) -> bool:
        return time.monotonic() >= cls.closed_until


def nudge(task: str, *ids: int) -> None:
    """After the commit, wake a worker for this task; where the broker cannot be reached, the sweeper finds the rows."""
    transaction.on_commit(partial(publish, task, *ids), robust=True)


def publish(task: str, *args: int, kwargs: dict[str, Any] | None = None, expires: float | None = None) -> bool:
    """Hand the task to the broker now: once, within about a second. False: the broker cannot be reached."""
    if not Breaker.is_open():
        return False
    link = current_app.connection_for_write(connect_timeout=TIMEOUT_SECONDS, transport_options=_options())
    errors: tuple[type[BaseException], ...] = (OperationalError, OSError, *link.connection_errors, *link.channel_errors)
    try:
        with link:
            current_app.send_task(task, args=args, kwargs=kwargs, expires=expires, connection=link, retry=False)
    except errors as trouble:
        Breaker.trip()
        log.warning("The broker cannot be reached (%s); the sweeper does the work instead.", trouble)
        return False
    return True


def _options() -> dict[str, Any]:
    """One try, one second: kombu's own defaults would go on trying for ever."""
    once = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "connect_retries_timeout": TIMEOUT_SECONDS}
    return once | {"socket_timeout": TIMEOUT_SECONDS, "socket_connect_timeout": TIMEOUT_SECONDS}
