"""Importing a library without the heavy libraries that it would pull in only because they are installed."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.Lock()


@contextmanager
def blocked(*names: str) -> Iterator[None]:
    """While inside, importing these raises ImportError; those that are loaded already stay usable."""
    with _LOCK:
        absent = [name for name in names if name not in sys.modules]
        for name in absent:
            sys.modules[name] = None  # type: ignore[assignment]  # the import system's own way to say "not there"
        try:
            yield
        finally:
            for name in absent:
                if sys.modules.get(name) is None:
                    sys.modules.pop(name, None)
