"""How long a process that has lost its broker waits before it looks again: ten seconds at most, and for ever."""

from typing import Any

from celery.app.amqp import AMQP
from kombu import Connection

LONGEST_SECONDS = 10.0  # kombu's own 30 would let a queue wait that long after the broker has come back


class BrokerConnection(Connection):
    """Looks for a lost broker more often."""

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        return super().ensure_connection(*args, **{"interval_max": LONGEST_SECONDS, **options})


class BrokerAMQP(AMQP):
    """Celery's messaging with such connections."""

    Connection = BrokerConnection
