"""Celery's way to Redis, mended: a worker must outlive a broker that went away while tasks were being done.

What such a worker still has to tell Redis (acknowledge, give back) it tells on a channel whose connection is gone.
kombu 5.7 fails there with an AttributeError, which Celery takes for a fault of its own: the worker ends. Told as what
it is, a lost connection, Celery goes on, and the message comes again; what a task does twice has no effect twice.
"""

from typing import Any

from kombu.transport import redis


class Channel(redis.Channel):
    """Tells of a lost connection as such, wherever one is needed."""

    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection is None or self.connection.client is None:
            raise ConnectionError("The connection to Redis was lost meanwhile.")
        return super()._connparams(asynchronous=asynchronous)  # type: ignore[misc]


class Transport(redis.Transport):
    """Redis with such channels."""

    Channel: Any = Channel
