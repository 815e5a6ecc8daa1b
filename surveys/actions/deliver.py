"""Sends what is due: claim a batch, and per message recheck, freeze, mark `sending`, send, record (reliability R1-R8).

Each message is written down before and after the carrier has it, in commits that messages share; nothing is sent inside
a transaction. Whoever calls it, task or sweeper, any number at once, no message is handed over twice.
"""

import logging
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
from surveys.actions.deliver_lanes import Lanes
from surveys.actions.deliver_rounds import Rounds
from surveys.actions.reconcile import release_lost
from surveys.actions.restore import notice_restore, remember_sent
from surveys.channels.base import TemporaryFailure

log = logging.getLogger(__name__)

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
    run = _Run(worker or this_worker(), time.monotonic() + RUN_SECONDS)
    total = settings.DELIVERY_BATCH if limit is None else limit
    full = True
    try:
        while full and run.counts["claimed"] < total and not run.is_over():
            size = min(settings.DELIVERY_BATCH, LARGEST_BATCH, total - run.counts["claimed"])
            full = run.batch(size) == size
    finally:
        run.close()
    if run.counts["claimed"]:
        remember_sent()
    if full and run.counts["claimed"]:
        publish(TASK)  # there may be more: somebody go on, without waiting for the sweeper
    return {str(name): number for name, number in run.counts.items() if number}


def this_worker() -> str:
    """Who has a message in hand, for those who look into an unknown one."""
    return f"{socket.gethostname()}:{os.getpid()}"


class _Run:
    """Batches one after the other, over the same connections."""

    def __init__(self, worker: str, ends: float) -> None:
        self.counts: Counter[str] = Counter()
        self._worker, self._ends = worker, ends
        self._lanes: dict[str, Lanes] = {}

    def is_over(self) -> bool:
        return time.monotonic() >= self._ends

    def batch(self, size: int) -> int:
        """Claim one batch and work through it; the number claimed."""
        claims, clock = moves.claim(size, self._worker, settings.DELIVERY_LEASE_SECONDS)
        if not claims or clock is None:
            return 0
        batch = Batch(claims, clock, self._worker)
        batch.sort_out()
        while batch.waiting:
            self._send(batch, batch.waiting[0].channel)
        self.counts.update({"claimed": len(claims)} | batch.counts)
        return len(claims)

    def _send(self, batch: Batch, channel: str) -> None:
        """What waits for this channel; nothing of it is tried where the carrier is away, or not set up."""
        try:
            lanes = self._lanes.get(channel) or Lanes(channel)
        except (TemporaryFailure, ValueError) as trouble:
            log.warning("The carrier of %s cannot be reached: %s", channel, trouble)
            batch.put_back_channel(channel, str(trouble))
            return
        self._lanes[channel] = lanes
        Rounds(batch, lanes, self._ends).run()

    def close(self) -> None:
        for lanes in self._lanes.values():
            lanes.close()
