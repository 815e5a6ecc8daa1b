"""Waking workers: quickly given up where the broker is away, and never the caller's trouble."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.db import transaction

from cxsurvey.lib.nudge import Breaker, nudge, publish, waker
from tests.sinks import free_port


@pytest.fixture(autouse=True)
def _fresh_breaker() -> Iterator[None]:
    waker.flush()
    Breaker.closed_until = 0.0
    yield
    waker.flush()
    Breaker.closed_until = 0.0


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Point the application at another broker for one test."""

    def point(url: str) -> None:
        monkeypatch.setattr(current_app.conf, "broker_url", url)
        monkeypatch.setattr(current_app.conf, "broker_write_url", url)

    return point


def seconds_of(*args: Any) -> tuple[bool, float]:
    began = time.monotonic()
    return publish(*args), time.monotonic() - began


def test_publish_broker_refuses_is_told_at_once(broker: Any) -> None:
    broker(f"redis://127.0.0.1:{free_port()}/0")
    handed_over, seconds = seconds_of("surveys.deliver_due")
    assert (handed_over, seconds < 1.0) == (False, True)


def test_publish_broker_hangs_costs_about_a_second(broker: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        broker(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        handed_over, seconds = seconds_of("surveys.deliver_due")
        again, no_time = seconds_of("surveys.deliver_due")
    assert (handed_over, seconds < 3.5) == (False, True)
    assert (again, no_time < 0.1) == (False, True)  # nobody waits twice in a row


def test_publish_real_broker_takes_it() -> None:
    assert publish("surveys.nothing_listens_to_this", expires=1) is True


@pytest.mark.django_db
def test_nudge_waits_for_the_commit(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> None:
    told: list[tuple[Any, ...]] = []
    monkeypatch.setattr(waker, "tell", lambda *args: told.append(args))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        nudge("surveys.deliver_due", 7)
        assert (waker.flush(), told) == (True, [])
    assert waker.flush()
    assert told == [("surveys.deliver_due", 7)]


@pytest.mark.django_db
def test_nudge_without_broker_leaves_the_caller_alone(broker: Any, django_capture_on_commit_callbacks: Any) -> None:
    broker(f"redis://127.0.0.1:{free_port()}/0")
    with django_capture_on_commit_callbacks(execute=True) as callbacks, transaction.atomic():
        nudge("surveys.deliver_due")
    assert len(callbacks) == 1
    assert waker.flush()
    assert not Breaker.is_open()


@pytest.mark.django_db
def test_nudge_broker_hangs_costs_the_caller_nothing(broker: Any, django_capture_on_commit_callbacks: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        broker(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        began = time.monotonic()
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            nudge("surveys.deliver_due")
        assert time.monotonic() - began < 0.5
        assert waker.flush(10)
