"""Scope, links, paths and consistency by hand; small ones together, so that nobody is pointed at."""

from datetime import timedelta
from typing import Any

import pytest

from feedback.actions.refresh_runs import refresh_runs
from feedback.dashboards.comparison import Query, build_comparison
from surveys.models import JourneyRun, JourneyVersion, StageVisit
from tests.factories import CustomerFactory, InteractionFactory, published_journey
from tests.factories.asking import START
from tests.factories.listening import answered_run, measured_journey

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def visited(run: JourneyRun, stages: list[str], hours: float = 6.0) -> None:
    """Passages of so many hours each, one after the other, with an hour handled at the first."""
    known = {stage.code: stage for stage in run.version.stages.all()}
    for order, code in enumerate(stages, start=1):
        began = run.started_at + (order - 1) * hours * HOUR
        StageVisit.objects.create(
            run=run, stage=known[code], order=order, entered_at=began, left_at=began + hours * HOUR
        )
    InteractionFactory(run=run, stage=known[stages[0]], handle_seconds=3600, initiator="customer")


def shop(ways: list[list[str]]) -> JourneyVersion:
    """A run of 72 hours per way, each rated 8 of 10 by its own customer."""
    version = published_journey(("quote", "order", "pay"), code="shop")
    surveys = measured_journey(version)
    for way in ways:
        visited(answered_run(version, surveys, {"": 8.0}), way)
    refresh_runs()
    return version


def value() -> dict[str, Any]:
    return build_comparison(Query("shop"))


def test_scope_counts_stages_and_time_that_service_surveys_see() -> None:
    shop([["quote", "order"]] * 6)
    scope = value()["scope"]
    assert (scope["stages"], scope["surveyed"], scope["never_measured"]) == (3, 3, 3)
    assert scope["time_seen"]["value"] == pytest.approx(12 / 72)
    assert scope["waiting"]["value"] == pytest.approx(71 / 72)
    assert scope["sentence"] == "Service surveys see 3 of 3 stages and 16.7 % of the elapsed time."


def test_links_count_contacts_without_run() -> None:
    version = shop([["quote"]] * 6)
    for _ in range(2):
        InteractionFactory(run=None, customer=CustomerFactory(), journey=version.journey, stage=None, started_at=START)
    links = value()["scope"]["links"]
    assert (links["k"], links["n"]) == (6, 8)


def test_paths_most_frequent_first_and_rare_ones_together() -> None:
    shop([["quote", "pay"]] * 6 + [["quote", "order", "pay"]] * 8 + [["quote"]] * 3 + [["pay"]] * 2)
    paths = value()["paths"]
    assert [(row["name"], row["runs"], row["score"]) for row in paths["rows"]] == [
        ("Quote → Order → Pay", 8, 80.0),
        ("Quote → Pay", 6, 80.0),
    ]
    assert paths["others"] == {"ways": 2, "runs": 5}
    assert paths["rows"][0]["share"]["share"] == pytest.approx(8 / 19)


def test_paths_one_rare_way_takes_the_next_smallest_with_it() -> None:
    shop([["quote", "pay"]] * 6 + [["quote", "order", "pay"]] * 8 + [["quote"]] * 3)
    paths = value()["paths"]
    assert ([row["runs"] for row in paths["rows"]], paths["others"]) == ([8], {"ways": 2, "runs": 9})


def test_consistency_share_of_bad_journeys_and_spread() -> None:
    version = published_journey(("quote",), code="shop")
    surveys = measured_journey(version)
    for score in (2, 4, 4, 8, 8, 8, 10, 10):
        answered_run(version, surveys, {"": float(score)})
    refresh_runs()
    found = value()["consistency"]
    assert (found["bad"]["k"], found["bad"]["n"], found["n"]) == (3, 8, 8)
    assert found["sd"] == pytest.approx(30.12, abs=0.01)
    assert (found["p10"], found["p90"]) == (pytest.approx(34.0), pytest.approx(100.0))


def test_proactive_late_runs_with_an_update_are_compared_with_those_without() -> None:
    version = published_journey(("quote", "pay"), code="shop")
    stages = {stage.code: stage for stage in version.stages.all()}
    surveys = measured_journey(version)
    for n in range(12):
        run = answered_run(version, surveys, {"": 9.0 if n % 2 else 5.0})
        visited(run, ["quote", "pay"])
        InteractionFactory(run=run, stage=stages["quote"], initiator="company" if n % 2 else "customer")
    refresh_runs()
    found = value()["proactive"]
    assert (found["share"]["k"], found["share"]["n"], found["late"]) == (6, 24, None)
