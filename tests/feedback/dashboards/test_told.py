"""What may be told of a query: windows, stages, pairs, classes; by the value that all views render."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.html_report import html_report
from feedback.dashboards.text_report import text_report
from surveys.models import JourneyVersion
from tests.factories import published_journey
from tests.factories.asking import CustomerFactory
from tests.factories.history import FIRST, Row, scored_runs
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db
Value = dict[str, Any]
USUAL: dict[str, Any] = {"experience": 50.0, "service": 80.0, "stages": {"quote": 80.0}, "days": 0.5}


def shop(*stages: str) -> JourneyVersion:
    version = published_journey(stages or ("quote",), code="shop")
    measured_journey(version)
    return version


def rows(days: dict[int, int], **given: Any) -> list[Row]:
    """So many runs a day, each of its own customer."""
    return [Row(day, **{**USUAL, **given}) for day, number in days.items() for _ in range(number)]


def day(number: int) -> datetime:
    return FIRST + timedelta(days=number)


def window(first: int | None, last: int | None, **query: Any) -> Value:
    ends = (None if each is None else day(each) for each in (first, last))
    start, end = ends
    return build_comparison(Query("shop", start, end, **query))


def seen(value: Value) -> tuple[str | None, str | None, int | None]:
    moved = value["window"]
    return moved["from"], moved["to"], None if value["hidden"] else value["experience"]["n"]


def test_window_one_day_longer_by_too_few_people_is_moved_back() -> None:
    scored_runs(shop(), rows({0: 9, 1: 3, 2: 4, 3: 9}))
    short, longer = window(None, 1), window(None, 2)
    assert seen(short) == seen(longer) == (None, day(1).isoformat(), 9)
    assert short["window"]["asked"] is None
    assert longer["window"]["asked"] == {"from": None, "to": day(2).isoformat()}
    assert longer["window"]["sentence"] == (
        "You asked for journeys that ended before 2024-01-03. Shown are those that ended before 2024-01-02: between "
        "two windows that can be chosen lie at least 5 customers or nobody, so that no few people can be worked out by "
        "holding one against the other."
    )


def test_moved_window_is_told_on_every_view(admin_client: Client) -> None:
    scored_runs(shop(), rows({0: 9, 1: 3, 2: 4, 3: 9}))
    value = window(None, 2)
    told = value["window"]["sentence"]
    page = admin_client.get("/admin/insights/shop/?end=2024-01-02").content.decode()
    assert [told in text for text in (text_report(value), html_report(value), page)] == [True, True, True]


def test_window_is_left_alone_where_enough_people_or_nobody_lie_between() -> None:
    scored_runs(shop(), rows({0: 9, 1: 5, 9: 9}))
    assert [seen(window(None, last))[2] for last in (1, 2, 3, 8, 10, 99)] == [9, 14, 14, 14, 23, 23]
    assert window(1, 8)["window"] == {
        "from": day(1).isoformat(), "to": day(8).isoformat(), "asked": None, "sentence": "",
    }  # fmt: skip


def test_window_of_too_few_people_returns_the_hidden_state() -> None:
    scored_runs(shop(), rows({0: 9, 1: 3, 2: 9}))
    value = window(1, 2)
    assert (value["hidden"], value["suppressed"][0]) == (True, {"cell": "window", "reason": "fewer than 5"})
    assert value["sentence"].startswith("Nothing is shown: this filter or time leaves fewer than 5 customers")


def test_window_counts_customers_who_rated_and_not_only_those_who_came() -> None:
    version = shop()
    silent = rows({1: 9}, experience=None)
    scored_runs(version, [*rows({0: 9, 1: 2, 2: 9}), *silent])
    assert seen(window(None, 2)) == (None, day(1).isoformat(), 9)


def test_window_of_a_filter_has_borders_of_its_own() -> None:
    version = shop()
    north, south = ({"attributes": {"region": name}} for name in ("north", "south"))
    scored_runs(version, [*rows({0: 20, 1: 2, 2: 20}, **north), *rows({0: 20, 1: 20, 2: 20}, **south)])
    assert seen(window(None, 2))[2] == 62
    assert seen(window(None, 2, segments={"region": "north"})) == (None, day(1).isoformat(), 20)
    assert seen(window(None, 2, segments={"region": "south"})) == (None, day(1).isoformat(), 20)
    assert [row["experience"]["n"] for row in window(None, 2, by="region")["segments"]] == [20, 20]


def test_single_stage_of_too_few_takes_the_next_smallest_with_it() -> None:
    version = shop("quote", "buy", "use")
    one = {code: {"stages": {code: 70.0}} for code in ("quote", "buy", "use")}
    scored_runs(version, [*rows({0: 3}, **one["quote"]), *rows({1: 9}, **one["buy"]), *rows({2: 30}, **one["use"])])
    value = build_comparison(Query("shop"))
    assert [(row["code"], row["state"], row["n"]) for row in value["stages"]] == [
        ("quote", "hidden", None), ("buy", "hidden", None), ("use", "shown", 30),
    ]  # fmt: skip
    assert value["service"]["n"] == 42
    assert [item["code"] for item in value["trends"] if item["series"] == "stage"] == ["use"]


def test_stage_of_few_in_one_filter_is_hidden_in_the_others_too() -> None:
    version = shop("quote", "buy")
    north, south = ({"attributes": {"region": name}} for name in ("north", "south"))
    both, bought = {"stages": {"quote": 70.0, "buy": 70.0}}, {"stages": {"buy": 70.0}}
    scored_runs(version, [*rows({0: 3}, **north, **both), *rows({1: 20}, **north, **bought),
                          *rows({2: 20}, **south, **both)])  # fmt: skip
    for region in ("north", "south"):
        value = build_comparison(Query("shop", segments={"region": region}))
        assert value["stages"][0]["state"] == "hidden"
    assert build_comparison(Query("shop"))["stages"][0]["n"] == 23


@pytest.mark.parametrize("alone", [2, 5])
def test_gap_is_of_all_that_have_both_sides_however_few_have_one(alone: int) -> None:
    scored_runs(shop(), [*rows({0: 30}), *rows({1: alone}, experience=None)])
    value = build_comparison(Query("shop"))
    assert (value["service"]["n"], value["experience"]["n"]) == (30 + alone, 30)
    assert (value["gap"]["n_pairs"], value["gap"]["only_service"], value["gap"]["only_experience"]) == (30, alone, 0)


def test_trend_period_of_few_customers_takes_the_next_with_it() -> None:
    busy: Any = CustomerFactory()
    weeks = rows({7 * week: 12 for week in range(6) if week != 2})
    scored_runs(shop(), [*weeks, *(Row(14 + n / 10, **USUAL, customer=busy) for n in range(12))])
    points = next(item for item in build_comparison(Query("shop"))["trends"] if item["code"] == "experience")
    assert [(point["period"], point["n"]) for point in points["points"]] == [
        (day(7 * week).date().isoformat(), None if week in (2, 3) else 12) for week in range(6)
    ]


def test_class_of_coverage_is_hidden_as_its_row_is() -> None:
    version = published_journey(("quote",), code="shop", options={"coverage_by": "region"})
    measured_journey(version)
    groups = {"east": 30, "north": 3, "west": 8}
    told = [row for name, number in groups.items() for row in rows({0: number}, attributes={"region": name})]
    quiet = [row for name in groups for row in rows({1: 9}, experience=None, attributes={"region": name})]
    scored_runs(version, [*told, *quiet])
    value = build_comparison(Query("shop", by="region"))
    hidden = {row["value"] for row in value["segments"] if row["experience"] is None}
    assert hidden == {"north", "west"}
    assert {row["name"] for row in value["coverage"]["classes"] if row["score"] is None} == hidden
    assert {row["name"] for row in value["coverage"]["classes"] if row["answers"] is None} == hidden


def test_change_since_a_window_that_few_lie_before_is_not_shown() -> None:
    scored_runs(shop(), rows({0: 9, 1: 3, 2: 9, 3: 9, 4: 9}))
    tiles = {
        length: {tile["code"]: tile for block in value["scorecard"]["blocks"] for tile in block["tiles"]}
        for length, value in ((1, window(4, 5)), (2, window(4, 6)))
    }
    assert tiles[1]["experience"]["change"] is not None
    assert tiles[2]["experience"]["change"] is None


def test_many_journeys_of_few_customers_are_few() -> None:
    people = CustomerFactory.create_batch(4)
    scored_runs(shop(), [Row(n, **USUAL, customer=people[n % 4]) for n in range(20)])
    value = build_comparison(Query("shop"))
    assert (value["consistency"]["n"], value["length"], value["recent"]) == (None, None, None)
