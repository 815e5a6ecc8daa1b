"""Lanes: several connections to one carrier, over which messages leave side by side.

A lane is a thread that knows carriers only: it never touches the database, so that whoever owns the batch alone writes,
and knows at every moment what is leaving. One lane alone needs no thread.
"""

import logging
import threading
import time
from queue import Empty, SimpleQueue
from typing import Final, NamedTuple

from cxsurvey.lib.signals import leave_signals_to_others
from surveys.actions.deliver_carriers import carrier_for
from surveys.channels.base import Channel as Carrier
from surveys.channels.base import ChannelFailure, Message, Receipt

log = logging.getLogger(__name__)

GOODBYE_SECONDS: Final = 2.0  # for a lane to close its connection; one that hangs is left behind


class Came(NamedTuple):
    """What came back for one message: the receipt, or the failure."""

    id: int
    receipt: Receipt | None
    failure: Exception | None


class Job(NamedTuple):
    """One message to be handed over."""

    id: int
    message: Message


class Opened(NamedTuple):
    """A further lane has its connection."""


class Lanes:
    """The lanes of one channel, for a run. ValueError where no carrier is set up, TemporaryFailure where it is away."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self._first = carrier_for(channel)
        self._first.open()
        self.name = self._first.name
        self.in_flight = 0
        self._open = 1
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._news: SimpleQueue[Came | Opened] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def widen(self, most: int) -> None:
        """Up to so many lanes. Further ones open by themselves; those that cannot are done without."""
        if most > 1 and not self._threads:
            self._start(self._first)
        while self._threads and len(self._threads) < most:
            self._start(None)

    @property
    def width(self) -> int:
        """Lanes that have their connection."""
        return self._open

    @property
    def free(self) -> int:
        return self._open - self.in_flight

    def give(self, job: Job) -> None:
        """Hand one message over; it has been marked, and there is a free lane."""
        self.in_flight += 1
        if self._threads:
            self._jobs.put(job)
        else:
            self._news.put(_send(self._first, job))

    def came(self, *, wait: bool, patience: float = 0.0) -> list[Came]:
        """What has come back since; `wait`: at least one, where anything is under way; the others for `patience` s."""
        found: list[Came] = []
        ends = time.monotonic() + patience
        while True:
            must = wait and not found and self.in_flight > 0
            left = ends - time.monotonic() if self.in_flight else 0.0
            try:
                news = self._news.get(block=must or left > 0, timeout=None if must else max(left, 0.0))
            except Empty:
                return found
            if isinstance(news, Opened):
                self._open += 1
                continue
            self.in_flight -= 1
            found.append(news)

    def close(self) -> None:
        """Close all connections; whatever is still leaving then is of unknown fate."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(GOODBYE_SECONDS)
        if not self._threads:
            self._first.close()
        self._threads.clear()

    def _start(self, carrier: Carrier | None) -> None:
        thread = threading.Thread(target=self._work, args=(carrier,), name=f"lane {self.channel}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self, carrier: Carrier | None) -> None:
        leave_signals_to_others()
        if carrier is None:
            carrier = carrier_for(self.channel)
            try:
                carrier.open()
            except ChannelFailure as failure:
                log.warning("No further connection for %s, it goes on with fewer: %s", self.channel, failure.detail)
                return
            self._news.put(Opened())
        while job := self._jobs.get():
            self._news.put(_send(carrier, job))
        carrier.close()


def _send(carrier: Carrier, job: Job) -> Came:
    try:
        return Came(job.id, carrier.send(job.message), None)
    except Exception as trouble:  # noqa: BLE001 - whatever breaks here, the message may have left
        return Came(job.id, None, trouble)
