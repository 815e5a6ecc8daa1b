"""`make run` as a process: serves, is one of its kind, and leaves nothing behind however it is ended."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxsurvey.processes import servers, state
from tests.cxsurvey.processes.waiting import is_alive, until

pytestmark = pytest.mark.slow
GIVEN = ("DATABASE_URL", "CELERY_BROKER_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "DEBUG", "CXSURVEY_TESTING")
STOPPED = 10.0  # seconds


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """One installation for all tests here: each start after the first finds the data of the one before."""
    folder = servers.throwaway_home("cxsurvey-test-")
    yield folder / "var"
    shutil.rmtree(folder)


def start(var: Path, port: int | str) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if name not in GIVEN}
    env |= {"CXSURVEY_VAR": str(var), "PORT": str(port), "STATIC_ROOT": str(var / "static")}
    argv = [sys.executable, "-m", "cxsurvey.supervisor", "run"]
    return subprocess.Popen(
        argv, env=env, cwd=state.PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """Return what it says up to the line with `words`, or to its end."""
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            break
    return said


def family(var: Path) -> list[int]:
    """Return every process that was started with this installation's folder in its environment or arguments."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            text = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(var) in text and is_alive(int(entry.name)):
            found.append(int(entry.name))
    return found


@pytest.fixture
def running(var: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A started installation and its port."""
    port = servers.free_port()
    process = start(var, port)
    said = read_until(process, "Ctrl-C stops everything")
    assert f"cxsurvey serves http://127.0.0.1:{port}" in said, said
    yield process, port
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_main_asked_to_stop_exit_0_and_nothing_left(
    var: Path, running: tuple[subprocess.Popen[str], int], number: signal.Signals
) -> None:
    process, port = running
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
        assert answer.status == 200
    assert len(family(var)) > 5
    process.send_signal(number)
    assert process.wait(STOPPED) == 0
    assert family(var) == []


def test_main_killed_nothing_left(var: Path, running: tuple[subprocess.Popen[str], int]) -> None:
    running[0].kill()
    assert until(lambda: family(var) == [], STOPPED)


def test_main_second_in_the_same_folder_says_where(var: Path, running: tuple[subprocess.Popen[str], int]) -> None:
    second = start(var, servers.free_port())
    said, _ = second.communicate()
    assert second.returncode == 2
    assert said == (
        f"make run is already running in this folder (process {running[0].pid}) and serves "
        f"http://127.0.0.1:{running[1]}: use that one, or stop it with Ctrl-C first.\n"
    )


def test_main_port_taken_says_which_to_try(var: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        process = start(var, port)
        said, _ = process.communicate()
    assert process.returncode == 2
    assert said == f"Port {port} is taken by another program: choose another one, as in `make demo PORT={port + 1}`.\n"


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1"])
def test_main_port_bad_says_so(var: Path, port: str) -> None:
    process = start(var, port)
    said, _ = process.communicate()
    assert process.returncode == 2
    assert said.startswith(f"PORT={port} is no port number: give one from 1024 to 65535")
