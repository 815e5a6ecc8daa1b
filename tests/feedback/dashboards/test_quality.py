"""The four qualities of service by stage: means and alpha by hand, small ones hidden."""

from collections.abc import Sequence
from typing import Any

import pytest

from feedback.actions.refresh_runs import refresh_runs
from feedback.dashboards.comparison import Query, build_comparison
from surveys.enums import SurveyKind
from tests.factories import InteractionFactory, published_journey, published_survey
from tests.factories.asking import SurveyFactory
from tests.factories.history import Row, scored_runs
from tests.factories.listening import add_answer, answered_run, measured_journey

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


def shop(team: Sequence[str], channel: Sequence[str], scores: Sequence[float]) -> Any:
    """One answer about speed a run, 0-100, after a contact with that team through that channel."""
    version = published_journey(("quote",), code="shop")
    measured_journey(version)
    survey = SurveyFactory(code="four", kind=SurveyKind.TOUCHPOINT, journey=version.journey, stage_code="quote")
    asked = published_survey(survey, [{"code": "speed", "kind": "scale", "metric": "speed", "scale": (0, 100)}])
    stage = version.stages.get(code="quote")
    for name, through, score in zip(team, channel, scores, strict=True):
        run = answered_run(version, {}, {})
        InteractionFactory(run=run, stage=stage, team=name, channel=through)
        add_answer(run, asked, score, "quote")
    refresh_runs()
    return build_comparison(Query("shop"))


def test_quality_by_team_and_channel_of_the_contact() -> None:
    value = shop(["red", "blue"] * 10, ["phone"] * 10 + ["chat"] * 10, [80.0, 40.0] * 10)
    teams, channels = value["quality_by"]["team"], value["quality_by"]["channel"]
    assert [(row["name"], row["speed"]["score"], row["quality"]["n"]) for row in teams] == [
        ("blue", 40.0, 10),
        ("red", 80.0, 10),
    ]
    assert [(row["name"], row["speed"]["score"]) for row in channels] == [("chat", 60.0), ("phone", 60.0)]


def test_quality_of_a_team_of_fewer_than_ten_answers_takes_another_with_it() -> None:
    value = shop(["red"] * 12 + ["blue"] * 9, ["phone"] * 21, [80.0] * 21)
    assert [(row["name"], row["hidden"], row["speed"]) for row in value["quality_by"]["team"]] == [
        ("blue", True, None),
        ("red", True, None),
    ]


def test_quality_that_moves_the_score_has_its_share() -> None:
    version = published_journey(("quote",), code="shop")
    measured_journey(version)
    survey = SurveyFactory(code="four", kind=SurveyKind.TOUCHPOINT, journey=version.journey, stage_code="quote")
    published_survey(survey, [{"code": name, "kind": "scale", "metric": name} for name in FOUR])
    given = [{name: float(1 + (n // 5**place) % 5) for place, name in enumerate(FOUR)} for n in range(625)]
    rows = [
        Row(n / 10, stages={"quote": 25 * (four["speed"] - 1)}, ratings={f"four.{k}|1-5": [v] for k, v in four.items()})
        for n, four in enumerate(given)
    ]
    scored_runs(version, rows)
    (row,) = build_comparison(Query("shop"))["quality"]
    assert (row["explains"]["n"], row["explains"]["r2"]) == (625, pytest.approx(1.0))
    assert row["explains"]["shares"]["speed"]["share"] == pytest.approx(1.0)
    assert row["explains"]["shares"]["patience"]["share"] == pytest.approx(0.0, abs=1e-9)
