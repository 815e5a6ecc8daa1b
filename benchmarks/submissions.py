"""How many surveys can be opened and submitted in a second: granian, durable PostgreSQL, eight connections.

Run by itself: python -m benchmarks.submissions [--submissions 2000] [--connections 8] [--out FILE]
"""

import argparse
import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

from cxsurvey.processes import servers

ANSWERS = {"recommend": "9", "satisfied": "4", "easy": "6", "why": "Quick and kind", "solved": "yes"}
Request = Callable[[http.client.HTTPConnection, str], int]


def main(arguments: list[str] | None = None) -> dict[str, object]:
    """Measure, print the table, write the JSON."""
    options = _options(arguments)
    start_database()
    tokens = _seed(2 * options.submissions)
    warm, counted = tokens[: options.submissions // 10], tokens[options.submissions :]
    with granian(options.connections) as (port, pid):
        _run(port, options.connections, warm, _submit)
        results = [
            {"work": "pages opened", **measure_requests(port, pid, options.connections, counted, _open)},
            {"work": "surveys submitted", **measure_requests(port, pid, options.connections, counted, _submit)},
        ]
    report: dict[str, object] = {
        "benchmark": "submissions", "connections": options.connections, "answers": len(ANSWERS), "durable": True,
        "responses_stored": _stored(), "responses_expected": len(warm) + len(counted), "results": results,
    }  # fmt: skip
    _print(report, results)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=2_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--out", type=Path, default=Path("var/bench/submissions.json"))
    return parser.parse_args(arguments)


def start_database(kept: Path | None = None) -> None:
    """Servers that keep what they promise (fsync on), with all tables; throw-away ones, or those of a folder."""
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
def granian(connections: int) -> Iterator[tuple[int, int]]:
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
    web = subprocess.Popen([*command, "cxsurvey.wsgi:application"], env=env, start_new_session=True)
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


def measure_requests(port: int, pid: int, connections: int, tokens: list[str], request: Request) -> dict[str, float]:
    """Rate, latencies in ms, and CPU of the web processes per request in ms."""
    before, started = _cpu_seconds(pid), time.perf_counter()
    times = sorted(_run(port, connections, tokens, request))
    wall, used = time.perf_counter() - started, _cpu_seconds(pid) - before
    return {
        "requests": len(times),
        "per_second": round(len(times) / wall, 1),
        "p50_ms": round(times[len(times) // 2] * 1e3, 2),
        "p99_ms": round(times[len(times) * 99 // 100] * 1e3, 2),
        "web_cpu_ms": round(used / len(times) * 1e3, 2),
    }


def _run(port: int, connections: int, tokens: list[str], request: Request) -> list[float]:
    """Seconds of every request, spread over keep-alive connections."""

    def one_connection(mine: list[str]) -> list[float]:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        times = []
        for token in mine:
            started = time.perf_counter()
            status = request(link, token)
            times.append(time.perf_counter() - started)
            if status != 200:
                raise SystemExit(f"The server answered {status}; nothing was measured.")
        link.close()
        return times

    with ThreadPoolExecutor(connections) as pool:
        shares = [tokens[n::connections] for n in range(connections)]
        return [each for times in pool.map(one_connection, shares) for each in times]


def _open(link: http.client.HTTPConnection, token: str) -> int:
    link.request("GET", f"/s/{token}/")
    return _status(link)


def _submit(link: http.client.HTTPConnection, token: str) -> int:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    link.request("POST", f"/s/{token}/", urlencode(ANSWERS), headers)
    return _status(link)


def _status(link: http.client.HTTPConnection) -> int:
    answer = link.getresponse()
    answer.read()
    return answer.status


def _cpu_seconds(pid: int) -> float:
    """CPU time of a process and its children that still live."""
    ticks = os.sysconf("SC_CLK_TCK")
    family = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    fields = [Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split() for each in family]
    return sum(int(each[11]) + int(each[12]) for each in fields) / ticks


def _stored() -> int:
    from feedback.models import Response

    return Response.objects.count()


def _print(report: dict[str, object], results: list[dict[str, object]]) -> None:
    names = list(results[0])
    print("  ".join(f"{name:>18}" for name in names))
    for row in results:
        print("  ".join(f"{row[name]!s:>18}" for name in names))
    print(f"responses stored {report['responses_stored']} of {report['responses_expected']} expected")


if __name__ == "__main__":
    main()
