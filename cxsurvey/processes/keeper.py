"""Keeps a set of child processes running: restarts with back-off what ends by itself, leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .spawn import Spec, spawn

DELAYS = (1, 2, 4, 8, 15, 30)  # seconds before the next restart
STEADY_SECONDS = 60  # alive this long: earlier restarts are forgiven
PATIENCE = 6.0  # seconds that children get to stop by themselves
SERVER_PATIENCE = 2.5  # the same for the servers, which are stopped last


class Stopping(Exception):
    """Somebody asked the whole set to stop."""


@dataclass
class Child:
    """One process to keep, and its history."""

    spec: Spec
    process: subprocess.Popen[bytes]
    server: bool = False
    started: float = field(default_factory=time.monotonic)
    restarts: int = 0
    retry_at: float | None = None  # set while it is down


class Keeper:
    """The parent of everything that runs; `stop_asked` is set by a signal handler."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.children: dict[str, Child] = {}
        self.stop_asked = False

    def adopt(self, spec: Spec, process: subprocess.Popen[bytes], *, server: bool = False) -> None:
        """Keep a process that is already running."""
        self.children[spec.name] = Child(spec, process, server)

    def start(self, spec: Spec) -> None:
        self.adopt(spec, spawn(spec))

    def pause(self, seconds: float) -> None:
        """Sleep, watching the children; Stopping as soon as a stop is asked for."""
        deadline = time.monotonic() + seconds
        while not self.stop_asked and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))
            self.watch()
        if self.stop_asked:
            raise Stopping

    def run(self, spec: Spec) -> int:
        """Run a job to its end beside the children and return its exit code."""
        process = spawn(spec)
        self.children[f"job {spec.name}"] = job = Child(spec, process)
        while process.poll() is None:
            self.pause(0.1)
        del self.children[f"job {spec.name}"]
        return job.process.returncode

    def watch(self) -> None:
        """One look at every child: restart what has ended, reap what was orphaned to us."""
        for name, child in self.children.items():
            if name.startswith("job ") or child.process.poll() is None:
                continue
            if child.retry_at is None:
                self._note_end(child)
            elif time.monotonic() >= child.retry_at:
                self._restart(child)
        reap({child.process.pid for child in self.children.values()})

    def _note_end(self, child: Child) -> None:
        kill_group(child.process.pid)  # its own children must not hold the port or take tasks
        if time.monotonic() - child.started > STEADY_SECONDS:
            child.restarts = 0
        delay = DELAYS[min(child.restarts, len(DELAYS) - 1)]
        child.retry_at = time.monotonic() + delay
        log = f"; see {child.spec.log}" if child.spec.log else ""
        self.say(f"{child.spec.name} {how_it_ended(child.process.returncode)}: restarted in {delay} s{log}")

    def _restart(self, child: Child) -> None:
        child.process = spawn(child.spec)
        child.started, child.retry_at = time.monotonic(), None
        child.restarts += 1

    def stop(self) -> None:
        """End all within 10 seconds: first what works, then the servers it works with, then any straggler."""
        self._end([child for child in self.children.values() if not child.server], PATIENCE)
        self._end([child for child in self.children.values() if child.server], SERVER_PATIENCE)
        for pid in descendants(os.getpid()):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 1
        while descendants(os.getpid()) and time.monotonic() < deadline:
            reap(set())
            time.sleep(0.02)

    def _end(self, children: list[Child], seconds: float) -> None:
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                child.process.send_signal(child.spec.stop_signal)
        deadline = time.monotonic() + seconds
        while any(child.process.poll() is None for child in children) and time.monotonic() < deadline:
            time.sleep(0.02)
        for child in children:
            kill_group(child.process.pid)
            child.process.wait()


def how_it_ended(code: int) -> str:
    """Say an exit code in words; a negative one is a signal's number."""
    if code >= 0:
        return f"ended with exit code {code}"
    with contextlib.suppress(ValueError):
        return f"was killed by {signal.Signals(-code).name}"
    return f"was killed by signal {-code}"


def kill_group(leader: int) -> None:
    """Kill what is left of a child's session; its leader may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def reap(own: set[int]) -> None:
    """Collect dead orphans that were handed to us; `own` children are left to their Popen objects."""
    while True:
        try:
            dead = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if dead is None or dead.si_pid in own:
            return
        with contextlib.suppress(ChildProcessError):
            os.waitpid(dead.si_pid, 0)


def descendants(ancestor: int) -> list[int]:
    """Return the processes below `ancestor`, from /proc; empty where there is none."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found, frontier = [], {ancestor}
    while frontier:
        frontier = {pid for pid, parent in parents.items() if parent in frontier}
        found += sorted(frontier)
    return found
