"""Where to begin, from a survey alone and from the four qualities; and the experience as it is now."""

import itertools
from typing import Any

import pytest
from django.test import Client

from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.text_report import text_report
from surveys.enums import SurveyKind
from tests.factories import published_journey, published_survey
from tests.factories.asking import SurveyFactory
from tests.factories.history import Row, scored_runs
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db
GRID = list(itertools.product((1.0, 2.0, 3.0), (4.0, 5.0))) * 20


def surveyed() -> Any:
    """The whole follows the low rating of speed, and hardly the high one of the rooms."""
    version = published_journey(("quote",), code="shop")
    measured_journey(version)
    survey = SurveyFactory(code="four", kind=SurveyKind.TOUCHPOINT, journey=version.journey, stage_code="quote")
    published_survey(survey, [{"code": name, "kind": "scale", "metric": "rating"} for name in ("swift", "rooms")])
    rows = [
        Row(
            n / 10,
            experience=20 * swift + rooms + n % 7,
            steps=0,
            ratings={"four.swift|1-5": [swift], "four.rooms|1-5": [rooms]},
        )
        for n, (swift, rooms) in enumerate(GRID)
    ]
    scored_runs(version, rows)
    return build_comparison(Query("shop"))


def test_low_rating_that_matters_comes_first() -> None:
    (table,) = surveyed()["priorities"]
    assert [(row["code"], row["place"]) for row in table["rows"]] == [("swift", "concentrate"), ("rooms", "overkill")]
    assert (table["line"], table["target"]) == (pytest.approx(0.5), 75.0)


def test_page_and_terminal_say_where_to_begin(manager_client: Client) -> None:
    value = surveyed()
    (line,) = [line for line in text_report(value).splitlines() if line.endswith("concentrate here")]
    assert line.split()[1] == f"{value['priorities'][0]['rows'][0]['share']:.1%}"
    page = manager_client.get("/admin/insights/shop/").content.decode()
    section = page[page.index('id="priorities"') :]
    assert section.index("concentrate here") < section.index("possible overkill")


def test_recent_experience_counts_the_newest_most() -> None:
    version = published_journey(("quote",), code="shop")
    measured_journey(version)
    scored_runs(version, [Row(0, experience=20.0)] * 10 + [Row(60, experience=80.0)] * 10)
    recent = build_comparison(Query("shop"))["recent"]
    # Sixty days are two half-lives: the old answers count a quarter each.
    assert recent["score"] == pytest.approx((0.25 * 20 + 80) / 1.25)
    assert recent["n_eff"] == pytest.approx(12.5**2 / (10 * 0.0625 + 10))


def test_recent_of_fewer_than_five_is_null() -> None:
    version = published_journey(("quote",), code="shop")
    measured_journey(version)
    scored_runs(version, [Row(0, experience=20.0)] * 4)
    assert build_comparison(Query("shop"))["recent"] is None
