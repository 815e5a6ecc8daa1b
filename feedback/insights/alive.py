"""Long work says that it is alive, and learns that it is wanted no more: the listener raises where it should end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_listener: ContextVar[Callable[[], None] | None] = ContextVar("alive", default=None)


def tick() -> None:
    """Call it in every loop that may take longer than a second; without a listener it costs nothing.

    Never while the database connection is busy with a result: the listener may want to ask it something.
    """
    listener = _listener.get()
    if listener is not None:
        listener()


@contextmanager
def heard_by(listener: Callable[[], None]) -> Iterator[None]:
    """Have this listener hear every tick within; what it raises ends the work."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
