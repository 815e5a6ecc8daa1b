"""Children die with their parent, and run unprivileged under root."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cxsurvey.processes.spawn import UNPRIVILEGED, Spec, can_enter, spawn
from cxsurvey.processes.trouble import Trouble
from tests.cxsurvey.processes.waiting import is_alive, until

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")
ROOT = os.geteuid() == 0


def test_spawn_parent_killed_child_gone(tmp_path: Path) -> None:
    """SIGKILL leaves the parent no time to clean up: the kernel ends the child."""
    note = tmp_path / "pid"
    code = (
        "import pathlib, sys, time\n"
        "from cxsurvey.processes.spawn import Spec, spawn\n"
        f"child = spawn(Spec('sleeper', {SLEEPER!r}, {{}}, None))\n"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid) + '.')\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=Path.cwd()) as parent:
        assert until(lambda: note.exists() and note.read_text().endswith("."))
        child = int(note.read_text().rstrip("."))
        assert is_alive(child)
        parent.kill()
    assert until(lambda: not is_alive(child))


def test_spawn_unknown_program_says_which(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"^thing could not be started \(/no/such/program\): "):
        spawn(Spec("thing", ("/no/such/program",), {}, tmp_path / "log"))


def test_spawn_log_takes_output(tmp_path: Path) -> None:
    process = spawn(Spec("hello", (sys.executable, "-c", "print('hello')"), {}, tmp_path / "log"))
    assert process.wait(10) == 0
    assert (tmp_path / "log").read_text() == "hello\n"


def test_spawn_own_session_not_the_terminals() -> None:
    process = spawn(Spec("sleeper", SLEEPER, {}, None))
    assert os.getsid(process.pid) == process.pid
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == -signal.SIGTERM


@pytest.mark.skipif(not ROOT, reason="only root can drop its account")
def test_spawn_drop_runs_as_nobody(tmp_path: Path) -> None:
    process = spawn(Spec("who", ("/usr/bin/id", "-u"), {}, tmp_path / "log", drop=True))
    assert process.wait(10) == 0
    assert (tmp_path / "log").read_text() == f"{UNPRIVILEGED}\n"


@pytest.mark.skipif(not ROOT, reason="only root can close a folder to the servers' account and still enter it")
def test_can_enter_closed_folder_false(tmp_path: Path) -> None:
    inner = tmp_path / "closed" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    assert can_enter(Path("/"))
    assert not can_enter(inner)
