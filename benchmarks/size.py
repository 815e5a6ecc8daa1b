"""One large journey with everything in it: refreshed, computed by part, its page served from the kept value.

Run by itself: python -m benchmarks size [-- --runs 100000]. Ten answers, nine contacts and four asks a run, in a
throw-away database: 100,000 runs want some 2 GB of disk. `--connections` are those of the busy measurement.
"""

import argparse
import http.client
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.submissions import granian, measure_requests, start_database

SLOW = True  # minutes
VIEWS = 200


def main(argv: list[str] | None = None) -> dict[str, Any]:
    """Fill, measure, print the table, write the JSON."""
    options = _options(argv)
    start_database()
    from benchmarks.size_fill import fill

    began = time.perf_counter()
    rows = fill(options.runs)
    filled = round(time.perf_counter() - began, 1)
    report: dict[str, Any] = {"benchmark": "size", "runs": options.runs, "rows": rows, "filled_s": filled}
    report |= {"load_before": os.getloadavg(), "refreshed_runs_per_s": _refreshed(), **_computed()}
    report |= {"pages": _pages(options.connections), "stale_shown_s": _staleness()}
    _print(report)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--out", type=Path, default=Path("var/bench/size.json"))
    return parser.parse_args(argv)


def _refreshed() -> float:
    from feedback.actions.refresh_runs import refresh_runs

    began = time.perf_counter()
    count = refresh_runs()
    return round(count / (time.perf_counter() - began), 1)


def _computed() -> dict[str, Any]:
    """The whole computation as the worker does it: seconds by step, all of them, and the most memory of the process."""
    from feedback.dashboards.comparison import Query, build_comparison

    told: list[tuple[float, str]] = []
    before = _megabytes()
    build_comparison(Query("large"), tell=lambda _percent, note: told.append((time.perf_counter(), note)))
    ends = [*(moment for moment, _note in told[1:]), time.perf_counter()]
    steps = [(note, round(end - begin, 2)) for (begin, note), end in zip(told, ends, strict=True)]
    whole = round(ends[-1] - told[0][0], 1)
    return {"computed_s": whole, "steps_s": steps, "megabytes_before": before, "peak_megabytes": _megabytes()}


def _megabytes() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _pages(connections: int) -> list[dict[str, Any]]:
    """The first view from the kept value, through the web server."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from feedback.actions.analyse import analyse, request_analysis
    from feedback.dashboards.comparison import Query

    manager = Client()
    manager.force_login(User.objects.create_superuser("bench"))
    cookie = manager.cookies[settings.SESSION_COOKIE_NAME].value
    if not analyse(request_analysis(Query("large"), wake=False).pk):
        raise SystemExit("The comparison could not be stored.")

    def look(link: http.client.HTTPConnection, path: str) -> int:
        link.request("GET", path, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"})
        answer = link.getresponse()
        answer.read()
        return answer.status

    path, found = "/admin/insights/large/", []
    for many in (1, connections):
        with granian(max(many, 2)) as (port, pid):
            measure_requests(port, pid, many, [path] * 20, look)  # caches
            found.append({"connections": many, **measure_requests(port, pid, many, [path] * VIEWS, look)})
    return found


def _staleness() -> float:
    """Seconds from one more answer of a run to its being known as moved: refreshed, and the fingerprint another one."""
    from feedback.actions.analyse import kept_comparison
    from feedback.actions.refresh_runs import refresh_runs
    from feedback.dashboards.comparison import Query
    from surveys.models import JourneyRun

    run = JourneyRun.objects.filter(journey__code="large").latest("pk")
    began = time.perf_counter()
    JourneyRun.objects.filter(pk=run.pk).update(stale=True)  # as an answer's transaction does
    refresh_runs()
    if kept_comparison(Query("large")).fresh:
        raise SystemExit("The kept value was not seen to be old.")
    return round(time.perf_counter() - began, 3)


def _print(report: dict[str, Any]) -> None:
    for name, figure in report.items():
        if name == "steps_s":
            sys.stdout.writelines(f"    {note:<46}{seconds:>8.2f} s\n" for note, seconds in figure)
        else:
            sys.stdout.write(f"{name:<24}{figure}\n")


if __name__ == "__main__":
    main()
