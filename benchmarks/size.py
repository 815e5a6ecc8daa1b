"""One large journey with everything in it: refreshed, computed by part, its page served from the kept value.

Run by itself: python -m benchmarks size [-- --runs 100000]. Ten answers, nine contacts and four asks a run, in a
throw-away database: 100,000 runs want some 2 GB of disk. `--connections` are those of the busy measurement.
With `--keep FOLDER` the database stays there, and a second call with that folder measures only what reads it.
Where the whole computation takes more than `--most-cpu` seconds it is ended, and the page shows the value of the last
thirty days in its place. CPU seconds are this process's and its database backend's: on a machine that does other things
they say more than seconds of the clock.
"""

import argparse
import contextlib
import io
import itertools
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks import wire
from benchmarks.submissions import granian, measure_requests, start_database

SLOW = True  # minutes
VIEWS = 500


def main(argv: list[str] | None = None) -> dict[str, Any]:
    """Fill, measure, print the table, write the JSON."""
    options = _options(argv)
    start_database(options.keep)
    report: dict[str, Any] = {"benchmark": "size", "load_before": os.getloadavg()}
    if not _is_filled():
        _fill(report, options.runs)
        _refresh(report)
    report["runs"] = _runs()
    if options.compute:
        _compute(report, options.most_cpu)
    report["pages"] = _pages(options.connections)
    report["compare_s"] = _compare_command()
    if options.compute:
        report["stale_shown_s"] = _staleness()
    report["load_after"] = os.getloadavg()
    _print(report)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--most-cpu", type=int, default=600, help="seconds that the whole computation may take")
    parser.add_argument("--keep", type=Path, default=None, help="a folder for the database, which stays")
    parser.add_argument("--no-compute", dest="compute", action="store_false", help="measure only pages and command")
    parser.add_argument("--out", type=Path, default=Path("var/bench/size.json"))
    return parser.parse_args(argv)


@contextlib.contextmanager
def _timed(report: dict[str, Any], name: str) -> Iterator[None]:
    """Seconds of the clock and of CPU, printed when they are known: what follows may take long."""
    began, cpu, database = time.perf_counter(), time.process_time(), _backend_cpu()
    yield
    used = {"s": time.perf_counter() - began, "cpu_s": time.process_time() - cpu}
    used["database_cpu_s"] = _backend_cpu() - database
    report[name] = {key: round(value, 2) for key, value in used.items()}
    sys.stdout.write(f"{name}: {report[name]}\n")
    sys.stdout.flush()


def _backend_cpu() -> float:
    """CPU seconds of the database process that serves this connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _is_filled() -> bool:
    from feedback.models import RunScore

    return RunScore.objects.exists()


def _fill(report: dict[str, Any], runs: int) -> None:
    from benchmarks.size_fill import fill

    with _timed(report, "filled"):
        report["rows"] = fill(runs)


def _refresh(report: dict[str, Any]) -> None:
    from feedback.actions.refresh_runs import refresh_runs

    with _timed(report, "refreshed"):
        count = refresh_runs()
    used = report["refreshed"]
    used["rows_per_cpu_s"] = round(count / (used["cpu_s"] + used["database_cpu_s"]))


class _TooLongError(Exception):
    pass


def _runs() -> int:
    """Of the journey: a kept database has as many as it was filled with."""
    from surveys.models import JourneyRun

    return JourneyRun.objects.filter(journey__code="large").count()


def _compute(report: dict[str, Any], most: int) -> None:
    """The whole computation as the worker does it, by step, kept; most: CPU seconds of this process it may take."""
    from feedback.actions import analyse as module
    from feedback.dashboards.comparison import Query, build_comparison
    from feedback.insights.alive import heard_by
    from feedback.models import Analysis

    told: list[tuple[float, str]] = []
    alive: list[float] = []

    def watched(query: Query, tell: Any) -> dict[str, Any]:
        def both(percent: int, note: str) -> None:
            told.append((time.process_time(), note))
            alive.append(time.process_time())
            tell(percent, note)

        signal.signal(signal.SIGPROF, _too_long)
        signal.setitimer(signal.ITIMER_PROF, most)
        try:
            with heard_by(lambda: alive.append(time.process_time())):
                return build_comparison(query, tell=both)
        except _TooLongError:
            report["ended_after_cpu_s"] = most
            last_days = _latest() - timedelta(days=30)
            return build_comparison(Query(query.journey, start=last_days))
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    module.build_comparison = watched
    Analysis.objects.all().delete()  # a kept database: what was computed lately would rest first
    report["megabytes_before"] = _megabytes()
    with _timed(report, "computed"):
        if not module.analyse(module.request_analysis(Query("large"), wake=False).pk):
            raise SystemExit("The comparison could not be stored.")
    ends = [*(moment for moment, _note in told[1:]), time.process_time()]
    report["steps_cpu_s"] = [(note, round(end - begin, 2)) for (begin, note), end in zip(told, ends, strict=True)]
    report["longest_silence_cpu_s"] = round(max(b - a for a, b in itertools.pairwise(alive)), 2)
    report["peak_megabytes"] = _megabytes()


def _too_long(*_given: object) -> None:
    raise _TooLongError


def _latest() -> Any:
    from feedback.models import RunScore

    return RunScore.objects.latest("at").at


def _megabytes() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _pages(connections: int) -> list[dict[str, Any]]:
    """The first view and the API from the kept value, through the web server."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    manager = Client()
    manager.force_login(
        User.objects.get_or_create(username="bench", defaults={"is_superuser": True, "is_staff": True})[0]
    )
    cookie = manager.cookies[settings.SESSION_COOKIE_NAME].value

    headers = f"Cookie: {settings.SESSION_COOKIE_NAME}={cookie}\r\n"
    found = []
    for path in ("/admin/insights/large/", "/api/v1/journeys/large/comparison/"):
        for many in (1, connections):
            with granian(max(many, 2)) as (port, pid):
                request = wire.get(path, headers)
                wire.seconds_of(port, [request] * 20, many)  # caches
                figures = measure_requests(port, pid, many, [request] * VIEWS)
                found.append({"path": path, "connections": many, **figures})
    return found


def _compare_command() -> float:
    """Seconds of the command from the kept value, without the start of a process."""
    from django.core.management import call_command

    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        call_command("compare", "large")
    return round(time.perf_counter() - began, 2)


def _staleness() -> float:
    """Seconds from one more answer of a run to its being known as moved: refreshed, and the fingerprint another one."""
    from feedback.actions.analyse import kept_comparison
    from feedback.actions.refresh_runs import refresh_runs
    from feedback.dashboards.comparison import Query
    from surveys.models import JourneyRun

    run = JourneyRun.objects.filter(journey__code="large").latest("pk")
    if not kept_comparison(Query("large")).fresh:
        raise SystemExit("The kept value is old before anything has moved.")
    began = time.perf_counter()
    JourneyRun.objects.filter(pk=run.pk).update(stale=True)  # as an answer's transaction does
    refresh_runs()
    if kept_comparison(Query("large")).fresh:
        raise SystemExit("The kept value was not seen to be old.")
    return round(time.perf_counter() - began, 3)


def _print(report: dict[str, Any]) -> None:
    for name, figure in report.items():
        if name == "steps_cpu_s":
            sys.stdout.writelines(f"    {note:<46}{seconds:>8.2f} s\n" for note, seconds in figure)
        else:
            sys.stdout.write(f"{name:<24}{figure}\n")


if __name__ == "__main__":
    main()
