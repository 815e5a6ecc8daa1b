"""One installation on this machine: its servers, its environment, its processes, and what a first start does."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from cxsurvey.embedded import installation_env

from . import redis, servers, state
from .keeper import Keeper
from .spawn import Spec
from .trouble import Trouble

HEALTHY_SECONDS = 90.0
ADMIN = "admin"


class Installation:
    """What `make demo` (mode "demo") and `make run` (mode "run") start."""

    def __init__(self, mode: str, keeper: Keeper) -> None:
        self.mode, self.keeper = mode, keeper
        self.port = read_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.known = state.read_secrets()
        self.env = self._environment()
        self.began = time.monotonic()
        self.fresh = False

    # -- environment -----------------------------------------------------------------------------------------------

    def _environment(self) -> dict[str, str]:
        """Return the children's environment; what the caller set wins."""
        given = {name: value for name, value in os.environ.items() if value}
        own = installation_env(self.known) | {"PUBLIC_BASE_URL": self.address, "PYTHONUNBUFFERED": "1"}
        own |= {"DEBUG": "true" if self.mode == "demo" else "false", "STATIC_ROOT": str(state.var() / "static")}
        own |= self._standins_env() if self.mode == "demo" else {}
        return own | given

    def _standins_env(self) -> dict[str, str]:
        """Return the settings that lead mail and SMS to the local stand-ins; given ports are used if free."""
        smtp, sms = free_or_any(8025), free_or_any(8026)
        return {
            "STANDINS": "true",
            "STANDIN_SMTP_PORT": str(smtp),
            "STANDIN_SMS_PORT": str(sms),
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp}",
            "SMS_PROVIDER": "twilio",
            "SMS_API_URL": f"http://127.0.0.1:{sms}",
            "SMS_ACCOUNT": "demo",
            "SMS_SECRET": self.known["TOKEN_KEY"][:32],
            "SMS_FROM": "+15005550006",
            "SMS_COUNTRIES": "US",  # the demo's numbers, which are alike and belong to nobody
            "SMS_BURST_NUMBERS": "0",
        }

    # -- start -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start servers, bring the database up to date, start the processes, wait until pages are served."""
        require_free(self.port)
        self._start_servers()
        self._prepare_database()
        self._start_processes()
        state.publish(f"make {self.mode}", self.address, self._shared_env())
        self._wait_healthy()

    def _start_servers(self) -> None:
        home, password = state.servers_home(), self.known["EMBEDDED_PASSWORD"]
        if "DATABASE_URL" not in self.env:
            database = servers.start_postgres(home, password, state.log_file("postgres"))
            self._keep(database)
            self.fresh = database.fresh
        if "CELERY_BROKER_URL" not in self.env:
            broker = servers.start_redis(home, password, state.log_file("redis"))
            if broker:
                self._keep(broker)
            else:
                self.env |= redis.folder_broker()
        self.keeper.say(f"Database and broker are up ({self._elapsed()}).")

    def _keep(self, running: servers.Running) -> None:
        self.keeper.adopt(running.spec, running.process, server=True)
        self.env |= running.env

    def _shared_env(self) -> dict[str, str]:
        """Return what a command beside this installation needs to act as part of it; it is no DEBUG run."""
        names = {*installation_env(self.known), "DATABASE_URL", "CELERY_BROKER_URL", "BROKER_FOLDER"}
        if self.mode == "demo":
            names |= {*self._standins_env(), "DEBUG"}
        return {name: value for name, value in self.env.items() if name in names}

    def _start_processes(self) -> None:
        python, manage = sys.executable, [sys.executable, "manage.py"]
        web = [python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)]
        web += ["--no-ws", "--workers", "1", "--blocking-threads", "4", "cxsurvey.wsgi:application"]
        self._child("web", web, DATABASE_POOL="true")
        if self.mode == "demo":
            self._child("standins", [*manage, "standins"])
        celery = [python, "-m", "celery", "-A", "cxsurvey.celery"]
        self._child("worker", [*celery, "worker", "-c", "2", "-l", "INFO", "--without-gossip", "--without-mingle"])
        schedule = str(state.var() / "beat-schedule")
        self._child("beat", [*celery, "beat", "-l", "INFO", "--pidfile=", "--schedule", schedule])
        self._child("sweep", [*manage, "sweep"])

    def _child(self, name: str, argv: list[str], **extra: str) -> None:
        self.keeper.start(self._spec(name, argv, state.log_file(name), **extra))

    def _spec(self, name: str, argv: list[str], log: Path | None, **extra: str) -> Spec:
        return Spec(name, tuple(argv), self.env | extra, log, cwd=str(state.PROJECT))

    def _wait_healthy(self) -> None:
        deadline = time.monotonic() + HEALTHY_SECONDS
        while not is_healthy(self.address):
            if time.monotonic() > deadline:
                raise Trouble(f"The pages did not come up at {self.address}; see {state.log_file('web')}.")
            self.keeper.pause(0.1)

    # -- database --------------------------------------------------------------------------------------------------

    def _prepare_database(self) -> None:
        """Migrate when there is something new, make the administrator once, gather static files for `run`."""
        done, wanted = self._read_stamp(), migrations_digest()
        if done.get("migrations") != wanted:
            self._job("migrate", ["migrate", "--noinput"])
            self._write_stamp(done | {"migrations": wanted})
        if not done.get("admin"):
            self._make_admin()
            self._write_stamp(self._read_stamp() | {"admin": "made"})
        if self.mode == "run":
            self._job("check", ["check", "--deploy", "--tag", "durability"])
            self._gather_static()
        self.keeper.say(f"Tables and files are up to date ({self._elapsed()}).")

    def _gather_static(self) -> None:
        """Copy and compress the static files, when there are others than at the last start."""
        done, wanted = self._read_stamp(), digest_of(state.PROJECT.glob("*/static/**/*"))
        if done.get("static") != wanted or not (Path(self.env["STATIC_ROOT"]) / "staticfiles.json").exists():
            self._job("collectstatic", ["collectstatic", "--noinput", "--clear"])
            self._write_stamp(done | {"static": wanted})

    def _job(self, name: str, arguments: list[str], **extra: str) -> None:
        log = state.log_file(name)
        if self.keeper.run(self._spec(name, [sys.executable, "manage.py", *arguments], log, **extra)) != 0:
            raise Trouble(f"`manage.py {' '.join(arguments)}` failed: {state.last_lines(log, 1)} (see {log}).")

    def _make_admin(self) -> None:
        """Make the first administrator with a password of his own; one who is there already is left alone."""
        password = secrets.token_urlsafe(12)
        extra = {"DJANGO_SUPERUSER_USERNAME": ADMIN, "DJANGO_SUPERUSER_PASSWORD": password}
        extra["DJANGO_SUPERUSER_EMAIL"] = "admin@localhost"
        arguments = [sys.executable, "manage.py", "createsuperuser", "--noinput"]
        if self.keeper.run(self._spec("createsuperuser", arguments, state.log_file("createsuperuser"), **extra)) == 0:
            state.write_private(self._logins(), f"administrator: {ADMIN} / {password}\n")

    def _logins(self) -> Path:
        return state.var() / "logins.txt"

    def _read_stamp(self) -> dict[str, str]:
        """Return what has been done to this very database already."""
        with contextlib.suppress(OSError, ValueError):
            stamp: dict[str, str] = json.loads((state.var() / "prepared.json").read_text())
            if not self.fresh and stamp.get("database") == self._database():
                return stamp
        return {"database": self._database()}

    def _write_stamp(self, stamp: dict[str, str]) -> None:
        state.write_private(state.var() / "prepared.json", json.dumps(stamp))
        self.fresh = False

    def _database(self) -> str:
        """Name the database without its password: the embedded one by its folder, another by a digest."""
        given = os.environ.get("DATABASE_URL")
        return hashlib.sha256(given.encode()).hexdigest() if given else str(state.servers_home())

    # -- main job --------------------------------------------------------------------------------------------------

    def main_job(self, *, once: bool) -> int:
        """Run the demo's main job on the first start, or when asked for by ONCE=1; return its exit code."""
        if self.mode != "demo" or not (once or self._read_stamp().get("demo") is None):
            return 0
        self.keeper.say("Running the main job: record, ask, answer, compare …")
        code = self.keeper.run(self._spec("run_demo", [sys.executable, "manage.py", "run_demo"], None))
        if code != 0:
            raise Trouble(f"The demo's main job failed (exit code {code}); logs are in {state.var() / 'log'}.")
        self._write_stamp(self._read_stamp() | {"demo": "loaded"})
        return code

    def announce(self) -> None:
        """Print the addresses and the generated log-ins."""
        say, logins = self.keeper.say, self._logins()
        say(f"\ncxsurvey serves {self.address} (ready after {self._elapsed()})")
        pages = [("Start", "/"), ("Admin", "/admin/"), ("API", "/api/docs/")]
        pages += [("Inbox of mails and SMS", "/dev/inbox/")] if self.mode == "demo" else []
        for name, path in pages:
            say(f"  {name:<24}{self.address}{path}")
        if logins.exists():
            say(f"Log-ins (kept in {logins}):")
            for line in logins.read_text().splitlines():
                say(f"  {line}")
        else:
            say("Make an administrator with: .venv/bin/python manage.py createsuperuser")
        say("Ctrl-C stops everything and keeps the data.")

    def _elapsed(self) -> str:
        return f"{time.monotonic() - self.began:.1f} s"


def read_port() -> int:
    """Return PORT as a number, 8000 if not given."""
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise Trouble(f"PORT={given} is no port number: give one from 1024 to 65535, as in `PORT=8001 make demo`.")
    return int(given)


def is_free(port: int) -> bool:
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of an earlier run may linger
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def require_free(port: int) -> None:
    if not is_free(port):
        raise Trouble(
            f"Port {port} is taken by another program: choose another one, as in `make demo PORT={port + 1}`."
        )


def free_or_any(port: int) -> int:
    return port if is_free(port) else servers.free_port()


def is_healthy(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy of the environment
    try:
        with opener.open(f"{address}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def migrations_digest() -> str:
    return digest_of(state.PROJECT.glob("*/migrations/*.py"))


def digest_of(paths: Iterable[Path]) -> str:
    """Return a digest of these files and of the pinned libraries, which bring migrations and static files too."""
    digest = hashlib.sha256()
    for path in [*sorted(paths), state.PROJECT / "requirements.txt"]:
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
