"""Feelings by place: net emotion by hand, confused and anxious between stages, small places hidden."""

import hashlib
import itertools
from typing import Any

import pytest

from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.words_value import why_text
from feedback.models import Answer, Response
from surveys.enums import Measures, SurveyKind
from surveys.models import JourneyRun, SurveyVersion
from tests.factories import published_journey, published_survey
from tests.factories.asking import SurveyFactory
from tests.factories.history import Row, scored_runs
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db
SCORES = {"good": (["relieved"], 100.0), "bad": (["confused", "anxious"], 0.0), "mixed": (["delighted", "angry"], 50.0)}
_numbers = itertools.count()


def felt(run: JourneyRun, version: SurveyVersion, how: str, between: tuple[str, str] | None = None) -> None:
    """One answer to the version's feelings question about the whole run, or between two stages."""
    key = f"felt:{next(_numbers)}"
    response = Response.objects.create(
        occasion_key=key, survey=version.survey, version=version, customer=run.customer, run=run,
        content_hash=hashlib.sha256(key.encode()).digest(), answered_at=run.last_event_at,
    )  # fmt: skip
    stages = {stage.code: stage for stage in run.version.stages.all()}
    choices, score = SCORES[how]
    question = version.questions.get(code="between" if between else "mood")
    Answer.objects.create(
        response=response, question=question, run=run, choices=choices, score=score, answered_at=run.last_event_at,
        measures=Measures.TRANSITION if between else Measures.JOURNEY,
        stage=stages[between[0]] if between else None, to_stage=stages[between[1]] if between else None,
    )  # fmt: skip


def compared(whole: list[str], between: list[str]) -> dict[str, Any]:
    journey = published_journey(("quote", "pay"), code="shop")
    measured_journey(journey)
    survey = SurveyFactory(kind=SurveyKind.END_TO_END, journey=journey.journey)
    place = {"measures": Measures.TRANSITION, "stage_code": "quote", "to_stage_code": "pay"}
    version = published_survey(
        survey, [{"code": "mood", "kind": "feelings"}, {"code": "between", "kind": "feelings", **place}]
    )
    runs = scored_runs(journey, [Row(n, experience=70.0) for n in range(max(len(whole), len(between)))])
    for run, how in zip(runs, whole, strict=False):
        felt(run, version, how)
    for run, how in zip(runs, between, strict=False):
        felt(run, version, how, ("quote", "pay"))
    return build_comparison(Query("shop"))


def test_feelings_net_emotion_is_the_mean_sign_with_interval() -> None:
    # 5 good, 2 bad, 1 mixed of 8: (500 - 200 + 0) / 8 = 37.5.
    whole = compared(["good"] * 5 + ["bad"] * 2 + ["mixed"], [])["feelings"]["whole"]
    assert (whole["net"], whole["n"], whole["customers"]) == (37.5, 8, 8)
    assert whole["lo"] < 37.5 < whole["hi"]
    assert (whole["counts"]["relieved"], whole["counts"]["confused"], whole["counts"]["angry"]) == (5, 2, 1)


def test_feelings_between_stages_count_the_confused_and_anxious() -> None:
    (row,) = compared([], ["bad"] * 6 + ["good"] * 2)["feelings"]["transitions"]
    assert (row["confused"]["k"], row["confused"]["n"], row["anxious"]["k"]) == (6, 8, 6)
    assert row["net"] == -50.0


def test_feelings_of_fewer_than_five_are_hidden() -> None:
    value = compared(["good"] * 8, ["bad"] * 4)
    (row,) = value["feelings"]["transitions"]
    assert (row["net"], row["n"], row["counts"], row["state"]) == (None, None, None, "hidden")
    assert {"cell": "feelings.transitions.quote->pay", "reason": "fewer than 5"} in value["suppressed"]


def test_feelings_tile_stands_in_the_scorecard() -> None:
    value = compared(["good"] * 5 + ["bad"] * 5, [])
    tiles = {tile["code"]: tile for block in value["scorecard"]["blocks"] for tile in block["tiles"]}
    assert (tiles["net_emotion"]["value"], tiles["net_emotion"]["n"]) == (0.0, 10)
    assert why_text(tiles["net_emotion"], value) == "asked about the whole only: no stage can be named"


def test_feelings_without_question_are_not_measured() -> None:
    measured_journey(published_journey(("quote",), code="shop"))
    assert build_comparison(Query("shop"))["feelings"] is None
