"""Fail-points: nothing by default, an exact death in a chaos test."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cxsurvey.lib.failpoints import failpoint, read_points

PROGRAM = "from cxsurvey.lib.failpoints import failpoint; failpoint('after_claim'); print('alive')"


def run_program(**variables: str) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("CXSURVEY_")}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environ | variables,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_failpoint_certain_kills_and_logs(tmp_path: Path) -> None:
    log = tmp_path / "kills"
    log.write_text("before 1\n")
    ended = run_program(CXSURVEY_TESTING="1", CXSURVEY_FAILPOINTS="after_claim:1", CXSURVEY_FAILPOINT_LOG=str(log))
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, "")
    lines = log.read_text().splitlines()
    assert lines[0] == "before 1"
    assert [line.split()[0] for line in lines] == ["before", "after_claim"]
    assert lines[1].split()[1].isdigit() is True


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"CXSURVEY_FAILPOINTS": "after_claim:1"},
        {"CXSURVEY_FAILPOINTS": "after_claim:1", "CXSURVEY_TESTING": "0"},
        {"CXSURVEY_FAILPOINTS": "elsewhere:1", "CXSURVEY_TESTING": "1"},
        {"CXSURVEY_FAILPOINTS": "after_claim:0", "CXSURVEY_TESTING": "1"},
    ],
)
def test_failpoint_not_asked_for_lives(variables: dict[str, str]) -> None:
    ended = run_program(**variables)
    assert (ended.returncode, ended.stdout) == (0, "alive\n")


def test_failpoint_here_lives() -> None:
    assert failpoint("after_claim") is None  # type: ignore[func-returns-value]


def test_read_points_list_gives_probabilities() -> None:
    environ = {"CXSURVEY_TESTING": "1", "CXSURVEY_FAILPOINTS": "a:0.02, b:1,"}
    assert read_points(environ) == {"a": 0.02, "b": 1.0}


@pytest.mark.parametrize("entry", ["a", "a:x", ":0.1", "a:2", "a:-1", "a:nan"])
def test_read_points_bad_entry_says_what_to_write(entry: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_points({"CXSURVEY_TESTING": "1", "CXSURVEY_FAILPOINTS": entry})
    assert str(caught.value) == (f'CXSURVEY_FAILPOINTS: "{entry}" must be name:probability, such as after_claim:0.02.')
