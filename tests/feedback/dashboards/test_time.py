"""Trends, before and after, outcomes: planted changes are found, nothing is found where nothing is."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.context import context_of
from feedback.dashboards.time import time_part
from feedback.models import Improvement, Outcome, Target
from surveys.models import JourneyVersion
from tests.factories import published_journey
from tests.factories.history import FIRST, Row, scored_runs
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 1, tzinfo=UTC)
CHANGED_ON = (FIRST + timedelta(weeks=26)).date()


def moved(lift: float, weeks: int = 52, a_week: int = 20, seed: int = 1, code: str = "move") -> JourneyVersion:
    """Experience 70 and service 80 with noise, experience + lift for runs that start from week 26 on."""
    version = published_journey(("quote", "day"), code=code)
    measured_journey(version)
    random = np.random.default_rng(seed)
    rows = []
    for n in range(weeks * a_week):
        day = 7 * n / a_week
        e, s = 70 + random.normal(0, 12) + (lift if day >= 26 * 7 else 0), 80 + random.normal(0, 9)
        rows.append(
            Row(
                day,
                experience=float(np.clip(e, 0, 100)),
                service=float(np.clip(s, 0, 100)),
                days=float(random.uniform(1, 6)),
                stages={"quote": float(np.clip(s, 0, 100))},
                steps=int(random.integers(3, 6)),
            )
        )
    scored_runs(version, rows)
    return version


def improved(version: JourneyVersion, changed_on: date = CHANGED_ON, **fields: Any) -> Improvement:
    outcome = Outcome.objects.create(
        journey=version.journey, code="better", statement="Better.", measure="experience", level="experience"
    )
    return Improvement.objects.create(
        **{"outcome": outcome, "name": "One team", "kind": "process", "changed_on": changed_on, **fields}
    )


def time_of(code: str = "move", **query: Any) -> dict[str, Any]:
    return build_comparison(Query(code, **query), NOW)


def series(value: dict[str, Any], code: str) -> dict[str, Any]:
    (found,) = [item for item in value["trends"] if item["code"] == code]
    return found


def contrast(value: dict[str, Any], measure: str) -> dict[str, Any]:
    (found,) = [item for item in value["before_after"][0]["contrasts"] if item["measure"] == measure]
    return found


def test_trends_planted_change_is_found_at_its_week() -> None:
    moved(8)
    value = time_of()
    change = series(value, "experience")["change"]
    assert change["finding"]
    assert abs(date.fromisoformat(change["period"]) - CHANGED_ON) <= timedelta(weeks=2)
    assert change["shift"] == pytest.approx(8, abs=3)
    assert change["lo"] < change["shift"] < change["hi"]
    assert series(value, "experience")["alarm"]["direction"] == "up"
    assert [item["kind"] for item in value["findings"] if item["kind"] == "trend"] == ["trend"]


def test_trends_unchanged_series_are_not_flagged() -> None:
    moved(0)
    value = time_of()
    assert [item["change"]["finding"] for item in value["trends"]] == [False] * 3
    assert [item["code"] for item in value["trends"]] == ["experience", "service", "quote"]


def test_trends_few_answers_a_week_are_shown_by_month_and_small_months_hidden() -> None:
    moved(0, weeks=20, a_week=3)
    experience = series(time_of(), "experience")
    assert experience["by"] == "month"
    assert [point["period"] for point in experience["points"]] == [
        "2024-01",
        "2024-02",
        "2024-03",
        "2024-04",
        "2024-05",
    ]
    assert experience["change"] is None


def test_trends_week_that_is_not_over_is_left_out() -> None:
    moved(0, weeks=4)
    periods = [point["period"] for point in series(time_of(end=FIRST + timedelta(days=25)), "service")["points"]]
    assert periods == ["2024-01-01", "2024-01-08", "2024-01-15"]


def test_before_after_planted_change_is_found_and_service_is_not() -> None:
    improved(moved(8))
    value = time_of()
    row, experience, service = value["before_after"][0], contrast(value, "experience"), contrast(value, "service")
    assert (row["status"], experience["main"], experience["finding"], service["finding"]) == (
        "improved",
        True,
        True,
        False,
    )
    assert experience["change"]["value"] == pytest.approx(8, abs=2.5)
    assert experience["two_way"]
    assert experience["placebo"]["rank"] == 1
    assert (experience["before"]["runs"] >= 400, experience["before"]["unfinished"] < 60) == (True, True)
    assert contrast(value, "elapsed_days")["before"]["time"]["median"] == pytest.approx(3.5, abs=0.4)
    assert [item["code"] for item in row["warnings"]] == ["generic"]
    (finding,) = [item for item in value["findings"] if item["kind"] == "before_after"]
    assert finding["text"].startswith("After the change “One team” of 1 Jul 2024, Experience is +")


def test_before_after_without_change_is_no_clear_change() -> None:
    improved(moved(0), process_measure="steps")
    row = time_of()["before_after"][0]
    assert (row["status"], row["warnings"]) == ("no_clear_change", [])
    assert [item["finding"] for item in row["contrasts"]] == [False] * 4


def test_before_after_immature_cohort_is_too_early_and_shows_no_number() -> None:
    improved(moved(8, weeks=27), changed_on=CHANGED_ON)
    row = time_of()["before_after"][0]
    experience = row["contrasts"][0]
    assert (row["status"], experience["change"], experience["after"]["n"]) == ("too_early", None, None)
    assert "too_early" in [item["code"] for item in row["warnings"]]


def test_before_after_technology_without_less_effort_says_so() -> None:
    improved(moved(0), kind="technology", process_measure="steps")
    assert [item["text"] for item in time_of()["before_after"][0]["warnings"]] == [
        "released, no effect on effort found"
    ]


def test_before_after_comparison_journey_takes_its_change_off() -> None:
    version, other = moved(8), moved(8, seed=2, code="other")
    improved(version, comparison=other.journey)
    experience = contrast(time_of(), "experience")
    assert (experience["status"], experience["finding"]) == ("no_clear_change", False)
    assert experience["compared"]["lo"] < 0 < experience["compared"]["hi"]


def test_before_after_unknown_measure_is_said() -> None:
    improvement = improved(moved(0, weeks=30))
    Outcome.objects.filter(pk=improvement.outcome_id).update(measure="tables")
    value = time_of()
    assert value["before_after"][0]["status"] == "cannot_be_computed"
    assert value["outcomes"][0]["status"] == "cannot_be_computed"


def test_before_after_worst_of_many_is_chance_recovery() -> None:
    version = published_journey(("quote",), code="branches")
    measured_journey(version)
    random, rows = np.random.default_rng(5), []
    for branch in range(20):
        for week in range(26):
            bad_luck = -8 if branch == 0 and week < 13 else 0
            e = float(np.clip(70 + random.normal(0, 10) + bad_luck, 0, 100))
            rows.append(Row(week * 7 + branch / 10, experience=e, attributes={"branch": str(branch)}))
    scored_runs(version, rows)
    improved(
        version,
        changed_on=(FIRST + timedelta(weeks=13)).date(),
        scope={"segments": {"branch": "0"}, "chosen": "worst"},
    )
    experience = contrast(time_of("branches"), "experience")
    assert experience["recovery"]["expected"] > 0
    assert experience["recovery"]["value"] < experience["change"]["value"]
    assert not experience["finding"]


@pytest.mark.parametrize(
    ("target", "baseline", "status"),
    [(60, 50, "achieved"), (90, 50, "improved"), (90, 70, "no_clear_change"), (90, 95, "worse")],
)
def test_outcomes_state_against_target_and_baseline(target: float, baseline: float, status: str) -> None:
    improvement = improved(moved(0, weeks=30), process_measure="steps")
    Target.objects.create(
        outcome=improvement.outcome,
        baseline=baseline,
        baseline_lo=baseline - 1,
        baseline_hi=baseline + 1,
        baseline_from=date(2023, 1, 1),
        baseline_to=date(2023, 12, 31),
        value=target,
        due=date(2025, 1, 1),
    )
    outcome = time_of()["outcomes"][0]
    assert (outcome["status"], outcome["target"], outcome["n"]) == (status, target, 600)
    assert outcome["overdue"] == (status != "achieved")


def test_outcomes_of_few_answers_hide_their_number() -> None:
    version = published_journey(("quote",), code="few")
    measured_journey(version)
    scored_runs(version, [Row(n, experience=50.0) for n in range(4)])
    improved(version)
    outcome = time_of("few")["outcomes"][0]
    assert (outcome["current"], outcome["n"], outcome["status"]) == (None, None, "not_enough")


def test_time_same_question_gives_the_same_value() -> None:
    improved(moved(8, weeks=30))
    assert time_of() == time_of()


@pytest.mark.parametrize("improvements", [1, 3])
def test_time_queries_do_not_grow(improvements: int) -> None:
    version = moved(0, weeks=10)
    first = improved(version, comparison=moved(0, weeks=10, code="other").journey)
    for _n in range(improvements - 1):
        Improvement.objects.create(
            outcome=first.outcome, name="More", kind="people", changed_on=first.changed_on, comparison=first.comparison
        )
    context = context_of(Query("move"))
    with CaptureQueriesContext(connection) as queries:
        time_part(context, {"journey": "move", "name": "Move", "generated_at": NOW.isoformat()})
    assert len(queries) == 11
