"""The embedded PostgreSQL and Redis as the rest sees them: for a command, for a test run.

Real servers named by DATABASE_URL and CELERY_BROKER_URL always win.
"""

from __future__ import annotations

import atexit
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence

from .processes import redis, servers, state
from .processes.trouble import Trouble

NO_DATABASE = {"help", "--help", "-h", "version", "--version", "makemessages", "compilemessages", "collectstatic"}
NO_DATABASE |= {"findstatic", "startapp", "diffsettings", "spectacular"}
NO_SETTINGS = {"make_world"}  # keeps nothing and signs nothing: made-up settings do
WAIT_SECONDS = 60.0
THROWAWAY = "cxsurvey-test-"


def ensure(argv: Sequence[str]) -> None:
    """Give manage.py a database: DATABASE_URL, else the running embedded server, else one for the call."""
    command = argv[1] if len(argv) > 1 else "help"
    if command in NO_SETTINGS:
        _make_up_settings()
        return
    if os.environ.get("DATABASE_URL") or command in NO_DATABASE:
        return
    try:
        connect(command)
    except Trouble as problem:
        sys.exit(f"{problem}")


def _make_up_settings() -> None:
    """Settings for a command that needs neither database nor secrets, where none are given."""
    for name, value in installation_env({"SECRET_KEY": secrets.token_hex(32)}).items():
        os.environ.setdefault(name, value)


def connect(command: str) -> None:
    """Put the address of the embedded database, and what belongs to it, into the environment."""
    lock = state.hold(state.var() / "running.lock")
    if lock is not None:
        _serve_for_the_call(command)
        return
    note = _wait_for_note()
    _stay_while_used()
    for name, value in note["env"].items():
        os.environ.setdefault(name, value)


def _wait_for_note() -> dict[str, dict[str, str]]:
    """Read where the running servers are; whoever holds the lock may still be starting them."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if note := state.published():
            return note
        time.sleep(0.1)
    raise Trouble("The embedded database is being started or stopped by another command: try again in a moment.")


def _stay_while_used() -> None:
    """Hold the users' lock until this process ends: a command that owns the servers waits for it."""
    state.share(state.var() / "users.lock")


def _serve_for_the_call(command: str) -> None:
    """Start PostgreSQL for this one command. No broker: there is no worker to be woken."""
    known = state.read_secrets()
    running = servers.start_postgres(state.servers_home(), known["EMBEDDED_PASSWORD"], state.log_file("postgres"))
    servers.stop_at_exit(running)
    env = installation_env(known) | running.env
    for name, value in env.items():
        os.environ.setdefault(name, value)
    if running.fresh and command not in ("migrate", "makemigrations", "showmigrations", "sqlmigrate"):
        _migrate()
    state.publish(f"manage.py {command}", "", env)
    atexit.register(_let_others_finish, os.getpid())


def _let_others_finish(owner: int) -> None:
    """Before the servers go (this runs first): take no new users, wait for those at work."""
    if os.getpid() == owner:
        state.unpublish()
        state.share(state.var() / "users.lock", exclusive=True)


def _migrate() -> None:
    """Give a database that was made this minute its tables."""
    done = subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=state.PROJECT, check=False)
    if done.returncode != 0:
        raise Trouble("The new database could not be given its tables; what went wrong is printed above.")


def installation_env(known: dict[str, str]) -> dict[str, str]:
    """Return the settings of an installation on this machine, from its generated secrets."""
    port = os.environ.get("PORT") or "8000"
    env = {name: value for name, value in known.items() if name != "EMBEDDED_PASSWORD"}
    return env | {"PUBLIC_BASE_URL": f"http://127.0.0.1:{port}", "ALLOWED_HOSTS": "127.0.0.1,localhost"}


def ensure_for_tests() -> None:
    """Start throw-away servers for a test run, fsync off, and put their addresses into the environment."""
    missing = [name for name in ("DATABASE_URL", "CELERY_BROKER_URL") if not os.environ.get(name)]
    try:
        _start_throwaway(missing)
    except Trouble as problem:
        sys.exit(f"{problem}")


def _start_throwaway(missing: list[str]) -> None:
    if not missing:
        return
    home, password = servers.throwaway_home(THROWAWAY), secrets.token_hex(16)
    started = []
    if "DATABASE_URL" in missing:
        started.append(servers.start_postgres(home, password, home / "postgres.log", durable=False))
    if "CELERY_BROKER_URL" in missing:
        broker = servers.start_redis(home, password, home / "redis.log")
        if broker is None:
            os.environ.update(redis.folder_broker())
        else:
            started.append(broker)
    for running in started:
        servers.stop_at_exit(running)
        os.environ.update(running.env)


def part_the_broker(worker: str) -> None:
    """Give one of several test processes ("gw1") a Redis database of its own, as each has its own PostgreSQL database.

    Sharing one, the worker of one process takes the wake-ups meant for the other's rows, finds nothing, and drops them.
    """
    url = os.environ["CELERY_BROKER_URL"]
    number = worker.removeprefix("gw")
    if number.isdecimal() and url.startswith("redis"):
        os.environ["CELERY_BROKER_URL"] = f"{url.rpartition('/')[0]}/{number}"
