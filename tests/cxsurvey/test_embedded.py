"""Commands find the running servers, or start their own for the call."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxsurvey import embedded
from cxsurvey.processes import servers, state

pytestmark = pytest.mark.slow
CODE = "from django.contrib.auth.models import User; print(User.objects.count())"
GIVEN = ("DATABASE_URL", "CELERY_BROKER_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "DEBUG", "PYTEST_CURRENT_TEST")


def command(var: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start manage.py as a person would: nothing in the environment."""
    env = {name: value for name, value in os.environ.items() if name not in GIVEN} | {"CXSURVEY_VAR": str(var)}
    argv = [sys.executable, "manage.py", *arguments]
    return subprocess.Popen(argv, env=env, cwd=state.PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def var() -> Iterator[Path]:
    """An installation's folder that the servers' account can reach; pytest's own is closed to it under root."""
    folder = servers.throwaway_home("cxsurvey-test-")
    yield folder / "var"
    shutil.rmtree(folder)


def test_command_nothing_running_gets_a_migrated_database(var: Path) -> None:
    first, second = (command(var, "shell", "-v", "0", "-c", CODE) for _ in range(2))
    assert [process.communicate()[0].strip() for process in (first, second)] == ["0", "0"]
    assert [first.returncode, second.returncode] == [0, 0]
    assert not (var / "running.json").exists()
    assert list(var.rglob("postmaster.pid")) == []


def test_connect_running_servers_environment_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXSURVEY_VAR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("SMS_FROM", "mine")
    lock = state.hold(tmp_path / "running.lock")
    assert lock is not None
    state.publish("make demo", "http://127.0.0.1:8000", {"DATABASE_URL": "postgres://there", "SMS_FROM": "theirs"})
    embedded.connect("compare")
    assert os.environ["DATABASE_URL"] == "postgres://there"
    assert os.environ["SMS_FROM"] == "mine"
    os.close(lock)


def test_ensure_start_under_way_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXSURVEY_VAR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setattr(embedded, "WAIT_SECONDS", 0.0)
    lock = state.hold(tmp_path / "running.lock")
    assert lock is not None
    with pytest.raises(SystemExit, match="is being started or stopped by another command"):
        embedded.ensure(["manage.py", "compare"])
    os.close(lock)


def test_ensure_database_given_nothing_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXSURVEY_VAR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgres://given")
    embedded.ensure(["manage.py", "compare"])
    assert list(tmp_path.iterdir()) == []


def test_installation_env_own_password_stays_out() -> None:
    env = embedded.installation_env({"SECRET_KEY": "s", "EMBEDDED_PASSWORD": "p"})
    assert json.dumps(env).count('"p"') == 0
    assert env["SECRET_KEY"] == "s"


@pytest.mark.parametrize(
    ("broker", "worker", "own"),
    [
        ("redis://:secret@127.0.0.1:6379/0", "gw1", "redis://:secret@127.0.0.1:6379/1"),
        ("redis://:secret@127.0.0.1:6379/0", "", "redis://:secret@127.0.0.1:6379/0"),
        ("filesystem://", "gw1", "filesystem://"),
    ],
)
def test_part_the_broker_each_test_process_gets_a_database_of_its_own(
    broker: str, worker: str, own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", broker)
    embedded.part_the_broker(worker)
    assert os.environ["CELERY_BROKER_URL"] == own
