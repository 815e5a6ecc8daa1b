"""A journey of 100,000 runs: its page and its API come from what is kept, and cost what they cost with 1,000."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback.actions import analyse as module
from feedback.actions.analyse import analyse, comparison_for, kept_comparison, request_analysis
from feedback.actions.data_moved import runs_moved
from feedback.dashboards.comparison import Query
from feedback.models import Analysis
from feedback.queries.analyses import is_small
from surveys.models import JourneyVersion
from tests.factories import published_journey
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db
QUERY = Query("large")
PAGE, API = "/admin/insights/large/", "/api/v1/journeys/large/comparison/"
VIEWS = 7
Costs = dict[str, tuple[float, float, int]]


def add_runs(version: JourneyVersion, first: int, last: int) -> None:
    """Run rows as if refreshed: 11 service scores, experience below them, two years, a customer each."""
    names = {"first": first, "last": last, "journey": version.journey_id, "version": version.pk}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")  # no checks of foreign keys row by row
        for statement in (CUSTOMERS, RUNS, SCORES):
            cursor.execute(statement, names)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        cursor.execute("ANALYZE feedback_runscore")
    runs_moved([version.journey_id])


CUSTOMERS = """
    INSERT INTO surveys_customer (id, external_id, public_id, email, phone, language, time_zone, segment, attributes,
        consent_email, consent_sms, created_at)
    SELECT n, 'c' || n, gen_random_uuid(), '', '', 'en', '', (array['private', 'business'])[1 + n % 2], '{}', true,
        false, now() FROM generate_series(%(first)s, %(last)s) AS n
"""
RUNS = """
    INSERT INTO surveys_journeyrun (id, public_id, journey_id, version_id, customer_id, external_id, started_at,
        ended_at, last_event_at, outcome, attributes, imported, stale, created_at)
    SELECT n, gen_random_uuid(), %(journey)s, %(version)s, n, 'r' || n, at - interval '3 days', at, at, 'completed',
        '{}', false, false, now()
    FROM generate_series(%(first)s, %(last)s) AS n,
        LATERAL (SELECT now() - n %% 700 * interval '1 day' - interval '1 hour' AS at) AS a
"""
SCORES = """
    INSERT INTO feedback_runscore (run_id, journey_id, customer_id, at, outcome, segment, service, service_stages,
        experience, stage_scores, ratings, weights, waits, bad_times, late_answers, steps, switches, repeats,
        departments, contacts, elapsed_days, computed_at)
    SELECT n, %(journey)s, n, r.ended_at, 'completed', (array['private', 'business'])[1 + n %% 2], told * 10.0, 1,
        felt * 10.0, jsonb_build_object('apply', jsonb_build_array(told * 10.0)),
        jsonb_build_object('large-e2e.overall|0-10', jsonb_build_array(felt * 1.0)), '{}', '{}', 0, 0, 2, 1, 0, 1, 2,
        3.0, now()
    FROM generate_series(%(first)s, %(last)s) AS n JOIN surveys_journeyrun r ON r.id = n,
        LATERAL (SELECT 6 + n %% 5 AS told, 2 + n * 7 %% 6 AS felt) AS a
"""
CUSTOMERS = CUSTOMERS.replace(" % ", " %% ")


def database_seconds() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cost_of(view: Callable[[], int]) -> tuple[float, float, int]:
    """CPU seconds of a view (the least of several: neighbours add to it), of the database for all, queries of one."""
    assert view() == 200  # caches
    with CaptureQueriesContext(connection) as queries:
        assert view() == 200
    seconds, before = [], database_seconds()
    for _ in range(VIEWS):
        began = time.process_time()
        assert view() == 200
        seconds.append(time.process_time() - began)
    return min(seconds), database_seconds() - before, len(queries)


def costs(client: Client) -> Costs:
    return {path: cost_of(lambda path=path: client.get(path).status_code) for path in (PAGE, API)}  # type: ignore[misc]


def computed() -> None:
    Analysis.objects.update(computed_at=None, value="", state="ready")
    assert analyse(request_analysis(QUERY, wake=False).pk) is True
    assert kept_comparison(QUERY).fresh is True


def test_page_and_api_of_100000_runs_cost_what_those_of_1000_do(
    manager_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = published_journey(("apply",), code="large")
    measured_journey(version)
    add_runs(version, 1, 1_000)
    assert is_small(version.journey_id) is True
    computed()
    few = costs(manager_client)

    add_runs(version, 1_001, 100_000)
    assert is_small(version.journey_id) is False
    woken: list[str] = []
    monkeypatch.setattr(module, "nudge", lambda name, *_given: woken.append(name))
    monkeypatch.setattr(module, "due", lambda *_given: True)
    old = comparison_for(QUERY)
    assert (old.value["gap"]["n_pairs"], old.fresh, woken) == (1_000, False, ["feedback.analyse"])
    stale = costs(manager_client)

    computed()
    assert kept_comparison(QUERY).value["gap"]["n_pairs"] == 100_000
    many = costs(manager_client)
    for path, (seconds, database, queries) in few.items():
        assert (many[path][2], stale[path][2] - queries <= 1) == (queries, True)
        for found in (many, stale):
            assert found[path][0] <= 2 * seconds
            assert found[path][1] <= 2 * database + 0.05  # it counts hundredths
