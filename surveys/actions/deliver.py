"""Sends what is due: claim a batch, and per message recheck, freeze, mark `sending`, send, record (reliability R1-R8).

Each message costs two commits, one before and one after the carrier; nothing is sent inside a transaction. Whoever
calls it, task or sweeper, any number at once, no message is handed over twice.
"""

import os
import socket
import time
from collections import Counter
from typing import Final

from django.conf import settings
from django.utils import timezone

from cxsurvey.lib.nudge import publish
from surveys.actions import deliver_moves as moves
from surveys.actions.deliver_batch import Batch
from surveys.actions.deliver_one import deliver_one
from surveys.actions.reconcile import release_lost
from surveys.actions.restore import notice_restore, remember_sent

# A run takes no new message after this long: within the worker's soft shutdown (30 s), far below the 60 s of R4.
RUN_SECONDS: Final = 25.0
TASK: Final = "surveys.deliver_due"
LARGEST_BATCH: Final = 500


def deliver_due(limit: int | None = None, worker: str = "") -> dict[str, int]:
    """Send up to `limit` due messages (default: one batch), for at most RUN_SECONDS.

    The counts say how many were claimed and what became of them, by state; `late` are records refused because the
    lease had gone to somebody else.
    """
    if notice_restore(timezone.now()):
        return {}
    release_lost()
    counts: Counter[str] = Counter()
    ends = time.monotonic() + RUN_SECONDS
    total = settings.DELIVERY_BATCH if limit is None else limit
    full = True
    while full and counts["claimed"] < total and time.monotonic() < ends:
        size = min(settings.DELIVERY_BATCH, LARGEST_BATCH, total - counts["claimed"])
        full = _deliver_batch(size, worker or this_worker(), ends, counts) == size
    if counts["claimed"]:
        remember_sent()
    if full and counts["claimed"]:
        publish(TASK)  # there may be more: somebody go on, without waiting for the sweeper
    return {name: number for name, number in counts.items() if number}


def this_worker() -> str:
    """Who has a message in hand, for those who look into an unknown one."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _deliver_batch(size: int, worker: str, ends: float, counts: Counter[str]) -> int:
    """Claim one batch and work through it; the number claimed."""
    claims, clock = moves.claim(size, worker, settings.DELIVERY_LEASE_SECONDS)
    if not claims or clock is None:
        return 0
    counts["claimed"] += len(claims)
    with Batch(claims, clock, worker) as batch:
        counts.update(batch.sort_out())
        while batch.waiting:
            if time.monotonic() >= ends:
                counts["queued"] += batch.put_back("the run's time is over")
                break
            counts[deliver_one(batch, batch.waiting.popleft())] += 1
    return len(claims)
