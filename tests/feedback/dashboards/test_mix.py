"""The mix of cases turns a difference round: warned of; the same mix everywhere: not."""

from typing import Any

import pytest

from feedback.dashboards.comparison import Query, build_comparison
from tests.factories import published_journey
from tests.factories.history import Row, scored_runs
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db


def by_region(cells: dict[tuple[str, str], tuple[int, float]]) -> dict[str, Any]:
    """So many runs of this experience (+- 2) by region and case."""
    version = published_journey(("quote",), code="shop", options={"case_mix": ["case"]})
    measured_journey(version)
    rows = [
        Row(n, experience=score + (2 if n % 2 else -2), attributes={"region": region, "case": case})
        for (region, case), (number, score) in cells.items()
        for n in range(number)
    ]
    scored_runs(version, rows)
    return build_comparison(Query("shop", by="region"))


def test_segments_with_another_mix_are_warned_of() -> None:
    # North is 5 better with each case, but has mostly hard ones: 78 % against 22 %.
    value = by_region({
        ("north", "easy"): (22, 85), ("north", "hard"): (78, 65),
        ("south", "easy"): (78, 80), ("south", "hard"): (22, 60),
    })  # fmt: skip
    north, south = value["segments"]
    assert north["difference"]["value"] == pytest.approx(69.4 - 75.6)
    assert (north["standardised"], south["standardised"]) == (pytest.approx(5), pytest.approx(-5))
    assert [item["code"] for item in value["warnings"] if item["code"] == "simpson"] == ["simpson"] * 2


def test_segments_of_the_same_mix_are_not() -> None:
    value = by_region({(region, case): (30, 70) for region in ("north", "south") for case in ("easy", "hard")})
    assert [item["code"] for item in value["warnings"] if item["code"] == "simpson"] == []
