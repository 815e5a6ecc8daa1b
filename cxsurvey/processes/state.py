"""Where a running installation keeps its things: var/, the servers' folder, secrets, and who holds the lock."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .spawn import can_enter
from .trouble import Trouble

PROJECT = Path(__file__).resolve().parents[2]
SYSTEM_STATE = Path("/var/lib")
GENERATED = ("SECRET_KEY", "TOKEN_KEY", "ADDRESS_KEY", "SALT_KEY", "EMBEDDED_PASSWORD")
LOG_LIMIT = 10_000_000  # bytes; a longer log is set aside at the next start


def var() -> Path:
    """Return var/ (CXSURVEY_VAR puts it elsewhere), made if absent."""
    folder = Path(os.environ.get("CXSURVEY_VAR") or PROJECT / "var")
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as problem:
        raise Trouble(f"{folder} cannot be made ({problem.strerror}): make the project's folder writable.") from problem
    if not os.access(folder, os.W_OK | os.X_OK) or (os.geteuid() != 0 and folder.stat().st_uid != os.geteuid()):
        raise Trouble(
            f"{folder} belongs to another account: run as that one, or set CXSURVEY_VAR to a folder of yours."
        )
    return folder


def log_file(name: str) -> Path:
    """Return the log of the process `name`, cut off when it has grown long."""
    folder = var() / "log"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{name}.log"
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path


def last_lines(path: Path, count: int = 3) -> str:
    """Return the end of a log, for a message."""
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return " | ".join(line.strip() for line in lines[-count:] if line.strip())


def servers_home() -> Path:
    """Return the folder of the servers' files: var/, or a system one where their account cannot reach var/."""
    pointer = var() / "state-location"
    if pointer.exists() and _is_ours(known := Path(pointer.read_text().strip())):
        return known
    if can_enter(var()):
        return var()
    home = SYSTEM_STATE / f"cxsurvey-{hashlib.sha256(str(var()).encode()).hexdigest()[:12]}"
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)
    (home / "project").write_text(f"{var()}\n")
    pointer.write_text(f"{home}\n")
    return home


def _is_ours(home: Path) -> bool:
    """A copied project brings the pointer along: its database belongs to the original while that exists."""
    owner = home / "project"
    if not owner.exists():
        return False
    named = Path(owner.read_text().strip())
    if named == var() or (named / "state-location").exists():
        return named == var()
    owner.write_text(f"{var()}\n")  # the project has moved
    return True


def read_secrets() -> dict[str, str]:
    """Return the generated secrets (var/secrets.env, mode 0600), made on the first start, completed later."""
    path = var() / "secrets.env"
    known = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line) if path.exists() else {}
    if missing := [name for name in GENERATED if not known.get(name)]:
        known |= {name: secrets.token_hex(32) for name in missing}
        write_private(path, "".join(f"{name}={value}\n" for name, value in known.items()))
    return known


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def hold(path: Path) -> int | None:
    """Take the lock `path` and return its descriptor, or None while another process holds it; death frees it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def share(path: Path, *, exclusive: bool = False) -> int:
    """Wait for the lock `path`, shared by its users or alone, and return its descriptor."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
    return descriptor


def publish(what: str, address: str, env: Mapping[str, str]) -> None:
    """Tell commands (and a second `make demo`) what runs here: its name, address and environment."""
    note = {"pid": os.getpid(), "what": what, "address": address, "env": dict(env)}
    write_private(var() / "running.json", json.dumps(note))


def published() -> dict[str, Any]:
    """Return what `publish` wrote, or an empty dict."""
    with contextlib.suppress(OSError, ValueError):
        note: dict[str, Any] = json.loads((var() / "running.json").read_text())
        return note
    return {}


def unpublish() -> None:
    (var() / "running.json").unlink(missing_ok=True)
