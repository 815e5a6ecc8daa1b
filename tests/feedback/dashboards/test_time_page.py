"""The sections about time and value on the page and in the text report show the value's own numbers."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.text_report import text_report
from feedback.models import FollowUp, Target
from surveys.models import JourneyRun
from tests.factories import published_journey
from tests.factories.history import FIRST, Row, scored_runs
from tests.factories.listening import measured_journey
from tests.feedback.dashboards.test_time import improved, moved
from tests.feedback.dashboards.test_value import loyal

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def rendered(code: str) -> str:
    value = build_comparison(Query(code), NOW)
    return "".join(render_to_string(f"feedback/insights/_{name}.html", {"value": value}) for name in ("time", "value"))


def test_time_section_draws_every_series_with_a_table_twin() -> None:
    moved(8)
    page = rendered("move")
    assert page.count('<svg class="trend-plot"') == 3
    assert page.count("<caption>") == 4
    assert page.count('class="trend-when"') == 1
    assert "Changed</strong> about" in page
    assert ' style="' not in page
    for points in re.findall(r'points="([^"]+)"', page):
        places = [tuple(map(float, point.split(","))) for point in points.split()]
        assert all(0 <= x <= 1000 and -0.1 <= y <= 200.1 for x, y in places)


def test_time_section_shows_improvement_target_and_status() -> None:
    improvement = improved(moved(8))
    Target.objects.create(
        outcome=improvement.outcome,
        baseline=60.0,
        baseline_from=FIRST.date(),
        baseline_to=(FIRST + timedelta(days=90)).date(),
        value=90.0,
        due=NOW.date(),
    )
    page = rendered("move")
    assert '<span class="state good">improved, target not yet shown</span>' in page
    assert "generic: no process change named" in page
    assert page.count("90.0") >= 1
    assert "Experience</th>" in page


def test_time_section_without_anything_says_how_to_begin() -> None:
    measured_journey(published_journey(("quote",), code="new"))
    page = rendered("new")
    assert "From the first closed month with answers on" in page
    assert "/admin/feedback/improvement/add/" in page
    assert "/admin/feedback/outcome/add/" in page
    assert "no rule has fired" in page
    assert "Nothing is known of what customers did after these journeys." in page


def test_time_section_counts_follow_ups_and_leads_to_them() -> None:
    version = published_journey(("quote",), code="calls")
    measured_journey(version)
    runs: list[JourneyRun] = scored_runs(version, [Row(n, experience=40.0) for n in range(3)])
    for run in runs:
        FollowUp.objects.create(rule="detractor", run=run, opened_at=NOW - timedelta(days=3), due_at=NOW)
    FollowUp.objects.filter(run=runs[0]).update(state="contacted", contacted_at=NOW)
    value = build_comparison(Query("calls"), NOW + timedelta(hours=1))
    assert value["alerts"]["by_rule"] == [{"rule": "detractor", "open": 3, "overdue": 2, "total": 3}]
    assert (value["alerts"]["open"], value["alerts"]["overdue"], value["alerts"]["loop"]) == (3, 2, None)
    assert "/admin/feedback/followup/?run__journey__code=calls" in rendered("calls")


def test_loop_measures_from_five_cases_on() -> None:
    version = published_journey(("quote",), code="calls")
    measured_journey(version)
    runs = scored_runs(version, [Row(n, experience=40.0) for n in range(6)])
    for n, run in enumerate(runs):
        opened = NOW - timedelta(days=9)
        FollowUp.objects.create(
            rule="detractor",
            run=run,
            opened_at=opened,
            due_at=opened + timedelta(days=2),
            state="solved" if n < 4 else "not_solvable",
            root_cause="price" if n < 4 else "rules",
            contacted_at=opened + timedelta(hours=24 if n < 4 else 72),
            closed_at=opened + timedelta(days=4),
            outcome="Explained.",
        )
    value = build_comparison(Query("calls"), NOW)
    loop = value["alerts"]["loop"]
    assert (loop["contacted_in_time"]["k"], loop["contacted_in_time"]["n"], loop["median_hours"]) == (4, 6, 24.0)
    assert (loop["solved"]["k"], loop["solved"]["n"], loop["not_solvable"], loop["rescored"]) == (4, 6, 2, None)
    assert value["alerts"]["causes"] == [{"cause": "price", "n": 4}, {"cause": "rules", "n": 2}]
    said = "solved: 66.7 % (30.0 % to 90.3 %); could not be solved: 2. Half are contacted within 24.0 hours."
    assert said in text_report(value)
    page = rendered("calls")
    assert said in page
    assert "our own rules" in page


def test_value_section_shows_links_bands_and_tiles() -> None:
    loyal()
    value = build_comparison(Query("shop"), NOW)
    page = rendered("shop")
    assert value["commercial"]["stake"]["text"] in page
    assert page.count('class="stayed-bar"') == len(value["commercial"]["bands"])
    assert all(name in page for name in ("Touchpoint service", "Closed loop", "Outcomes"))
    assert page.count('<div class="tile ') == sum(len(block["tiles"]) for block in value["scorecard"]["blocks"])


def test_text_report_tells_of_time_and_value() -> None:
    improved(moved(8))
    report = text_report(build_comparison(Query("move"), NOW))
    assert "Over time " in report
    assert "After “One team” (2024-07-01): improved, target not yet shown" in report
    assert "Loyalty and commercial: not measured" in report


def test_sections_render_without_a_query() -> None:
    improved(moved(0, weeks=10))
    value = build_comparison(Query("move"), NOW)
    with CaptureQueriesContext(connection) as queries:
        render_to_string("feedback/insights/_time.html", {"value": value})
        render_to_string("feedback/insights/_value.html", {"value": value})
    assert len(queries) == 0
