"""What asking does to answers: fatigue warned of, carry-over measured only where chance decided."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from feedback.dashboards.comparison import Query, build_comparison
from feedback.models import Response
from surveys.models import AskDecision, JourneyRun, Survey
from tests.factories import published_journey
from tests.factories.history import FIRST, Row, scored_runs
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db


def shop(rows: list[Row]) -> tuple[dict[str, Survey], list[JourneyRun]]:
    version = published_journey(("quote",), code="shop")
    surveys = {code: survey.survey for code, survey in measured_journey(version).items()}
    return surveys, scored_runs(version, rows)


def asks(survey: Survey, runs: list[JourneyRun], outcome: str = "sent", days: float = 0.0) -> None:
    at = FIRST + timedelta(days=days)
    AskDecision.objects.bulk_create(
        AskDecision(
            survey=survey, customer=run.customer, run=run, occasion=f"{run.pk}:{days}", outcome=outcome, due_at=at,
            decided_at=at, imported=True,
        )
        for run in runs
    )  # fmt: skip


def answers(survey: Survey, runs: list[JourneyRun]) -> None:
    version = survey.versions.get()
    Response.objects.bulk_create(
        Response(
            occasion_key=f"{survey.pk}:{run.pk}", survey=survey, version=version, customer=run.customer, run=run,
            content_hash=bytes(32), answered_at=FIRST,
        )
        for run in runs
    )  # fmt: skip


def asking() -> dict[str, Any]:
    return build_comparison(Query("shop"))["asking"]


def test_fatigue_counts_earlier_asks_of_ninety_days_and_their_answers() -> None:
    surveys, runs = shop([Row(n) for n in range(40)])
    asks(surveys["quote"], runs[:20], days=-100)  # forgotten by then
    asks(surveys["quote"], runs[20:], days=-30)
    asks(surveys[""], runs)
    answers(surveys[""], runs[:16] + runs[20:24])
    fatigue = asking()["fatigue"]
    assert [(row["earlier"], row["k"], row["n"]) for row in fatigue["by_earlier"]] == [
        (0, 16, 60), (1, 4, 20), (2, 0, 0), (3, 0, 0),
    ]  # fmt: skip


def test_fatigue_found_is_warned_of() -> None:
    surveys, runs = shop([Row(n) for n in range(200)])
    for days in (-30, -20, -10):
        asks(surveys[""], runs[100:], days=days)
    asks(surveys[""], runs)
    answers(surveys["quote"], runs)  # another survey's answers do not count
    version = surveys[""].versions.get()
    for run in runs[:80] + runs[100:110]:
        Response.objects.create(
            occasion_key=f"x{run.pk}", survey=surveys[""], version=version, run=run, content_hash=bytes(32),
            answered_at=FIRST,
        )  # fmt: skip
    value = build_comparison(Query("shop"))
    assert value["asking"]["fatigue"]["finding"]
    assert [item["code"] for item in value["warnings"] if item["code"] == "fatigue"] == ["fatigue"]


def test_carry_over_is_measured_where_runs_were_held_out_by_chance() -> None:
    random = np.random.default_rng(1)
    surveys, runs = shop([Row(n, experience=float(60 + 10 * (n < 30) + random.normal())) for n in range(60)])
    asks(surveys["quote"], runs[:30])
    asks(surveys["quote"], runs[30:], "e2e_only")
    found = asking()["carry_over"]
    assert (found["by"], found["n_both"], found["n_only"]) == ("run", 30, 30)
    assert found["difference"]["value"] == pytest.approx(10, abs=1)
    assert found["sentence"].startswith("Asking at a touchpoint first goes with another answer")


def test_carry_over_by_sampling_takes_runs_with_one_ask_due() -> None:
    surveys, runs = shop([Row(n, experience=70.0 + n % 3) for n in range(30)])
    asks(surveys["quote"], runs[:10])
    asks(surveys["quote"], runs[10:20], "not_sampled")
    asks(surveys["quote"], runs[20:], "not_sampled")
    asks(surveys["quote"], runs[20:], "not_sampled", days=1)  # two asks due: not comparable
    found = asking()["carry_over"]
    assert (found["by"], found["n_both"], found["n_only"]) == ("ask", 10, 10)


def test_carry_over_is_not_measured_where_consent_decided() -> None:
    surveys, runs = shop([Row(n, experience=70.0 + n % 3) for n in range(20)])
    asks(surveys["quote"], runs[:10])
    asks(surveys["quote"], runs[10:], "no_consent")
    assert asking()["carry_over"] is None


def test_asking_of_a_journey_without_asks_is_not_measured() -> None:
    shop([Row(n, experience=70.0) for n in range(6)])
    assert asking() == {"fatigue": None, "carry_over": None}
