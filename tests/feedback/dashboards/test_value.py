"""Commercial link and scorecard: planted relations are found, what cannot be told is refused with its table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.context import context_of
from feedback.dashboards.value import commercial_part, scorecard_part
from feedback.insights.scores import nps
from feedback.insights.shares import newcombe, wilson
from feedback.models import CommercialRecord
from surveys.models import JourneyRun, JourneyVersion
from tests.factories import published_journey
from tests.factories.history import FIRST, Row, scored_runs
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def measured(rows: list[Row], code: str = "shop") -> tuple[JourneyVersion, list[JourneyRun]]:
    version = published_journey(("quote", "pay"), code=code)
    measured_journey(version)
    return version, scored_runs(version, rows)


def remembered(runs: list[JourneyRun], retained: list[bool], after: int = 30, **fields: Any) -> None:
    CommercialRecord.objects.bulk_create(
        CommercialRecord(
            customer=run.customer,
            run=run,
            period_start=(run.last_event_at + after * DAY).date(),
            period_end=(run.last_event_at + (after + 300) * DAY).date(),
            retained=stayed,
            **fields,
        )
        for run, stayed in zip(runs, retained, strict=True)
    )


def loyal(number: int = 600, slope: float = 0.035, margin: float | None = 40.0) -> None:
    """P(retained) = logit(-0.5 + slope (E - 50)), whatever the service."""
    random = np.random.default_rng(3)
    e, s = random.uniform(20, 95, number), random.uniform(40, 100, number)
    _version, runs = measured([Row(n / 10, experience=float(e[n]), service=float(s[n])) for n in range(number)])
    stayed = random.uniform(size=number) < 1 / (1 + np.exp(0.5 - slope * (e - 50)))
    remembered(runs, stayed.tolist(), margin=margin)
    for run, score in zip(runs, e, strict=True):
        spend = float(np.exp(4 + 0.006 * (score - 60) + random.normal(0, 0.3)))
        CommercialRecord.objects.filter(run=run).update(spend=spend)


def shop(**query: Any) -> dict[str, Any]:
    return build_comparison(Query("shop", **query), NOW)


def tile(value: dict[str, Any], code: str) -> dict[str, Any]:
    (found,) = [tile for block in value["scorecard"]["blocks"] for tile in block["tiles"] if tile["code"] == code]
    return found


def test_commercial_experience_goes_with_retention_and_service_does_not() -> None:
    loyal()
    value = shop()
    commercial = value["commercial"]
    experience, service = commercial["links"]
    assert (experience["code"], experience["finding"]) == ("experience", True)
    assert experience["effect"]["value"] == pytest.approx(0.07, abs=0.02)
    assert experience["odds_ratio"]["value"] == pytest.approx(np.exp(0.35), abs=0.12)
    assert (service["code"], service["finding"]) == ("service", False)
    assert commercial["spend_per_10"]["value"] == pytest.approx(6.2, abs=2)
    assert sum(band["retained"]["n"] for band in commercial["bands"]) == 600
    assert commercial["stake"]["low"] < commercial["stake"]["value"] < commercial["stake"]["high"]
    assert commercial["stake"]["text"].startswith("If the relation were causal")
    assert [item["kind"] for item in value["findings"] if item["kind"] == "commercial"] == ["commercial"]


def test_commercial_without_relation_finds_nothing_and_no_value_at_stake() -> None:
    loyal(slope=0.0)
    commercial = shop()["commercial"]
    assert [link["finding"] for link in commercial["links"]] == [False, False]
    assert commercial["stake"] is None


def test_commercial_band_that_is_too_perfect_is_refused_with_its_table() -> None:
    rows = [Row(n / 10, experience=90.0 if n % 2 else 30.0, service=float(50 + n % 7)) for n in range(200)]
    _version, runs = measured(rows)
    remembered(runs, [bool(n % 2) for n in range(200)])
    value = shop()
    commercial = value["commercial"]
    assert (commercial["links"], commercial["warnings"]) == ([], ["separation"])
    assert [(band["low"], band["retained"]["k"], band["retained"]["n"]) for band in commercial["bands"]] == [
        (20.0, 0, 100),
        (80.0, 100, 100),
    ]
    assert "separation" in [item["code"] for item in value["warnings"]]


def test_commercial_period_before_the_score_is_left_out_and_counted() -> None:
    _version, runs = measured([Row(n, experience=50.0) for n in range(8)])
    remembered(runs[:5], [True] * 5)
    remembered(runs[5:], [True] * 3, after=-60)
    commercial = shop()["commercial"]
    assert commercial["records"] == 5
    assert commercial["left_out"] == [{"reason": "not_after_score", "n": 3}]


def test_commercial_record_without_run_follows_the_last_run_before_it() -> None:
    _version, runs = measured([Row(n, experience=50.0) for n in range(6)])
    for run in runs:
        CommercialRecord.objects.create(
            customer=run.customer, period_start="2024-06-01", period_end="2024-12-31", retained=True
        )
    commercial = shop()["commercial"]
    assert (commercial["records"], commercial["retained"]["n"]) == (6, 6)


def test_commercial_small_band_is_hidden_with_another() -> None:
    scores = [90.0] * 3 + [70.0] * 8 + [50.0] * 20
    _version, runs = measured([Row(n, experience=score) for n, score in enumerate(scores)])
    remembered(runs, [n % 2 == 0 for n in range(len(scores))])
    value = shop()
    assert [(band["low"], band["hidden"]) for band in value["commercial"]["bands"]] == [
        (40.0, False),
        (60.0, True),
        (80.0, True),
    ]
    assert {"cell": "commercial.bands.80-100", "reason": "fewer than 5"} in value["suppressed"]


def test_commercial_nothing_known_is_null() -> None:
    measured([Row(1, experience=50.0)])
    assert shop()["commercial"] is None


def test_scorecard_has_all_blocks_and_no_composite() -> None:
    measured([Row(n, experience=50.0 + n % 3, service=80.0, steps=2 + n % 2) for n in range(40)])
    scorecard = shop()["scorecard"]
    assert [block["name"] for block in scorecard["blocks"]] == [
        "touchpoint_service",
        "end_to_end",
        "mindset_and_feelings",
        "process",
        "loyalty_and_commercial",
        "coverage",
        "closed_loop",
        "outcomes",
    ]
    assert set(scorecard) == {"blocks", "previous"}


def test_scorecard_tiles_repeat_the_page_and_say_why_not() -> None:
    measured([Row(n, experience=50.0 + n % 3, service=80.0, steps=2 + n % 2) for n in range(40)])
    value = shop()
    assert tile(value, "experience")["value"] == value["experience"]["score"]
    assert tile(value, "experience")["why"] == ["not_enough"]
    assert (tile(value, "gap")["value"], tile(value, "gap")["lo"]) == (value["gap"]["gap"], value["gap"]["lo"])
    assert (tile(value, "steps")["value"], tile(value, "elapsed_days")["value"]) == (2.5, 2.0)
    assert tile(value, "experience")["change"] is None


def test_scorecard_change_is_held_against_the_equal_window_before() -> None:
    rows = [Row(n / 8, experience=(60.0 if n >= 160 else 50.0) + n % 5, steps=3) for n in range(320)]
    measured(rows)
    start = FIRST + 22 * DAY
    value = shop(start=start, end=start + 20 * DAY)
    change = tile(value, "experience")["change"]
    assert change["value"] == pytest.approx(10.0)
    assert change["lo"] < 10.0 < change["hi"]
    assert value["scorecard"]["previous"]["from"] == (FIRST + 2 * DAY).isoformat()


def test_scorecard_nps_is_the_pages_and_its_change_the_difference_of_two() -> None:
    rows = [
        Row(n / 8, experience=70.0, ratings={"shop-e2e.nps|0-10": [10 if n % (2 if n < 160 else 4) else 5]})
        for n in range(320)
    ]
    version = published_journey(("quote", "pay"), code="shop")
    measured_journey(version, {"code": "nps", "kind": "nps", "metric": "nps", "headline": True})
    scored_runs(version, rows)
    start = FIRST + 22 * DAY
    value = shop(start=start, end=start + 20 * DAY)
    found, page = tile(value, "nps"), value["nps"]
    assert [found[key] for key in ("value", "lo", "hi", "n")] == [page[key] for key in ("score", "lo", "hi", "n")]
    before, now = nps([10.0, 5.0] * 80), nps([10.0, 10.0, 10.0, 5.0] * 40)
    assert found["change"]["value"] == pytest.approx(50.0)
    assert found["change"]["hi"] - 50.0 == pytest.approx(1.959964 * np.hypot(before.se or 0, now.se or 0), rel=0.01)


def test_scorecard_bad_journeys_and_hidden_poor_say_how_they_changed() -> None:
    stages = {"quote": 90.0, "pay": 80.0}
    rows = [
        Row(n / 8, experience=40.0 if n % (2 if n < 160 else 4) == 0 else 70.0, service=85.0, stages=stages)
        for n in range(320)
    ]
    measured(rows)
    start = FIRST + 22 * DAY
    value = shop(start=start, end=start + 20 * DAY)
    expected = newcombe(wilson(40, 160), wilson(80, 160))
    for code in ("bad_journeys", "hidden_poor"):
        change = tile(value, code)["change"]
        assert [change[key] for key in ("value", "lo", "hi")] == pytest.approx(
            [expected.value, expected.lo, expected.hi]
        )


def test_scorecard_few_answers_hide_the_tile() -> None:
    measured([Row(n, experience=50.0 if n < 4 else None, service=70.0) for n in range(12)])
    value = shop()
    assert (tile(value, "experience")["value"], tile(value, "experience")["n"]) == (None, 0)
    assert {"cell": "scorecard.experience", "reason": "fewer than 5"} in value["suppressed"]


@pytest.mark.parametrize("records", [5, 15])
def test_value_queries_do_not_grow(records: int) -> None:
    _version, runs = measured([Row(n, experience=50.0) for n in range(records)])
    remembered(runs, [True] * records)
    value = shop()
    context = context_of(Query("shop"))
    with CaptureQueriesContext(connection) as queries:
        commercial_part(context, value)
        scorecard_part(context, value)
    assert len(queries) == 7
