"""How journeys run: length, phases, where they end, what customers knew between steps, groups apart; by hand."""

from typing import Any

import pytest
from django.test import Client

from feedback.actions.refresh_runs import refresh_runs
from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.report_flow import lines_flow
from feedback.models import Response
from surveys.enums import SurveyKind
from surveys.models import JourneyRun, JourneyVersion
from tests.factories import published_journey, published_survey
from tests.factories.asking import SurveyFactory
from tests.factories.history import Row, scored_runs
from tests.factories.listening import answered_run, measured_journey
from tests.feedback.dashboards.test_scope import visited

pytestmark = pytest.mark.django_db
KNEW = {"code": "knew", "kind": "scale", "metric": "knew_when", "scale": (1, 5), "measures": "transition"}


def value() -> dict[str, Any]:
    return build_comparison(Query("shop"))


def shop(rows: list[Row], questions: list[dict[str, Any]] | None = None) -> JourneyVersion:
    """A journey quote, order, pay with these run rows, and a survey about the whole with these questions."""
    version = published_journey(("quote", "order", "pay"), code="shop")
    measured_journey(version)
    if questions:
        whole = SurveyFactory(code="whole", kind=SurveyKind.END_TO_END, journey=version.journey)
        published_survey(whole, questions)
    scored_runs(version, rows)
    return version


def test_length_half_and_nine_in_ten_of_steps_and_days() -> None:
    shop([Row(n, days=float(n % 10 + 1), steps=3 + n % 2) for n in range(20)])
    length = value()["length"]
    assert (length["steps"]["median"], length["steps"]["p90"], length["steps"]["n"]) == (3.0, 4.0, 20)
    assert (length["days"]["median"], length["days"]["p90"], length["days"]["n"]) == (5.0, 9.0, 20)


def test_length_without_enough_runs_is_null() -> None:
    shop([Row(n) for n in range(4)])
    assert value()["length"] is None


def test_phases_have_the_mean_of_their_stages() -> None:
    shop([Row(n, stages={"quote": 80.0, "pay": 60.0}) for n in range(6)])
    (row,) = value()["phases"]
    assert (row["stages"], row["measured"], row["score"], row["n"]) == (3, 2, 70.0, 6)


def given_up(version: JourneyVersion, surveys: Any, stages: list[str], n: int) -> None:
    for _ in range(n):
        run = answered_run(version, surveys, {"": 3.0})
        visited(run, stages)
        JourneyRun.objects.filter(pk=run.pk).update(outcome="abandoned", stale=True)


def test_abandonment_counts_the_last_stage_of_those_that_got_there() -> None:
    version = published_journey(("quote", "order", "pay"), code="shop")
    surveys = measured_journey(version)
    for _ in range(20):
        visited(answered_run(version, surveys, {"": 8.0}), ["quote", "order", "pay"])
    given_up(version, surveys, ["quote", "order"], 20)
    refresh_runs()
    found = value()["abandonment"]
    assert (found["share"]["k"], found["share"]["n"]) == (20, 40)
    assert [(row["code"], row["share"]["k"], row["share"]["n"]) for row in found["stages"]] == [
        ("quote", 0, 40),
        ("order", 20, 40),
        ("pay", 0, 20),
    ]
    assert "Most are at Order: 50.0 % of those that got there (35.2 % to 64.8 %, n = 40)." in found["sentence"]


def test_abandonment_where_nobody_gave_up_has_no_rows() -> None:
    shop([Row(n, experience=80.0) for n in range(6)])
    found = value()["abandonment"]
    assert (found["share"]["k"], found["share"]["n"], found["stages"]) == (0, 6, [])


def test_groups_apart_by_outcome_have_their_own_numbers() -> None:
    version = published_journey(("quote", "order", "pay"), code="shop")
    surveys = measured_journey(version)
    for _ in range(6):
        visited(answered_run(version, surveys, {"quote": 9.0, "": 8.0}), ["quote"])
    given_up(version, surveys, ["quote"], 6)
    refresh_runs()
    (split,) = value()["apart"]
    assert split["code"] == "outcome"
    assert [(row["name"], row["experience"]["score"], row["runs"]) for row in split["groups"]] == [
        ("given up", 30.0, 6),
        ("completed", 80.0, 6),
    ]
    assert (split["groups"][0]["gap"], split["groups"][1]["gap"]["score"]) == (None, 10.0)
    assert split["difference"]["value"] == -50.0


def test_group_of_fewer_than_five_hides_the_split() -> None:
    version = published_journey(("quote", "order", "pay"), code="shop")
    surveys = measured_journey(version)
    for _ in range(6):
        visited(answered_run(version, surveys, {"": 8.0}), ["quote"])
    given_up(version, surveys, ["quote"], 4)
    refresh_runs()
    found = value()
    assert found["apart"] == []
    assert {"cell": "apart.outcome", "reason": "fewer than 5"} in found["suppressed"]


def test_groups_apart_by_problem_take_yes_from_the_question() -> None:
    problem = {"code": "problem", "kind": "yes_no", "metric": "problem"}
    rows = [Row(n, experience=50.0 + 30 * (n % 2), ratings={"whole.problem|0-1": [1.0 - n % 2]}) for n in range(20)]
    shop(rows, [problem])
    split = value()["apart"][0]
    assert (split["code"], split["difference"]["value"]) == ("problem", -30.0)
    assert [row["experience"]["score"] for row in split["groups"]] == [50.0, 80.0]


def test_pairs_answered_through_one_channel_stand_apart_from_others() -> None:
    version = published_journey(("quote",), code="shop")
    surveys = measured_journey(version)
    for n in range(12):
        run = answered_run(version, surveys, {"quote": 9.0, "": 8.0 if n % 2 else 6.0})
        Response.objects.filter(run=run, survey__kind=SurveyKind.TOUCHPOINT).update(channel="email")
        whole = Response.objects.filter(run=run, survey__kind=SurveyKind.END_TO_END)
        whole.update(channel="email" if n % 2 else "sms")
    refresh_runs()
    split = next(item for item in value()["apart"] if item["code"] == "channel")
    assert [(row["gap"]["score"], row["gap"]["n"]) for row in split["groups"]] == [(10.0, 6), (30.0, 6)]


def test_clarity_by_passage_is_named_with_its_owner() -> None:
    questions = [
        KNEW | {"code": "first", "stage_code": "quote", "to_stage_code": "order"},
        KNEW | {"code": "second", "stage_code": "order", "to_stage_code": "pay"},
    ]
    rows = [Row(n, ratings={"whole.first|1-5": [4.0 + n % 2], "whole.second|1-5": [1.0 + n % 2]}) for n in range(20)]
    shop(rows, questions)
    found = value()["between"]
    assert [(row["place"], row["knew_when"]["score"], row["all"]["n"]) for row in found["rows"]] == [
        ("Quote → Order", 87.5, 20),
        ("Order → Pay", 12.5, 20),
    ]
    assert found["sentence"].startswith("Customers knew least at Order → Pay: 12.5 of 100 (")


def test_having_to_repeat_oneself_is_turned_round() -> None:
    repeated = {"code": "again", "kind": "scale", "metric": "repeated_myself", "scale": (1, 5)}
    shop([Row(n, ratings={"whole.again|1-5": [5.0]}) for n in range(6)], [repeated])
    (row,) = value()["between"]["rows"]
    assert (row["whole"], row["repeated_myself"]["score"], row["knew_when"]) == (True, 0.0, None)


def test_terminal_and_page_show_the_same(manager_client: Client) -> None:
    shop([Row(n, experience=80.0, stages={"quote": 90.0}) for n in range(20)])
    found = value()
    page = manager_client.get("/admin/insights/shop/").content.decode()
    assert found["length"]["sentence"] in page
    assert found["length"]["sentence"] in lines_flow(found)
    assert found["abandonment"]["sentence"] in page
