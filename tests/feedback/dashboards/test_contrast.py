"""The ten rows of service and experience: all there, filled or not measured."""

from typing import Any

import pytest

from feedback.dashboards.comparison import Query, build_comparison
from tests.factories import published_journey
from tests.factories.history import Row, scored_runs
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db
TEN = ["definition", "scope", "timing", "interaction", "goal", "metric", "involvement", "horizon", "feelings", "score"]


def shop(rows: list[Row]) -> dict[str, Any]:
    version = published_journey(("quote", "pay"), code="shop")
    measured_journey(version)
    scored_runs(version, rows)
    return {row["code"]: row for row in build_comparison(Query("shop"))["contrast"]}


def test_contrast_has_exactly_ten_rows() -> None:
    assert list(shop([])) == TEN


def test_contrast_is_filled_from_the_data() -> None:
    rows = shop([Row(n, experience=60.0, service=90.0, stages={"quote": 90.0}) for n in range(6)])
    assert rows["score"]["service"] == "90.0 (90.0–90.0, n 6)"
    assert rows["score"]["experience"] == "60.0 (60.0–60.0, n 6); gap 30.0 (30.0 to 30.0, n 6)"
    assert rows["interaction"]["service"] == "served by people: 90.0 (90.0–90.0, n 6)"
    assert rows["definition"]["service"] == "the help at Quote, Pay"
    assert rows["horizon"]["experience"] == "1.0 journeys a customer in the window (6 customers)"


def test_contrast_says_what_is_not_measured() -> None:
    rows = shop([])
    assert (rows["timing"]["service"], rows["timing"]["experience"]) == (None, None)
    assert (rows["feelings"]["service"], rows["score"]["service"], rows["goal"]["experience"]) == (None, None, None)
