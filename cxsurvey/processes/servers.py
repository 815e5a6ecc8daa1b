"""Both embedded servers together: throw-away ones for tests, kept ones for everything else."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import postgres, redis, state
from .spawn import Spec, can_enter, spawn

STOP_SECONDS = 10


@dataclass(frozen=True)
class Running:
    """A started server, what it was started from, and the environment that leads to it."""

    spec: Spec
    process: subprocess.Popen[bytes]
    env: dict[str, str]
    fresh: bool = False


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start_postgres(home: Path, password: str, log: Path, *, durable: bool = True) -> Running:
    """Start PostgreSQL on the data below `home` and wait until it takes connections."""
    data, bindir, fresh = postgres.prepare(home, password)
    port = free_port()
    spec = postgres.server(data, bindir, port, postgres.DURABLE if durable else postgres.FAST, log)
    process = spawn(spec)
    try:
        postgres.wait_ready(process, bindir, port, log)
    except BaseException:  # Ctrl-C included: nobody else knows of it yet
        end(process, spec.stop_signal)
        raise
    return Running(spec, process, {"DATABASE_URL": postgres.url(password, port)}, fresh)


def start_redis(home: Path, password: str, log: Path) -> Running | None:
    """Start Redis; None where there is no program for it (then use `redis.folder_broker`)."""
    port = free_port()
    spec = redis.server(home, password, port, log)
    if spec is None:
        return None
    process = spawn(spec)
    try:
        redis.wait_ready(process, password, port, log)
    except BaseException:
        end(process, spec.stop_signal)
        raise
    return Running(spec, process, {"CELERY_BROKER_URL": redis.url(password, port)})


def end(process: subprocess.Popen[bytes], number: signal.Signals, seconds: float = STOP_SECONDS) -> None:
    """Ask the process to stop, and after `seconds` make it."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def throwaway_home(prefix: str) -> Path:
    """Make a folder that is removed at exit; those of runs that were killed are removed now."""
    # The caller's own temporary folder may be closed to the servers' account.
    choices = (Path(tempfile.gettempdir()), Path("/var/tmp"), state.SYSTEM_STATE)  # noqa: S108
    root = next(path for path in choices if can_enter(path))
    for old in root.glob(f"{prefix}*"):
        _remove_abandoned(old)
    home = Path(tempfile.mkdtemp(prefix=prefix, dir=root))
    home.chmod(0o755)
    lock = state.hold(home / "lock")
    atexit.register(_at_exit, os.getpid(), home, lock)
    return home


def _remove_abandoned(home: Path) -> None:
    """Remove a folder whose owner is dead: its lock is free. A young one may just not be locked yet."""
    with contextlib.suppress(OSError):
        if time.time() - home.stat().st_mtime > 60 and (lock := state.hold(home / "lock")) is not None:
            shutil.rmtree(home, ignore_errors=True)
            os.close(lock)


def _at_exit(owner: int, home: Path, lock: int | None) -> None:
    if os.getpid() == owner:  # not in a fork of the test run
        shutil.rmtree(home, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def stop_at_exit(running: Running) -> None:
    """Stop the server when this process, and not a fork of it, ends."""
    owner = os.getpid()

    def stop() -> None:
        if os.getpid() == owner:
            end(running.process, running.spec.stop_signal)

    atexit.register(stop)
