"""A whole installation for one measurement: servers that keep what they promise, web, worker, sweeper, stand-ins."""

import contextlib
import os
import secrets
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cxsurvey.processes import servers
from cxsurvey.processes.installation import is_healthy
from cxsurvey.processes.servers import Running
from cxsurvey.processes.spawn import Spec, spawn
from cxsurvey.processes.state import PROJECT, last_lines

PATIENCE_SECONDS = 60.0


@dataclass
class Stage:
    """What runs, where its pages are, where mail and SMS arrive."""

    address: str
    inbox: Path
    processes: dict[str, int]


@contextlib.contextmanager
def installation(web_workers: int = 2, web_threads: int = 4, worker_processes: int = 2) -> Iterator[Stage]:
    """Start everything with production settings, set up Django in this process, and end everything by its id."""
    home, started = servers.throwaway_home("cxsurvey-bench-"), list[Running]()
    try:
        address = _environment(home, started)
        _set_up_django()
        for name, argv, extra in _programs(address, web_workers, web_threads, worker_processes):
            spec = Spec(name, tuple(argv), os.environ | extra, home / f"{name}.log", cwd=str(PROJECT))
            started.append(Running(spec, spawn(spec), {}))
        _wait_until_served(address, started)
        yield Stage(address, home / "inbox", {each.spec.name: each.process.pid for each in started})
    finally:
        _disconnect()
        for running in reversed(started):
            servers.end(running.process, running.spec.stop_signal, seconds=8)  # a client may hold a page open


def _environment(home: Path, started: list[Running]) -> str:
    """Start database and broker, and write the settings of all processes into the environment; the pages' address."""
    password = secrets.token_hex(16)
    started.append(servers.start_postgres(home, password, home / "postgres.log", durable=True))
    if broker := servers.start_redis(home, password, home / "redis.log"):
        started.append(broker)
    for running in started:
        os.environ.update(running.env)
    mail, sms, web = (servers.free_port() for _ in range(3))
    address = f"http://127.0.0.1:{web}"
    os.environ.update(
        DJANGO_SETTINGS_MODULE="benchmarks.settings", SECRET_KEY=secrets.token_hex(32), LOG_LEVEL="WARNING",
        PUBLIC_BASE_URL=address, STANDIN_FOLDER=str(home / "inbox"), EMAIL_URL=f"smtp://127.0.0.1:{mail}",
        STANDIN_SMTP_PORT=str(mail), STANDIN_SMS_PORT=str(sms), SMS_PROVIDER="twilio", SMS_ACCOUNT="bench",
        SMS_API_URL=f"http://127.0.0.1:{sms}", SMS_SECRET=secrets.token_hex(16), SMS_FROM="+15005550006",
        SMS_COUNTRIES="US", SMS_BURST_NUMBERS="0",
    )  # fmt: skip
    os.environ.pop("DEBUG", None)
    return address


def _set_up_django() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _programs(address: str, web: int, threads: int, workers: int) -> list[tuple[str, list[str], dict[str, str]]]:
    """Name, command and further environment of each process."""
    python, port = sys.executable, address.rpartition(":")[2]
    granian = [python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", port, "--no-ws"]
    granian += ["--workers", str(web), "--blocking-threads", str(threads), "--log-level", "error", "--no-access-log"]
    celery = [python, "-m", "celery", "-A", "cxsurvey.celery", "worker", "-c", str(workers), "-l", "WARNING"]
    return [
        ("standins", [python, "manage.py", "standins"], {"DEBUG": "true", "STANDINS": "true"}),  # development only
        ("web", [*granian, "cxsurvey.wsgi:application"], {"DATABASE_POOL": "true"}),
        ("worker", [*celery, "--without-gossip", "--without-mingle"], {}),
        ("sweep", [python, "manage.py", "sweep"], {}),
    ]


def _wait_until_served(address: str, started: list[Running]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_healthy(address):
        dead = [each for each in started if each.process.poll() is not None]
        if dead or time.monotonic() > deadline:
            told = "; ".join(f"{each.spec.name}: {last_lines(each.spec.log)}" for each in dead if each.spec.log)
            raise SystemExit(f"The pages did not come up at {address}. {told}")
        time.sleep(0.1)


def _disconnect() -> None:
    from django.db import connections

    with contextlib.suppress(Exception):  # Django may not have been set up
        connections.close_all()
