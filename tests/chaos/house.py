"""A whole installation to be broken: its own PostgreSQL and broker, workers, sweepers, beats, web; by process id."""

import contextlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from cxsurvey.processes import postgres, redis, servers
from cxsurvey.processes.installation import is_healthy
from cxsurvey.processes.spawn import Spec, spawn
from cxsurvey.processes.state import PROJECT
from tests.chaos import rabbit

LEASE: Final = 5.0
SENDING_LIMIT: Final = 20.0
REPLY_TIMEOUT: Final = 8.0
BATCH: Final = 20
SETTLE_SECONDS: Final = 0.5  # statements of a process just killed have ended by then


class House:
    """Processes by name; each can be killed, stopped, continued and started again on the same address."""

    def __init__(self, broker: str = "redis", **settings: str) -> None:
        self.broker = broker
        self.home = servers.throwaway_home("cxsurvey-chaos-")
        self.kills = self.home / "kills"
        self.kills.touch()
        self.specs: dict[str, Spec] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._ready: dict[str, Callable[[], None]] = {}
        self._start_servers()
        web = servers.free_port()
        self.address = f"http://127.0.0.1:{web}"
        os.environ.update(self._settings() | settings)
        self._describe(web)

    # ---- servers -----------------------------------------------------------------------------------------------------

    def _start_servers(self) -> None:
        password = secrets.token_hex(16)
        log = self.home / "postgres.log"
        running = servers.start_postgres(self.home, password, log, durable=True)
        os.environ.update(running.env)
        self._adopt("postgres", running.spec, running.process)
        port = int(re.search(r":(\d+)/", running.env["DATABASE_URL"])[1])
        bindir = Path(running.spec.argv[0]).parent
        self._ready["postgres"] = lambda: postgres.wait_ready(self.processes["postgres"], bindir, port, log)
        (self._start_rabbit if self.broker == "rabbitmq" else self._start_redis)(password)

    def _start_redis(self, password: str) -> None:
        log = self.home / "broker.log"
        running = servers.start_redis(self.home, password, log)
        assert running is not None, "no Redis is to be had"
        os.environ.update(running.env)
        self._adopt("broker", running.spec, running.process)
        port = int(running.env["CELERY_BROKER_URL"].rpartition(":")[2].partition("/")[0])
        self._ready["broker"] = lambda: redis.wait_ready(self.processes["broker"], password, port, log)

    def _start_rabbit(self, _password: str) -> None:
        names, node, port = rabbit.node(self.home, self.home / "broker.log")
        self._adopt("epmd", names, spawn(names))
        self._ready["broker"] = lambda: rabbit.wait_ready(self.processes["broker"], port)
        self.specs["broker"] = node
        os.environ["CELERY_BROKER_URL"] = rabbit.URL.format(port=port)
        self.start("broker")

    def _adopt(self, name: str, spec: Spec, process: "subprocess.Popen[bytes]") -> None:
        self.specs[name], self.processes[name] = spec, process

    def go_by(self, name: str, environment: Mapping[str, str]) -> None:
        """Start a server again with this further environment."""
        self.end(name)
        self.specs[name] = replace(self.specs[name], env={**self.specs[name].env, **environment})
        self.start(name)

    # ---- our own programs --------------------------------------------------------------------------------------------

    def _settings(self) -> dict[str, str]:
        os.environ.pop("DEBUG", None)
        return {
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "SECRET_KEY": secrets.token_hex(32),
            "LOG_LEVEL": "WARNING",
            "PUBLIC_BASE_URL": self.address,
            "DELIVERY_LEASE_SECONDS": str(LEASE),
            "DELIVERY_SENDING_LIMIT_SECONDS": str(SENDING_LIMIT),
            "DELIVERY_BATCH": str(BATCH),
            "SMTP_CONNECT_TIMEOUT": "5",
            "SMTP_REPLY_TIMEOUT": str(REPLY_TIMEOUT),
            "SMS_COUNTRIES": "DE,US",
            "SMS_BURST_NUMBERS": "0",
            "SMS_SEGMENTS_PER_DAY": "0",
            "SMS_SEGMENTS_PER_DAY_AND_JOURNEY": "0",
            "DISPATCH_MARK_FILE": str(self.home / "mark.json"),
            "CXSURVEY_TESTING": "1",
            "CXSURVEY_FAILPOINT_LOG": str(self.kills),
        }

    def _describe(self, web: int) -> None:
        python = sys.executable
        granian = [python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(web), "--no-ws"]
        granian += ["--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "--log-level", "error"]
        granian += ["--respawn-interval", "0.1"]  # sooner dead again is a crash loop, which it leaves to its supervisor
        celery = [python, "-m", "celery", "-A", "cxsurvey.celery"]
        self._program("web", [*granian, "--no-access-log", "cxsurvey.wsgi:application"], DATABASE_POOL="true")
        for number in (1, 2, 3):
            self._program(f"sweep{number}", [python, "manage.py", "sweep"])
        for number in (1, 2):
            schedule = str(self.home / f"beat{number}.schedule")
            self._program(f"beat{number}", [*celery, "beat", "-l", "WARNING", "-s", schedule, "--pidfile="])
        self._celery = celery

    def _program(self, name: str, argv: list[str], **more: str) -> None:
        environ = os.environ | more
        self.specs[name] = Spec(name, tuple(argv), environ, self.home / f"{name}.log", cwd=str(PROJECT))

    def add_worker(self, name: str, processes: int, **more: str) -> None:
        """Describe and start one Celery worker with so many processes; `more` is its further environment."""
        options = ["worker", "-c", str(processes), "-l", "WARNING", "--without-gossip", "--without-mingle"]
        self._program(name, [*self._celery, *options, "-n", f"{name}@chaos"], **more)
        self.start(name)

    def more_web(self, processes: int) -> Spec:
        """The web server with so many processes."""
        argv = [*self.specs["web"].argv]
        argv[argv.index("--workers") + 1] = str(processes)
        return replace(self.specs["web"], argv=tuple(argv))

    # ---- what may be done to them ------------------------------------------------------------------------------------

    def start(self, *names: str) -> None:
        """Start these again, and wait for servers until they answer."""
        for name in names:
            self.processes[name] = spawn(self.specs[name])
            if name in self._ready:
                self._ready[name]()
            elif name == "web":
                assert wait_until(lambda: is_healthy(self.address), 60), self.log("web")

    def kill(self, name: str) -> list[str]:
        """SIGKILL to the whole process group, children included; the workers ("host:pid") that died so."""
        process = self.processes.pop(name)
        dead = [worker_name(pid) for pid in self.children(process.pid)]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return dead

    def end(self, name: str, seconds: float = 8) -> None:
        """Ask it to stop."""
        process = self.processes.pop(name)
        servers.end(process, self.specs[name].stop_signal, seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    def children(self, pid: int) -> list[int]:
        """The children of a process."""
        with contextlib.suppress(OSError):
            return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return []

    def workers(self) -> list[str]:
        return [name for name in self.processes if name.startswith("worker")]

    def worker_children(self) -> list[int]:
        return [child for name in self.workers() for child in self.children(self.processes[name].pid)]

    def log(self, name: str) -> str:
        path = self.specs[name].log
        return path.read_text(errors="replace") if path and path.exists() else ""

    def close(self) -> None:
        """End whatever runs, our programs first; their words stay below var/bench/chaos/logs until the next time."""
        disconnect()
        kept = PROJECT / "var" / "bench" / "chaos" / "logs"
        kept.mkdir(parents=True, exist_ok=True)
        for log in self.home.glob("*.log"):
            shutil.copy(log, kept / log.name)
        for name in reversed([*self.processes]):
            with contextlib.suppress(ProcessLookupError):
                self.processes[name].send_signal(signal.SIGCONT)
            if name == "postgres":
                self.end(name)
            else:
                self.kill(name)


@contextlib.contextmanager
def house(broker: str = "redis", **settings: str) -> Iterator[House]:
    """An installation with its tables, Django set up in this process; everything ended at the end."""
    with opened(House(broker, **settings)) as made:
        yield made


@contextlib.contextmanager
def opened(made: House, before_tables: Callable[[], None] | None = None) -> Iterator[House]:
    """The same of a house that is there; `before_tables` may do something to its empty database."""
    try:
        set_up(before_tables)
        yield made
    finally:
        made.close()


def set_up(before_tables: Callable[[], None] | None = None) -> None:
    import django
    from django.core.management import call_command

    django.setup()
    if before_tables:
        before_tables()
    call_command("migrate", verbosity=0)


def disconnect() -> None:
    from django.db import connections

    with contextlib.suppress(Exception):  # Django may not have been set up
        connections.close_all()


def worker_name(pid: int) -> str:
    import socket

    return f"{socket.gethostname()}:{pid}"


def wait_until(is_so: Callable[[], Any], seconds: float, pause: float = 0.2) -> bool:
    """Look until it is so; False when the time is over."""
    ends = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > ends:
            return False
        time.sleep(pause)
    return True
