"""Signals that have to wait: a worker told to end finishes the messages in its hand first."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

# Celery ends its processes by SIGTERM when it loses the broker, and tells them of the soft time limit by SIGUSR1.
TOLD_TO_END: Final = frozenset({signal.SIGTERM, signal.SIGUSR1})


@contextmanager
def uninterrupted() -> Iterator[Callable[[], bool]]:
    """Hold back what tells this thread to end, until the block is over; SIGKILL cannot be held back.

    Gives a question: whether it has been told so meanwhile.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, TOLD_TO_END)
    try:
        yield lambda: bool(TOLD_TO_END & signal.sigpending())
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def leave_signals_to_others() -> None:
    """This thread takes no signal of the process: otherwise one that the main thread holds back would come through."""
    signal.pthread_sigmask(signal.SIG_BLOCK, TOLD_TO_END)
