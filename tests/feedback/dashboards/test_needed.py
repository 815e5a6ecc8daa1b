"""Answers needed beside answers there: said where they are too few, silent where they are enough."""

from typing import Any

import pytest

from feedback.dashboards.comparison import Query, build_comparison
from tests.factories import published_journey
from tests.factories.history import Row, scored_runs
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db


def needed(scores: list[float]) -> Any:
    version = published_journey(("quote",), code="shop")
    measured_journey(version)
    scored_runs(version, [Row(n, experience=score) for n, score in enumerate(scores)])
    return build_comparison(Query("shop"))["needed"]


def test_needed_answers_are_said_where_there_are_fewer() -> None:
    found = needed([70.0] * 12)
    assert (found["n"], found["observed"]) == (62, False)
    assert found["sentence"] == "About 62 answers are needed to know the experience to 5 points; there are 12."


def test_needed_answers_follow_the_spread_seen() -> None:
    found = needed([60.0, 80.0] * 40)  # spread 10.06: (1.96 * 10.06 / 5)^2 = 15.6
    assert (found["n"], found["observed"], found["sentence"]) == (16, True, None)


def test_needed_answers_of_a_hidden_score_do_not_tell_how_many_there_are() -> None:
    assert needed([70.0] * 3)["sentence"] == "About 62 answers are needed to know the experience to 5 points."
