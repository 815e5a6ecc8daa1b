"""Signals that have to wait: a worker told to end finishes the message in its hand first."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# Celery ends its processes by SIGTERM when it loses the broker, and tells them of the soft time limit by SIGUSR1.
TOLD_TO_END: Final = frozenset({signal.SIGTERM, signal.SIGUSR1})


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold back what tells this thread to end, until the block is over; SIGKILL cannot be held back."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, TOLD_TO_END)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
