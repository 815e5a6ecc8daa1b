"""A thread that tells somebody something on behalf of all others of its process: soon, once, and at nobody's cost."""

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any, Final

log = logging.getLogger(__name__)

REST_SECONDS: Final = 0.2  # between two rounds: what is asked for meanwhile is told once
MOST: Final = 1_000  # that wait to be told; whoever listens looks for itself, too
LAST_SECONDS: Final = 2.0  # that the end of a process may wait for the last round


class Waker:
    """Calls `tell` with what was asked for, in a thread of its own; the same asked for often is told once a round."""

    def __init__(self, tell: Callable[..., object], rest: float = REST_SECONDS) -> None:
        self.tell, self._rest = tell, rest
        self._begin()
        os.register_at_fork(after_in_child=self._begin)  # no thread lives on in a child
        atexit.register(self.flush)

    def _begin(self) -> None:
        self._changed = threading.Condition()
        self._wanted: dict[tuple[Any, ...], None] = {}
        self.telling = False
        self._thread: threading.Thread | None = None

    def ask(self, *what: Any) -> None:
        """Have this told, as soon as the thread comes to it; dropped where too much waits already."""
        with self._changed:
            if len(self._wanted) >= MOST:
                return
            self._wanted[what] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="waker", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, seconds: float = LAST_SECONDS) -> bool:
        """Wait until all is told; False where that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._wanted and not self.telling, seconds)

    def _run(self) -> None:
        while True:
            self._round()
            time.sleep(self._rest)

    def _round(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: bool(self._wanted))
            wanted, self._wanted, self.telling = list(self._wanted), {}, True
        for what in wanted:
            try:
                self.tell(*what)
            except Exception:
                log.exception("Nobody could be told of %s.", what)
        with self._changed:
            self.telling = False
            self._changed.notify_all()
