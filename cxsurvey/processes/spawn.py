"""Starts one child that dies with its parent and, under root, runs as an unprivileged account."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from .trouble import Trouble

UNPRIVILEGED = 65534  # "nobody": PostgreSQL refuses to run as root
_SET_PARENT_DEATH_SIGNAL, _SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded here: nothing may be loaded after a fork


@dataclass(frozen=True)
class Spec:
    """What to start, and how it likes to be stopped."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    log: Path | None  # None: the parent's own output
    stop_signal: signal.Signals = signal.SIGTERM
    drop: bool = False  # under root, run as the unprivileged account
    cwd: str = "/"


def spawn(spec: Spec) -> subprocess.Popen[bytes]:
    """Start `spec` in a session of its own (Ctrl-C is the parent's business); it dies with the parent."""
    sink = spec.log.open("ab") if spec.log else None
    try:
        return subprocess.Popen(
            spec.argv,
            env=dict(spec.env),
            cwd=spec.cwd,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT if sink else None,
            start_new_session=True,
            preexec_fn=partial(_die_with, os.getpid(), spec.stop_signal),
            **account(spec.drop),
        )
    except (OSError, subprocess.SubprocessError) as problem:
        raise Trouble(f"{spec.name} could not be started ({spec.argv[0]}): {problem}.") from problem
    finally:
        if sink:
            sink.close()


def account(drop: bool = True) -> dict[str, Any]:
    """Return subprocess's arguments for the unprivileged account; nothing unless root wants to drop."""
    if not drop or os.geteuid() != 0:
        return {}
    return {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []}


def hand_over(*paths: Path) -> None:
    """Give `paths` to the account that the servers run as."""
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, UNPRIVILEGED, UNPRIVILEGED)


def can_enter(folder: Path) -> bool:
    """Whether the servers' account can reach `folder`; asked of the kernel, which also knows ACLs and mounts."""
    probe = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(folder)]
    return subprocess.run(probe, cwd="/", stderr=subprocess.DEVNULL, check=False, **account()).returncode == 0


def adopt_orphans() -> None:
    """Make this process the parent of grandchildren whose parent died, so that none can escape."""
    if _libc:
        _libc.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Have this very process receive `number` when the process that started it (make, a shell) is gone."""
    if _libc:
        _libc.prctl(_SET_PARENT_DEATH_SIGNAL, int(number), 0, 0, 0)


def _die_with(parent: int, number: signal.Signals) -> None:
    """Run in the child after it changed its account: such a change clears the death signal."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    die_with_parent(number)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)
