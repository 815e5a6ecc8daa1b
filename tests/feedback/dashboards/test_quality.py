"""The four qualities of service by stage: means and alpha by hand, small ones hidden."""

from typing import Any

import pytest

from feedback.dashboards.comparison import Query, build_comparison
from surveys.enums import SurveyKind
from tests.factories import published_journey, published_survey
from tests.factories.asking import SurveyFactory
from tests.factories.history import Row, scored_runs
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db
FOUR = ("speed", "knowledge", "patience", "accommodation")


def quality(answers: list[dict[str, float]]) -> Any:
    version = published_journey(("quote", "pay"), code="shop")
    measured_journey(version)
    survey = SurveyFactory(code="four", kind=SurveyKind.TOUCHPOINT, journey=version.journey, stage_code="quote")
    published_survey(survey, [{"code": name, "kind": "scale", "metric": name} for name in FOUR])
    rows = [Row(n, ratings={f"four.{k}|1-5": [v] for k, v in given.items()}) for n, given in enumerate(answers)]
    scored_runs(version, rows)
    return build_comparison(Query("shop"))["quality"]


def test_quality_means_of_the_four_by_stage() -> None:
    (row,) = quality([{"speed": 5.0, "knowledge": 3.0, "patience": 4.0, "accommodation": 4.0}] * 6)
    assert [row[name]["score"] for name in FOUR] == [100.0, 50.0, 75.0, 75.0]
    assert (row["name"], row["quality"]["score"], row["quality"]["n"]) == ("Quote", 75.0, 6)


def test_quality_items_that_say_the_same_have_an_alpha_of_one() -> None:
    (row,) = quality([dict.fromkeys(FOUR, float(1 + n % 5)) for n in range(10)])
    assert (row["alpha"], row["alpha_n"]) == (pytest.approx(1.0), 10)


def test_quality_of_fewer_than_five_is_hidden() -> None:
    (row,) = quality([{"speed": 5.0}] * 6 + [{"patience": 2.0}] * 3)
    assert (row["speed"]["n"], row["patience"]["n"], row["patience"]["score"]) == (6, None, None)


def test_quality_never_asked_is_null() -> None:
    assert quality([{}] * 6) is None
