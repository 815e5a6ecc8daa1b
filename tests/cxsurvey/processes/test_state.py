"""What is kept in var/: secrets, locks, the note of what runs, the folder of the servers."""

import os
from pathlib import Path

import pytest

from cxsurvey.processes import state
from cxsurvey.processes.trouble import Trouble


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's folder of its own."""
    folder = tmp_path / "var"
    monkeypatch.setenv("CXSURVEY_VAR", str(folder))
    return folder


def test_read_secrets_first_start_makes_private_file(var: Path) -> None:
    known = state.read_secrets()
    assert sorted(known) == sorted(state.GENERATED)
    assert len(set(known.values())) == len(state.GENERATED)
    assert (var / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_read_secrets_again_same(var: Path) -> None:
    assert state.read_secrets() == state.read_secrets()


def test_read_secrets_one_missing_others_kept(var: Path) -> None:
    """A later version may need one more secret; losing the others would make the addresses unreadable."""
    var.mkdir()
    (var / "secrets.env").write_text("SECRET_KEY=mine\n")
    known = state.read_secrets()
    assert known["SECRET_KEY"] == "mine"
    assert sorted(known) == sorted(state.GENERATED)


def test_hold_second_none_until_released(var: Path) -> None:
    path = state.var() / "running.lock"
    first = state.hold(path)
    assert first is not None
    assert state.hold(path) is None
    os.close(first)
    again = state.hold(path)
    assert again is not None
    os.close(again)


def test_published_round_trip_private(var: Path) -> None:
    assert state.published() == {}
    state.publish("make demo", "http://127.0.0.1:8000", {"DATABASE_URL": "postgres://x"})
    assert state.published() == {
        "pid": os.getpid(),
        "what": "make demo",
        "address": "http://127.0.0.1:8000",
        "env": {"DATABASE_URL": "postgres://x"},
    }
    assert (var / "running.json").stat().st_mode & 0o777 == 0o600
    state.unpublish()
    assert state.published() == {}


def test_published_half_written_empty(var: Path) -> None:
    (state.var() / "running.json").write_text('{"pid": ')
    assert state.published() == {}


def test_var_cannot_be_made_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CXSURVEY_VAR", str(tmp_path / "file" / "var"))
    with pytest.raises(Trouble, match="make the project's folder writable"):
        state.var()


def test_servers_home_reachable_is_var(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "can_enter", lambda folder: True)
    assert state.servers_home() == var


def test_servers_home_closed_named_in_var(var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "can_enter", lambda folder: False)
    monkeypatch.setattr(state, "SYSTEM_STATE", tmp_path / "system")
    home = state.servers_home()
    assert home.parent == tmp_path / "system"
    assert (var / "state-location").read_text() == f"{home}\n"
    assert (home / "project").read_text() == f"{var}\n"
    assert state.servers_home() == home


def test_servers_home_project_copied_not_shared(var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copied project brings the pointer along; two installations on one data folder would be the end of both."""
    monkeypatch.setattr(state, "can_enter", lambda folder: False)
    monkeypatch.setattr(state, "SYSTEM_STATE", tmp_path / "system")
    original = state.servers_home()
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "state-location").write_text((var / "state-location").read_text())
    monkeypatch.setenv("CXSURVEY_VAR", str(copy))
    assert state.servers_home() != original
    assert (original / "project").read_text() == f"{var}\n"


def test_servers_home_project_moved_keeps_data(var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "can_enter", lambda folder: False)
    monkeypatch.setattr(state, "SYSTEM_STATE", tmp_path / "system")
    original = state.servers_home()
    moved = var.rename(tmp_path / "moved")
    monkeypatch.setenv("CXSURVEY_VAR", str(moved))
    assert state.servers_home() == original
    assert (original / "project").read_text() == f"{moved}\n"


def test_log_file_long_one_set_aside(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "LOG_LIMIT", 3)
    state.log_file("web").write_text("long")
    assert not state.log_file("web").exists()
    assert (var / "log" / "web.log.1").read_text() == "long"


def test_last_lines_blank_left_out(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("one\ntwo\n\n three\n")
    assert state.last_lines(tmp_path / "log") == "two | three"
    assert state.last_lines(tmp_path / "none") == ""
