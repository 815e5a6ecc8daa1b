"""How many surveys can be opened and submitted in a second: granian, durable PostgreSQL, eight connections.

Beside them, in turns within the same run: an empty view through the same server; the leanest page of Django that could
take the same answers, with forms.Form and one statement (`leanest_app`); and the rows of a submission written by its
one statement in a bare loop, which is the most that this database takes of them.

Run by itself: python -m benchmarks.submissions [--submissions 2000] [--connections 8] [--out FILE]
"""

import argparse
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks import leanest, wire
from cxsurvey.processes import servers

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

ANSWERS: Final = {"recommend": "9", "satisfied": "4", "easy": "6", "why": "Quick and kind", "solved": "yes"}
OURS: Final = "cxsurvey.wsgi:application"
LEANEST: Final = "benchmarks.leanest_app:application"
WORK: Final = ("empty view", "pages opened", "surveys submitted", "leanest page", "the one statement")
ROUNDS: Final = 4  # in turns, so that whatever else the machine does hits all alike


@dataclass
class Measured:
    """What so many requests took: each its seconds, all together wall and CPU seconds."""

    times: list[float] = field(default_factory=list)
    wall: float = 0.0
    web: float = 0.0  # of whoever is in front of the database
    database: float = 0.0

    def add(self, work: Callable[[], list[float]], web: Callable[[], float], database: Callable[[], float]) -> None:
        """Do it, and note what it took; the last two tell the CPU seconds used so far."""
        before = time.perf_counter(), web(), database()
        self.times += work()
        self.wall += time.perf_counter() - before[0]
        self.web += web() - before[1]
        self.database += database() - before[2]

    def figures(self) -> dict[str, float]:
        """Rate, latencies in ms, and CPU per request in ms."""
        times, count = sorted(self.times), len(self.times)
        return {
            "requests": count,
            "per_second": round(count / self.wall, 1),
            "p50_ms": round(times[count // 2] * 1e3, 2),
            "p99_ms": round(times[count * 99 // 100] * 1e3, 2),
            "web_cpu_ms": round(self.web / count * 1e3, 2),
            "database_cpu_ms": round(self.database / count * 1e3, 2),
        }


def main(arguments: list[str] | None = None) -> dict[str, object]:
    """Measure, print the table, write the JSON."""
    options = _options(arguments)
    database, many, connections = start_database(), options.submissions, options.connections
    tokens = _seed(2 * many + 2 * (many // 10))
    submitted, bare, warm = tokens[:many], tokens[many : 2 * many], tokens[2 * many :]
    lean = leanest.prepare(os.environ["DATABASE_URL"], many + many // 10)
    with granian(connections) as ours, granian(connections, LEANEST) as other, _pool(connections) as pool:
        for requests in (map(_opened, warm[::2]), map(_submitted, warm[::2])):
            wire.seconds_of(ours[0], list(requests), connections)
        wire.seconds_of(other[0], list(map(_submitted, lean[many:])), connections)
        _in_a_bare_loop(pool, list(map(_document, warm[1::2])))
        results = _in_turns(ours, other, database, pool, submitted, lean[:many], bare)
    taken, leanly, most = (
        results[name]["per_second"] for name in ("surveys submitted", "leanest page", "the one statement")
    )
    report: dict[str, object] = {
        "benchmark": "submissions", "connections": connections, "answers": len(ANSWERS), "durable": True,
        "load": os.getloadavg()[0], "responses_stored": _stored(), "responses_expected": len(tokens),
        "share_of_the_leanest_page": round(taken / leanly, 2),
        "share_of_the_one_statement": round(taken / most, 2),
        "results": [{"work": name, **figures} for name, figures in results.items()],
    }  # fmt: skip
    _print(report, results)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def _in_turns(
    ours: tuple[int, int],
    other: tuple[int, int],
    database: int,
    pool: "ConnectionPool",
    submitted: Sequence[str],
    lean: Sequence[str],
    bare: Sequence[str],
) -> dict[str, dict[str, float]]:
    """Each kind of work a part at a time; what is submitted was opened before. Servers by port and process id."""
    found = {name: Measured() for name in WORK}
    of_database = partial(cpu_seconds, database)
    for turn in range(ROUNDS):
        mine, documents = submitted[turn::ROUNDS], list(map(_document, bare[turn::ROUNDS]))
        for name, (port, web), requests in (
            ("empty view", ours, [wire.get("/healthz")] * len(mine)),
            ("pages opened", ours, list(map(_opened, mine))),
            ("surveys submitted", ours, list(map(_submitted, mine))),
            ("leanest page", other, list(map(_submitted, lean[turn::ROUNDS]))),
        ):
            asking = partial(wire.seconds_of, port, requests, pool.max_size)
            found[name].add(asking, partial(cpu_seconds, web), of_database)
        found["the one statement"].add(partial(_in_a_bare_loop, pool, documents), time.process_time, of_database)
    return {name: measured.figures() for name, measured in found.items()}


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=2_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--out", type=Path, default=Path("var/bench/submissions.json"))
    return parser.parse_args(arguments)


def start_database(kept: Path | None = None) -> int:
    """Servers that keep what they promise (fsync on), with all tables; throw-away ones, or those of a folder.

    The process id of PostgreSQL.
    """
    home = kept or servers.throwaway_home("cxsurvey-bench-")
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    note = home / "password"
    if not note.exists():
        note.write_text(secrets.token_hex(16))
    password = note.read_text()
    started = [servers.start_postgres(home, password, home / "postgres.log", durable=True)]
    broker = servers.start_redis(home, password, home / "redis.log")
    started += [broker] if broker else []
    for running in started:
        servers.stop_at_exit(running)
        os.environ.update(running.env)
    os.environ.update(SECRET_KEY=secrets.token_hex(32), PUBLIC_BASE_URL="http://127.0.0.1:8000", LOG_LEVEL="ERROR")
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    return started[0].process.pid


def _seed(count: int) -> list[str]:
    """Live invitations, one customer and run each; their tokens."""
    from surveys.actions.links import answer_token, set_token_hashes
    from surveys.models import Customer, Invitation, JourneyRun
    from tests.factories.answering import EVERY_KIND, open_invitation, touchpoint_survey

    questions = [question for question in EVERY_KIND if question["code"] in ANSWERS]
    first, _token = open_invitation(touchpoint_survey(questions))
    run = first.run
    assert run is not None
    customers = Customer.objects.bulk_create(Customer(external_id=f"bench{n}") for n in range(count))
    same = {"version_id": run.version_id, "journey_id": run.journey_id, "started_at": run.started_at}
    runs = JourneyRun.objects.bulk_create(
        JourneyRun(customer=customer, external_id=customer.external_id, last_event_at=run.started_at, **same)
        for customer in customers
    )
    rows = [
        Invitation(
            version_id=first.version_id, survey_id=first.survey_id, stage_id=first.stage_id, state="live",
            customer=each.customer, run=each, channel="email", occasion=each.external_id,
            due_at=first.due_at, expires_at=first.expires_at,
        )
        for each in runs
    ]  # fmt: skip
    for row in rows:
        set_token_hashes(row)
    Invitation.objects.bulk_create(rows, batch_size=1_000)
    return [answer_token(row) for row in rows]


@contextlib.contextmanager
def granian(connections: int, application: str = OURS) -> Iterator[tuple[int, int]]:
    """The web server as it is run in production: two processes, pooled connections. Yields its port and process id."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += [
        "--workers",
        "2",
        "--blocking-threads",
        str(connections // 2),
        "--log-level",
        "error",
        "--no-access-log",
    ]
    env = os.environ | {"DATABASE_POOL": "true", "DATABASE_POOL_SIZE": str(connections)}
    web = subprocess.Popen([*command, application], env=env, start_new_session=True)
    try:
        _wait_for(port)
        yield port, web.pid
    finally:
        web.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            web.wait(timeout=10)
        with contextlib.suppress(ProcessLookupError):  # its workers wait for clients' open connections
            os.killpg(web.pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("granian did not start; what went wrong is printed above.")


def measure_requests(port: int, pid: int, connections: int, requests: Sequence[bytes]) -> dict[str, float]:
    """Rate, latencies in ms, and CPU of the web processes per request in ms."""
    measured = Measured()
    measured.add(partial(wire.seconds_of, port, requests, connections), partial(cpu_seconds, pid), float)
    figures = measured.figures()
    del figures["database_cpu_ms"]
    return figures


def _opened(token: str) -> bytes:
    return wire.get(f"/s/{token}/")


def _submitted(token: str) -> bytes:
    return wire.post(f"/s/{token}/", urlencode(ANSWERS))


def _document(token: str) -> str:
    """What the statement is given for the same answers, as the view makes it."""
    from django.utils import timezone

    from feedback.actions.check_answers import check_answers
    from feedback.actions.claim_and_store import document
    from feedback.actions.occasions import of_invitation
    from feedback.actions.store_answers import Stages, answers_of
    from feedback.actions.submit_response import item_of
    from feedback.queries.asked_invitation import invitation_by_token

    invitation = invitation_by_token(token)
    assert invitation is not None
    form = check_answers(of_invitation(invitation), "en", {code: [value] for code, value in ANSWERS.items()})
    assert form.is_valid(), form.errors
    item = item_of(invitation, form.values, language="en", now=timezone.now())
    return document(item, list(answers_of(item, Stages([item]))), uuid4())


@contextlib.contextmanager
def _pool(connections: int) -> Iterator["ConnectionPool"]:
    """So many open connections, each statement on them committed by itself."""
    from psycopg_pool import ConnectionPool

    own = {"autocommit": True}
    with ConnectionPool(os.environ["DATABASE_URL"], min_size=connections, max_size=connections, kwargs=own) as pool:
        pool.wait()
        yield pool


def _in_a_bare_loop(pool: "ConnectionPool", documents: Sequence[str]) -> list[float]:
    """The seconds of each, a thread for each connection; prepared, as the view does it."""
    from feedback.actions.claim_and_store import STATEMENT

    def share(mine: Sequence[str]) -> list[float]:
        times = []
        for each in mine:
            begun = time.perf_counter()
            with pool.connection() as link:
                stored = link.execute(STATEMENT, [each], prepare=True).fetchone()
            times.append(time.perf_counter() - begun)
            if stored is None or not stored[0]:
                raise SystemExit("The statement stored nothing; nothing was measured.")
        return times

    shares = [documents[n :: pool.max_size] for n in range(pool.max_size)]
    with ThreadPoolExecutor(len(shares)) as threads:
        return [each for times in threads.map(share, shares) for each in times]


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and of all below it that live, with the time of threads that have ended."""
    found, family = 0, [pid]
    for each in family:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            found += int(fields[11]) + int(fields[12])
            for thread in Path(f"/proc/{each}/task").iterdir():
                family += map(int, (thread / "children").read_text().split())
    return found / os.sysconf("SC_CLK_TCK")


def _stored() -> int:
    from feedback.models import Response

    return Response.objects.count()


def _print(report: dict[str, object], results: dict[str, dict[str, float]]) -> None:
    names = list(results["pages opened"])
    print("  ".join(f"{name:>18}" for name in ("work", *names)))
    for work, figures in results.items():
        print("  ".join([f"{work:>18}", *(f"{figures[name]:>18}" for name in names)]))
    print(f"submissions a second, as a share of the leanest page's: {report['share_of_the_leanest_page']}")
    print(f"as a share of the one statement's in a bare loop: {report['share_of_the_one_statement']}")
    print(f"responses stored {report['responses_stored']} of {report['responses_expected']} expected")


if __name__ == "__main__":
    main()
