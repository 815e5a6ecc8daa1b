"""A lost broker is looked for every ten seconds at least."""

import pytest
import time_machine
from celery import current_app
from kombu.exceptions import OperationalError

from cxsurvey.lib.broker_connection import LONGEST_SECONDS, BrokerConnection


def test_connections_of_celery_are_ours() -> None:
    with current_app.connection_for_read() as link:
        assert type(link) is BrokerConnection


def test_lost_broker_waits_never_longer_than_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", lambda _seconds: None)
    with time_machine.travel(0, tick=False), pytest.raises(OperationalError):
        BrokerConnection("redis://127.0.0.1:1/0").ensure_connection(lambda _error, wait: waits.append(wait), 9)
    assert max(waits) == LONGEST_SECONDS
    assert waits == sorted(waits)
