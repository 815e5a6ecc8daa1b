"""Children are restarted with back-off and none is left behind."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from cxsurvey.processes import keeper
from cxsurvey.processes.keeper import Child, Keeper, Stopping, descendants, how_it_ended
from cxsurvey.processes.spawn import Spec, spawn
from tests.cxsurvey.processes.waiting import is_alive, until

SLEEPER = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
)
PARENT = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]); time.sleep(600)"


@pytest.fixture
def said() -> list[str]:
    """What the keeper told the person."""
    return []


@pytest.fixture
def kept(said: list[str], monkeypatch: pytest.MonkeyPatch) -> Keeper:
    """A keeper that does not wait before it restarts."""
    monkeypatch.setattr(keeper, "DELAYS", (0, 3))
    monkeypatch.setattr(keeper, "PATIENCE", 0.5)
    return Keeper(said.append)


def spec(name: str, code: str, log: Path | None = None) -> Spec:
    return Spec(name, (sys.executable, "-c", code), {}, log)


def look_until_said(kept: Keeper, said: list[str], count: int) -> None:
    deadline = time.monotonic() + 10
    while len(said) < count and time.monotonic() < deadline:
        kept.pause(0.02)


def test_watch_child_ends_restarted_then_backs_off(kept: Keeper, said: list[str]) -> None:
    kept.start(spec("web", "raise SystemExit(3)"))
    look_until_said(kept, said, 2)
    assert said == ["web ended with exit code 3: restarted in 0 s", "web ended with exit code 3: restarted in 3 s"]
    assert kept.children["web"].restarts == 1
    end_only(kept)


def test_watch_child_killed_new_process(kept: Keeper, said: list[str]) -> None:
    kept.start(spec("web", SLEEPER))
    first = kept.children["web"].process.pid
    os.kill(first, signal.SIGKILL)
    look_until_said(kept, said, 1)
    kept.pause(0.1)
    second = kept.children["web"].process
    assert said == ["web was killed by SIGKILL: restarted in 0 s"]
    assert second.pid != first
    assert second.poll() is None
    end_only(kept)


def test_stop_children_and_grandchildren_gone(kept: Keeper) -> None:
    kept.start(spec("parent", PARENT))
    assert until(lambda: len(descendants(kept.children["parent"].process.pid)) == 1)
    family = descendants(kept.children["parent"].process.pid)
    end_only(kept)
    assert until(lambda: not any(is_alive(pid) for pid in family))


def test_stop_deaf_child_killed(kept: Keeper, tmp_path: Path) -> None:
    log = tmp_path / "log"
    kept.start(spec("deaf", STUBBORN, log))
    assert until(lambda: log.read_text() == "deaf\n")
    end_only(kept)
    assert kept.children["deaf"].process.returncode == -signal.SIGKILL


def end_only(kept: Keeper) -> None:
    """Stop the keeper's own children; `stop` would also end the servers of this test run."""
    kept._end(list(kept.children.values()), keeper.PATIENCE)


def test_run_exit_code_returned(kept: Keeper, said: list[str]) -> None:
    assert kept.run(spec("job", "raise SystemExit(4)")) == 4
    assert kept.children == {}
    assert said == []


def test_pause_stop_asked_raises_at_once(kept: Keeper) -> None:
    kept.stop_asked = True
    with pytest.raises(Stopping):
        kept.pause(600)


def test_note_end_long_life_forgives(kept: Keeper, said: list[str]) -> None:
    process = spawn(spec("short", ""))
    process.wait(10)
    child = Child(spec("web", ""), process, started=time.monotonic() - keeper.STEADY_SECONDS - 1, restarts=5)
    kept._note_end(child)
    assert child.restarts == 0
    assert said == ["web ended with exit code 0: restarted in 0 s"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "ended with exit code 0"),
        (2, "ended with exit code 2"),
        (-9, "was killed by SIGKILL"),
        (-99, "was killed by signal 99"),
    ],
)
def test_how_it_ended_code_in_words(code: int, words: str) -> None:
    assert how_it_ended(code) == words
