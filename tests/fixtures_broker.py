"""Looks, while every test runs, that nothing is handed to the broker to be run later than in a minute (A9)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Final

import pytest
from celery import Celery, Task

MOST_SECONDS: Final = 60.0


def waits(options: dict[str, Any]) -> float:
    """Seconds that a call with these options lets the broker hold its message."""
    eta = options.get("eta")
    if eta is None:
        return float(options.get("countdown") or 0.0)
    at = eta if isinstance(eta, datetime) else datetime.fromisoformat(eta)
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()


def noting(call: Callable[..., Any], late: list[str]) -> Callable[..., Any]:
    """The call as it is; whatever it lets wait for too long is noted."""

    @wraps(call)
    def noted(self: Any, *args: Any, **options: Any) -> Any:
        if (seconds := waits(options)) > MOST_SECONDS:
            late.append(f"{getattr(self, 'name', '') or args[:1]} in {seconds:.0f} s")
        return call(self, *args, **options)

    return noted


@pytest.fixture(scope="session")
def handed_over_late() -> Iterator[list[str]]:
    """Calls of the whole run that let a message wait in the broker."""
    late: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Task, "apply_async", noting(Task.apply_async, late))
        patch.setattr(Celery, "send_task", noting(Celery.send_task, late))
        yield late


@pytest.fixture(autouse=True)
def _nothing_waits_in_the_broker(handed_over_late: list[str]) -> Iterator[None]:
    """Waiting is a column of a row (reliability R1): fails the test in which anything was to wait in the broker."""
    yield
    found, handed_over_late[:] = handed_over_late[:], []
    assert found == [], "handed to the broker to be run later"
