"""Waking the workers: a hint after commit, never the record. The rows are the jobs (reliability R1)."""

import logging
import os
import time
from functools import lru_cache, partial
from typing import Any, NamedTuple

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import LimitExceeded, OperationalError
from kombu.pools import ProducerPool

from cxsurvey.lib.failpoints import failpoint
from cxsurvey.lib.waker import Waker

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 1.0
THREADS = 8  # of one process, that publish at once
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
    """After the commit, wake a worker for this task; where the broker cannot be reached, the sweeper finds the rows.

    A thread does it, so that nobody waits for the broker, and once for all who nudge within a fifth of a second:
    telling it twice for each answer took a quarter of what a customer's post took.
    """
    transaction.on_commit(partial(waker.ask, task, *ids), robust=True)


def publish(task: str, *args: int, kwargs: dict[str, Any] | None = None, expires: float | None = None) -> bool:
    """Hand the task to the broker now: once, within about a second. False: the broker cannot be reached."""
    failpoint("before_enqueue")
    url = str(current_app.conf.broker_write_url or current_app.conf.broker_url)
    if url == settings.NO_BROKER or not Breaker.is_open():
        return False
    pool = _pool(os.getpid(), url)
    try:
        with pool.producers.acquire(block=True, timeout=TIMEOUT_SECONDS) as producer:
            publishing: dict[str, Any] = {"producer": producer, "retry": False, "confirm_timeout": TIMEOUT_SECONDS}
            current_app.send_task(task, args=args, kwargs=kwargs, expires=expires, **publishing)
    except pool.errors as trouble:
        Breaker.trip()
        log.warning("The broker cannot be reached (%s); the sweeper does the work instead.", trouble)
        return False
    return True


waker = Waker(publish)


class Pool(NamedTuple):
    """Open broker connections, and what they raise when the broker is away."""

    producers: ProducerPool
    errors: tuple[type[BaseException], ...]


@lru_cache(maxsize=2)
def _pool(_process: int, _url: str) -> Pool:
    """The pool of this process (a fork gets its own): opening a connection a call cost six times the publishing."""
    link = current_app.connection_for_write(connect_timeout=TIMEOUT_SECONDS, transport_options=_options())
    errors: tuple[Any, ...] = (OperationalError, OSError, LimitExceeded, *link.connection_errors, *link.channel_errors)
    return Pool(ProducerPool(connections=link.Pool(limit=THREADS), limit=THREADS), errors)


def _options() -> dict[str, Any]:
    """One try, one second: kombu's own defaults would go on trying for ever."""
    once = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "connect_retries_timeout": TIMEOUT_SECONDS}
    redis = {"socket_timeout": TIMEOUT_SECONDS, "socket_connect_timeout": TIMEOUT_SECONDS}
    rabbit = {"read_timeout": TIMEOUT_SECONDS, "write_timeout": TIMEOUT_SECONDS}
    return once | redis | rabbit  # each transport takes its own and leaves the others alone
