"""Celery's way to Redis, mended: a worker must outlive a broker that went away while tasks were being done.

A task that ends while Redis is away is acknowledged on a channel whose connection is gone. kombu 5.7 fails there with
an AttributeError, which Celery takes for a fault of its own: the worker ends. Told as what it is, a lost connection,
Celery goes on, and the message comes again; whatever a task does twice has no effect twice.
"""

from typing import Any

from kombu.transport import redis


class Channel(redis.Channel):
    """Tells of a lost connection as such."""

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        self._insist_on_a_connection()
        super().basic_ack(delivery_tag, multiple=multiple)

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:
        self._insist_on_a_connection()
        super().basic_reject(delivery_tag, requeue=requeue)

    def _insist_on_a_connection(self) -> None:
        if self.connection is None or self.connection.client is None:
            raise ConnectionError("The connection to Redis was lost meanwhile.")


class Transport(redis.Transport):
    """Redis with such channels."""

    Channel: Any = Channel
