"""Filters and break-downs together give nobody away: every pair of published views is subtracted from another."""

from typing import Any

import numpy as np
import pytest

from feedback.dashboards.comparison import Query, build_comparison
from feedback.models import RunScore
from tests.factories import published_journey
from tests.factories.history import Row, scored_runs
from tests.factories.listening import measured_journey

NPS = {"code": "overall", "kind": "nps", "metric": "nps", "headline": True, "scale": (0, 10)}

pytestmark = pytest.mark.django_db


def shop(cells: dict[tuple[str, str], int]) -> None:
    """So many rated runs by region and product, each of its own customer."""
    version = published_journey(("quote",), code="shop")
    measured_journey(version)
    rows = [
        Row(n, experience=float(50 + n % 7), service=80.0, attributes={"region": region, "product": product})
        for (region, product), number in cells.items()
        for n in range(number)
    ]
    scored_runs(version, rows)


def view(**segments: str) -> dict[str, Any]:
    return build_comparison(Query("shop", segments=segments))


def n(**segments: str) -> int | None:
    value = view(**segments)
    return None if value["hidden"] else int(value["experience"]["n"])


def test_filter_that_leaves_out_too_few_people_returns_the_hidden_state() -> None:
    shop({("north", "a"): 3, ("south", "a"): 40})
    value = view(region="south")
    assert (value["hidden"], value["experience"]["score"], value["gap"]["gap"]) == (True, None, None)
    assert value["suppressed"][0] == {"cell": "filters", "reason": "fewer than 5"}
    assert value["sentence"].startswith("Nothing is shown: this filter or time leaves fewer than 5 customers")


def test_filter_and_break_down_hide_the_same_rows() -> None:
    shop({("north", "a"): 3, ("south", "a"): 10, ("west", "a"): 40})
    rows = build_comparison(Query("shop", by="region"))["segments"]
    assert [(row["value"], row["experience"] is None) for row in rows] == [
        ("north", True), ("south", True), ("west", False),
    ]  # fmt: skip
    assert [n(region=name) for name in ("north", "south", "west")] == [None, None, 40]


def test_people_without_the_attribute_are_a_cell_too() -> None:
    shop({("north", "a"): 20, ("", "a"): 2, ("west", "a"): 40})
    assert [n(region=name) for name in ("north", "west")] == [None, 40]
    rows = build_comparison(Query("shop", by="region"))["segments"]
    assert [(row["value"], row["experience"] is None) for row in rows] == [("north", True), ("west", False)]


def test_two_filters_hide_a_rectangle_so_that_no_cell_follows_from_the_margins() -> None:
    cells = {(region, product): 8 for region in "xyz" for product in "pqr"} | {("x", "p"): 3}
    shop(cells)
    shown = {(r, p): n(region=r, product=p) for r in "xyz" for p in "pqr"}
    hidden = [cell for cell, count in shown.items() if count is None]
    assert (len(hidden), ("x", "p") in hidden) == (4, True)
    assert all(sum(cell[place] == name for cell in hidden) in (0, 2) for place in (0, 1) for name in "xyzpqr")


def test_filter_of_few_service_scores_is_hidden_as_the_others_could_be_subtracted() -> None:
    shop({("north", "a"): 20, ("south", "a"): 20})
    few = RunScore.objects.filter(run__attributes__region="south").order_by("pk")[2:]
    RunScore.objects.filter(pk__in=[row.pk for row in few]).update(service=None)
    assert (n(region="south"), n(region="north")) == (None, None)


@pytest.mark.parametrize("seed", range(3))
def test_random_tables_no_shown_views_differ_by_too_few(seed: int) -> None:
    random = np.random.default_rng(seed)
    cells = {(r, p): int(random.choice([0, 2, 4, 6, 9])) for r in "xyz" for p in "pq"}
    shop(cells)
    shown = {(r, None): n(region=r) for r in "xyz"} | {(r, p): n(region=r, product=p) for r in "xyz" for p in "pq"}
    for region in "xyz":
        rows = [shown[region, product] for product in "pq"]
        total = shown[region, None]
        assert all(count is None or count == 0 or count >= 5 for count in [*rows, total])
        if total is not None:
            lost = total - sum(count or 0 for count in rows)
            assert lost == 0 or (rows.count(None) >= 2 and lost >= 5)


def rows_of(version: Any, groups: dict[str, tuple[int, dict[str, Any]]]) -> None:
    """Groups of runs by region: how many, and what each of them has beside it."""
    usual = {"service": 80.0, "stages": {"quote": 80.0}}
    told = [
        Row(n, **{"experience": float(50 + n % 7), **usual, **given}, attributes={"region": region.strip("?")})
        for region, (number, given) in groups.items()
        for n in range(number)
    ]
    scored_runs(version, told)


def broken_down(what: str) -> list[tuple[str, bool]]:
    rows = build_comparison(Query("shop", by="region"))["segments"]
    number = {"gap": "gap", "share": "share"}.get(what, "score")
    return [(row["value"], row[what] is None or row[what][number] is None) for row in rows]


def test_few_nps_answers_of_one_row_hide_the_next_smallest() -> None:
    version = published_journey(("quote",), code="shop")
    measured_journey(version, NPS)
    nps: dict[str, Any] = {"shop-e2e.overall|0-10": [9.0]}
    silent: dict[str, Any] = {"ratings": {}}
    rows_of(version, {"north": (3, {"ratings": nps}), "north?": (9, silent), "south": (10, {"ratings": nps}),
                      "west": (30, {"ratings": nps})})  # fmt: skip
    assert broken_down("nps") == [("north", True), ("south", True), ("west", False)]
    assert broken_down("experience") == [("north", False), ("south", False), ("west", False)]


def test_service_of_few_people_without_the_attribute_hides_the_smallest_row() -> None:
    version = published_journey(("quote",), code="shop")
    measured_journey(version)
    unserved: dict[str, Any] = {"service": None, "stages": {}}
    rows_of(version, {"": (3, {}), "?": (9, unserved), "north": (12, {}), "west": (30, {})})
    assert broken_down("service") == [("north", True), ("west", False)]
    assert broken_down("gap") == [("north", True), ("west", False)]


def test_few_people_without_the_attribute_are_among_all_others_of_a_row() -> None:
    version = published_journey(("quote",), code="shop")
    measured_journey(version)
    rows_of(version, {"": (3, {}), "north": (12, {}), "west": (30, {})})
    (west,) = (row for row in build_comparison(Query("shop", by="region"))["segments"] if row["value"] == "west")
    assert (west["share"]["k"], west["share"]["n"]) == (30, 45)


def test_gap_of_a_row_is_shown_however_few_were_rated_on_one_side_only() -> None:
    version = published_journey(("quote",), code="shop")
    measured_journey(version)
    unserved: dict[str, Any] = {"service": None, "stages": {}}
    rows_of(version, {"north": (20, {}), "north?": (2, unserved), "west": (30, {}), "west?": (9, unserved)})
    assert broken_down("gap") == broken_down("service") == [("north", False), ("west", False)]
