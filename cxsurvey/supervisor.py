"""`make demo` and `make run`: starts everything in order, keeps it running, stops it cleanly.

Imports no Django: it stays small and outlives whatever its children do.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time

from .processes import state
from .processes.installation import Installation
from .processes.keeper import Keeper, Stopping
from .processes.spawn import adopt_orphans, die_with_parent
from .processes.trouble import Trouble

LOCK_SECONDS = 12.0  # an installation that is just being stopped is gone by then


def main(argv: list[str]) -> int:
    """Serve until Ctrl-C or SIGTERM (ONCE=1: only the demo's main job) and return the exit code."""
    mode = argv[0] if argv else "run"
    keeper = Keeper(say)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: _ask_to_stop(keeper))
    if "--with-parent" in argv:
        die_with_parent()
    adopt_orphans()
    try:
        installation = Installation(mode, keeper)
        lock = take_lock()
    except Trouble as problem:
        say(f"{problem}")
        return 2
    return serve(installation, keeper, lock, once=is_true("ONCE"))


def serve(installation: Installation, keeper: Keeper, lock: int, *, once: bool) -> int:
    """Start, run, stop; whatever happens, nothing stays behind."""
    try:
        installation.start()
        code = installation.main_job(once=once)
        if not once:
            installation.announce()
            while True:
                keeper.pause(3600)
    except Stopping:
        say("Stopping …")
        code = 130 if once else 0  # asked to stop before the job was done
    except Trouble as problem:
        say(f"{problem}")
        code = 2
    finally:
        state.unpublish()
        began, started = time.monotonic(), bool(keeper.children)
        keeper.stop()
        os.close(lock)
    if started:
        say(f"Stopped in {time.monotonic() - began:.1f} s; the data is kept in {state.var()}.")
    return code


def take_lock() -> int:
    """Take the installation's lock; Trouble, naming who has it and where it serves, when it is running."""
    deadline = time.monotonic() + LOCK_SECONDS
    while (lock := state.hold(state.var() / "running.lock")) is None:
        if note := state.published():
            where = f" and serves {note['address']}" if note["address"] else ""
            raise Trouble(
                f"{note['what']} is already running in this folder (process {note['pid']}){where}: "
                "use that one, or stop it with Ctrl-C first."
            )
        if time.monotonic() > deadline:
            raise Trouble("Another start in this folder is still under way: wait for it, or stop it, then try again.")
        time.sleep(0.1)
    state.unpublish()  # of a run that was killed
    return lock


def is_true(name: str) -> bool:
    return os.environ.get(name, "").lower() in ("1", "true", "yes", "on")


def say(text: str) -> None:
    """Print a line at once; a terminal that is gone must not stop the stopping."""
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)


def _ask_to_stop(keeper: Keeper) -> None:
    keeper.stop_asked = True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
