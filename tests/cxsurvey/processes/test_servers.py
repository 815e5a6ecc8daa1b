"""The embedded servers for real: password, durability, data over a restart, leftovers of a killed run."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis as client

from cxsurvey.processes import postgres, redis, servers
from cxsurvey.processes.spawn import hand_over
from cxsurvey.processes.trouble import Trouble

pytestmark = pytest.mark.slow


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the servers' account can reach; pytest's own is closed to it under root."""
    folder = servers.throwaway_home("cxsurvey-test-")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def started(home: Path) -> Iterator[servers.Running]:
    """A durable PostgreSQL."""
    running = servers.start_postgres(home, "secret", home / "postgres.log")
    yield running
    servers.end(running.process, running.spec.stop_signal)


def settings_of(url: str, *names: str) -> list[str]:
    with psycopg.connect(url) as connection:
        rows = [connection.execute("SELECT current_setting(%s)", [name]).fetchone() for name in names]
    return [row[0] for row in rows if row]


def test_start_postgres_durable_and_loopback(started: servers.Running) -> None:
    names = ("fsync", "full_page_writes", "synchronous_commit", "data_checksums", "listen_addresses", "TimeZone")
    assert settings_of(started.env["DATABASE_URL"], *names) == ["on", "on", "on", "on", "127.0.0.1", "UTC"]
    assert started.fresh


def test_start_postgres_wrong_password_refused(started: servers.Running) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(started.env["DATABASE_URL"].replace("secret", "guess"))


def test_start_postgres_password_on_no_command_line(started: servers.Running) -> None:
    assert b"secret" not in Path(f"/proc/{started.process.pid}/cmdline").read_bytes()


def test_start_postgres_after_stop_data_kept(home: Path) -> None:
    first = servers.start_postgres(home, "secret", home / "postgres.log")
    with psycopg.connect(first.env["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    servers.end(first.process, first.spec.stop_signal)
    second = servers.start_postgres(home, "secret", home / "postgres.log")
    with psycopg.connect(second.env["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    servers.end(second.process, second.spec.stop_signal)
    assert not second.fresh


def test_start_postgres_left_behind_one_is_ended(home: Path) -> None:
    """Two postmasters on one folder would ruin it: the old one goes first."""
    old = servers.start_postgres(home, "secret", home / "postgres.log")
    new = servers.start_postgres(home, "secret", home / "postgres.log")
    assert old.process.wait(10) == 0
    assert settings_of(new.env["DATABASE_URL"], "fsync") == ["on"]
    servers.end(new.process, new.spec.stop_signal)


def test_start_postgres_pid_file_of_another_program_ignored(home: Path) -> None:
    """After a crash the number in the file may belong to anything, here to this very test."""
    first = servers.start_postgres(home, "secret", home / "postgres.log")
    note = home / "postgres" / "data" / "postmaster.pid"
    lines = note.read_text().splitlines()
    servers.end(first.process, signal.SIGKILL)
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    hand_over(note)
    second = servers.start_postgres(home, "secret", home / "postgres.log")
    servers.end(second.process, second.spec.stop_signal)
    assert not second.fresh


def test_start_postgres_killed_while_made_is_made_anew(home: Path) -> None:
    half_made = home / "postgres" / "data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    hand_over(home / "postgres", half_made)
    running = servers.start_postgres(home, "secret", home / "postgres.log")
    servers.end(running.process, running.spec.stop_signal)
    assert running.fresh


def test_start_postgres_other_major_says_what_to_do(home: Path) -> None:
    data = home / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(Trouble, match="set PG_BIN to PostgreSQL 9"):
        servers.start_postgres(home, "secret", home / "postgres.log")


def test_binaries_wrong_folder_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(Trouble, match="holds no `postgres`"):
        postgres.binaries()


def test_start_redis_password_needed(home: Path) -> None:
    running = servers.start_redis(home, "secret", home / "redis.log")
    assert running is not None
    url = running.env["CELERY_BROKER_URL"]
    assert client.Redis.from_url(url).ping() is True
    with pytest.raises(client.AuthenticationError):
        client.Redis.from_url(url.replace(":secret@", "")).ping()
    servers.end(running.process, running.spec.stop_signal)
    assert running.process.returncode == 0


def test_start_redis_no_program_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "program", lambda: None)
    assert servers.start_redis(home, "secret", home / "redis.log") is None


def test_folder_broker_makes_its_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXSURVEY_VAR", str(tmp_path))
    env = redis.folder_broker()
    assert env == {"CELERY_BROKER_URL": "filesystem://", "BROKER_FOLDER": str(tmp_path / "broker")}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broker", "broker-control"]


def test_throwaway_home_of_a_killed_run_removed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(servers, "can_enter", lambda folder: True)
    abandoned = tmp_path / "prefix-old"
    abandoned.mkdir()
    os.utime(abandoned, (0, 0))
    kept = servers.throwaway_home("prefix-")
    os.utime(kept, (0, 0))
    newest = servers.throwaway_home("prefix-")
    assert sorted(tmp_path.iterdir()) == sorted([kept, newest])
