"""The comparison of one large journey: how long a worker computes it and in how much memory, and the kept page's p99.

`python -m benchmarks.comparison [--runs 100000] [--out FILE]`: ten ratings a run, one customer in four with two runs;
uses a throw-away embedded database. A million runs want some 8 GB of disk and ten minutes.
"""

import argparse
import json
import os
import resource
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxsurvey.settings_test")
STAGES = ("apply", "documents", "call", "branch", "approval", "contract", "card", "welcome", "care")
VIEWS = 200


def main() -> int:
    options = _options()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    fill(options.runs)
    figures = {"runs": options.runs, "filled_seconds": round(time.perf_counter() - began, 1), **measure(options.runs)}
    for name, figure in figures.items():
        print(f"{name:<28}{figure:>14}")
    if options.out:
        Path(options.out).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def fill(runs: int) -> None:
    """A journey of nine service stages, and its runs with their run rows, written by the database itself."""
    from django.db import connection

    from tests.factories import published_journey
    from tests.factories.listening import measured_journey

    version = published_journey(STAGES, code="large")
    surveys = measured_journey(version)
    codes = {stage: f"{survey.survey.code}.overall|0-10" for stage, survey in surveys.items()}
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS, {"customers": max(1, runs * 4 // 5)})
        cursor.execute(_RUNS, {"runs": runs, "customers": max(1, runs * 4 // 5), "journey": version.journey_id,
                               "version": version.pk})  # fmt: skip
        cursor.execute(_SCORES.replace("JOURNEY", str(version.journey_id)) % _json(codes))
        cursor.execute("ANALYZE")


def measure(runs: int) -> dict[str, Any]:
    """Compute it as a worker does, then look at its page as a manager does."""
    from django.contrib.auth.models import User
    from django.test import Client

    from feedback.actions.analyse import analyse, kept_comparison, request_analysis
    from feedback.dashboards.comparison import Query
    from feedback.models import Analysis
    from feedback.queries.fingerprints import fingerprint

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    row = request_analysis(Query("large"), wake=False)
    began = time.perf_counter()
    assert analyse(row.pk), Analysis.objects.get().note
    computed = time.perf_counter() - began
    value = kept_comparison(Query("large")).value
    assert value["coverage"]["runs"] == runs
    manager = Client()
    manager.force_login(User.objects.create_superuser("bench"))
    manager.get("/admin/insights/large/")
    views = sorted(_seconds(lambda: manager.get("/admin/insights/large/")) for _ in range(VIEWS))
    prints = sorted(_seconds(lambda: fingerprint(row.journey_id)) for _ in range(VIEWS))
    return {
        "computed_seconds": round(computed, 1),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "megabytes_before": round(before),
        "value_kilobytes": round(len(Analysis.objects.get().value) / 1024),
        "page_median_ms": round(views[VIEWS // 2] * 1000, 1),
        "page_p99_ms": round(views[int(VIEWS * 0.99) - 1] * 1000, 1),
        "fingerprint_p99_ms": round(prints[int(VIEWS * 0.99) - 1] * 1000, 1),
    }


def _seconds(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _json(codes: dict[str, str]) -> dict[str, str]:
    """The JSON columns as SQL: stage n of a run is rated r0 + its own wobble, the whole of it by waits and luck."""
    stages = [stage for stage in codes if stage]
    rated = {stage: f"(6 + ((hash_ + {n} * 7919) / {n + 1}) % 5)" for n, stage in enumerate(stages)}
    scores = ", ".join(f"'{stage}', jsonb_build_array({sql} * 10.0)" for stage, sql in rated.items())
    ratings = ", ".join(f"'{codes[stage]}', jsonb_build_array({sql}::float8)" for stage, sql in rated.items())
    waits = ", ".join(f"'{a}->{b}', ((hash_ / {n + 1}) % 997) / 100.0" for n, (a, b) in enumerate(pairwise(stages)))
    mean = " + ".join(rated.values())
    return {
        "scores": scores,
        "ratings": f"{ratings}, '{codes['']}', jsonb_build_array(least(10, greatest(0, whole))::float8)",
        "waits": waits,
        "service": f"({mean}) * 10.0 / {len(stages)}",
    }


_CUSTOMERS = """
INSERT INTO surveys_customer (external_id, public_id, email, phone, language, time_zone, segment, attributes,
                              consent_email, consent_sms, created_at)
SELECT 'c' || n, gen_random_uuid(), '', '', 'en', '', CASE n %% 3 WHEN 0 THEN 'private' ELSE 'business' END,
       jsonb_build_object('region', CASE n %% 4 WHEN 0 THEN 'north' WHEN 1 THEN 'south' ELSE 'east' END),
       false, false, now()
FROM generate_series(1, %(customers)s) AS n
"""
_RUNS = """
INSERT INTO surveys_journeyrun (public_id, journey_id, version_id, customer_id, external_id, started_at, ended_at,
                                last_event_at, outcome, attributes, imported, stale, created_at)
SELECT gen_random_uuid(), %(journey)s, %(version)s, base.first + n %% %(customers)s, 'r' || n, started, started + days,
       started + days, CASE n %% 10 WHEN 0 THEN 'abandoned' ELSE 'completed' END, '{}', true, false, now()
FROM generate_series(1, %(runs)s) AS n,
     (SELECT min(id) AS first FROM surveys_customer WHERE external_id LIKE 'c%%') AS base,
     LATERAL (SELECT timestamptz '2026-01-01' + n * interval '240 days' / %(runs)s AS started,
                     (1 + n %% 30) * interval '1 day' AS days) AS times
"""
_SCORES = """
INSERT INTO feedback_runscore (run_id, journey_id, customer_id, at, outcome, segment, service, service_stages,
    experience, stage_scores, ratings, weights, waits, bad_times, late_answers, steps, switches, repeats, departments,
    contacts, elapsed_days, handled_seconds, computed_at)
SELECT r.id, r.journey_id, r.customer_id, r.ended_at, r.outcome, c.segment, %(service)s, 9,
    least(10, greatest(0, whole)) * 10.0, jsonb_build_object(%(scores)s), jsonb_build_object(%(ratings)s), '{}',
    jsonb_build_object(%(waits)s), 0, 0, 9 + hash_ %% 4, hash_ %% 3, hash_ %% 2, 2, 9 + hash_ %% 5,
    extract(epoch FROM r.ended_at - r.started_at) / 86400, 600, now()
FROM surveys_journeyrun r JOIN surveys_customer c ON c.id = r.customer_id,
    LATERAL (SELECT abs(hashint8(r.id)::bigint) %% 1000003 AS hash_) AS h,
    LATERAL (SELECT 7 - (hash_ / 4) %% 997 / 200 - hash_ %% 2 + (hash_ / 11) %% 4 AS whole) AS w
WHERE r.journey_id = JOURNEY
"""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--out", help="write the figures to this file as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
