"""The robustness list of the method (4.5), what came in: through the front door to the numbers and the page's words."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.text_report import text_report
from tests.factories.asking import START
from tests.factories.door import answer, compared, programme, take_in, take_table, trips

pytestmark = pytest.mark.django_db
Value = dict[str, Any]
BERLIN = ZoneInfo("Europe/Berlin")


def page(client: Client, code: str) -> str:
    """The journey's page, with runs of blanks as one."""
    response = client.get(f"/admin/insights/{code}/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def width(cell: Value) -> float:
    return float(cell["hi"] - cell["lo"])


def contact(run: str, customer: str, stage: str, began: datetime, ended: datetime) -> dict[str, Any]:
    """A row of the table of contacts."""
    place = {"customer": customer, "journey": "steps", "run": run, "stage": stage}
    return {**place, "started_at": began, "ended_at": ended, "channel": "web", "reference": f"{run}-{stage}"}


def test_duplicate_import_changes_no_number(tmp_path: Path) -> None:
    programme("double")
    tables = trips("double", 40, service=lambda n: {"apply": 8 + n % 3, "documents": 9}, whole=lambda n: n % 8)
    first = compared("double", tmp_path, tables)
    again = take_in(tmp_path, tables)
    assert [(report.created, report.changed, report.refused) for report in again.values()] == [(0, 0, 0)] * 3
    second = build_comparison(Query("double"), datetime.fromisoformat(first["generated_at"]))
    assert (second, second["experience"]["n"]) == (first, 40)


def test_one_customer_with_200_journeys_widens_the_interval_and_shows_n_eff(
    tmp_path: Path, manager_client: Client
) -> None:
    def heavy(code: str, customer: str | None) -> Value:
        programme(code)
        each = {"service": {"apply": 9}, "whole": lambda n: 3 if n < 200 else 6 + n % 4}
        who = {} if customer is None else {"customer": lambda n: customer if n < 200 else f"{code}-{n}"}
        return compared(code, tmp_path, trips(code, 220, **each, **who))

    apart, together = heavy("apart", None), heavy("busy", "busy-0")
    assert together["experience"]["score"] == apart["experience"]["score"] == pytest.approx(34.0909, abs=1e-4)
    assert [value["experience"]["customers"] for value in (apart, together)] == [220, 21]
    assert [round(value["experience"]["n_eff"], 1) for value in (apart, together)] == [220.0, 11.7]
    assert width(together["experience"]) > 4 * width(apart["experience"])
    assert width(together["gap"]) > 4 * width(apart["gap"])
    assert "220 answers of 21 customers" in page(manager_client, "busy")
    assert "worth 11.7 of different customers" in page(manager_client, "busy")
    assert "worth 11.7" in text_report(together)


def test_all_answers_identical_is_no_variation_and_the_nps_stays_adjusted(
    tmp_path: Path, manager_client: Client
) -> None:
    nps = {"code": "nps", "kind": "nps", "metric": "nps", "text": "Would you recommend us?", "required": False}
    programme("same", questions=[nps])
    tables = trips("same", 40, service={"apply": 8, "documents": 8}, whole=8)
    whole = [row for row in tables["answers"] if row["survey"] == "same-e2e"]
    tables["answers"] += [{**row, "question": "nps", "value": 10} for row in whole]
    value = compared("same", tmp_path, tables)
    for cell in (value["experience"], value["service"], *value["stages"]):
        assert [cell[key] for key in ("score", "lo", "hi", "note")] == [80.0, 80.0, 80.0, "no_variation"]
    assert [value["gap"][key] for key in ("gap", "lo", "hi", "finding")] == [0.0, 0.0, 0.0, False]
    assert [value["nps"]["score"], value["nps"]["hi"]] == [100.0, 100.0]
    assert value["nps"]["lo"] == pytest.approx(83.58, abs=0.01)
    assert (value["drivers"]["items"], value["findings"]) == ([], [])
    assert page(manager_client, "same").count("no variation: all the same") == 2
    assert "(no variation)" in text_report(value)


def test_one_department_only_is_named_and_stops_nothing(tmp_path: Path, manager_client: Client) -> None:
    programme("steps", owners={"apply": "Sales", "documents": "Sales"})
    tables = trips("steps", 80, service=lambda n: {"apply": 9 + n % 2}, whole=lambda n: 9 - n % 5)
    tables["interactions"] = [
        row
        for n, run in enumerate(tables["runs"])
        for row in (
            contact(run["run"], run["customer"], "apply", run["started_at"], run["started_at"]),
            contact(
                run["run"],
                run["customer"],
                "documents",
                run["started_at"] + timedelta(days=n % 5 / 2 + 0.1),
                run["started_at"] + timedelta(days=n % 5 / 2 + 0.2),
            ),
        )
    ]
    value = compared("steps", tmp_path, tables)
    assert {"code": "departments", "reason": "constant"} in value["drivers"]["left_out"]
    assert value["drivers"]["named"] == ["wait:apply->documents"]
    departments = next(row for row in value["contrast"] if row["code"] == "involvement")
    assert (departments["service"], departments["experience"]) == ("Sales", "Sales, nobody for some")
    assert "Departments touched" not in page(manager_client, "steps")


def test_a_stage_nobody_answered_is_a_hole_and_no_zero(tmp_path: Path, manager_client: Client) -> None:
    programme("hole", ("apply", "documents", "welcome"))
    value = compared("hole", tmp_path, trips("hole", 30, service={"apply": 9, "documents": 7}, whole=5))
    states = [(stage["code"], stage["score"], stage["n"], stage["state"]) for stage in value["stages"]]
    assert states == [
        ("apply", 90.0, 30, "shown"),
        ("documents", 70.0, 30, "shown"),
        ("welcome", None, 0, "not_measured"),
    ]
    assert (value["service"]["score"], value["scope"]["never_measured"]) == (80.0, 1)
    assert page(manager_client, "hole").count("not measured") >= 1
    assert any(line.startswith("Welcome") and "not measured" in line for line in text_report(value).splitlines())


def test_negative_wait_is_left_out_counted_and_said(tmp_path: Path, manager_client: Client) -> None:
    programme("steps")
    tables = trips("steps", 7, service={"apply": 9}, whole=5)
    tables["interactions"] = []
    for n, run in enumerate(tables["runs"]):
        began, who = run["started_at"], run["customer"]
        later = began + timedelta(hours=1 if n == 0 else 48)
        tables["interactions"].append(contact(run["run"], who, "apply", began, began + timedelta(hours=2)))
        tables["interactions"].append(contact(run["run"], who, "documents", later, later))
    value = compared("steps", tmp_path, tables)
    assert value["exclusions"] == [{"reason": "bad_time", "n": 1}]
    [wait] = value["transitions"]
    assert (wait["n"], wait["median_days"]) == (6, pytest.approx(46 / 24))
    assert "Left out: 1 passage whose times cannot be right." in page(manager_client, "steps")
    assert "Left out: 1 passage whose times cannot be right." in text_report(value)


@pytest.mark.parametrize(("day", "hours"), [(datetime(2025, 3, 29), 23), (datetime(2025, 10, 25), 25)])
def test_time_zones_and_daylight_saving_a_wait_across_the_change_is_exact(
    tmp_path: Path, manager_client: Client, day: datetime, hours: int
) -> None:
    """Noon to noon by the clock is 23 or 25 hours, whether written in local time or in UTC."""
    programme("steps")
    noon = day.replace(hour=12, tzinfo=BERLIN)
    tables = trips("steps", 6, service={"apply": 9}, whole=5)
    tables["interactions"] = []
    for n, run in enumerate(tables["runs"]):
        zone = BERLIN if n % 2 else ZoneInfo("UTC")
        run |= {"started_at": noon.astimezone(zone), "ended_at": (noon + timedelta(days=2)).astimezone(zone)}
        stages = {"apply": noon, "documents": noon + timedelta(days=1)}
        tables["interactions"] += [
            contact(run["run"], run["customer"], stage, at.astimezone(zone), at.astimezone(zone))
            for stage, at in stages.items()
        ]
    for row in tables["answers"]:
        row["answered_at"] = noon + timedelta(days=3)
    value = compared("steps", tmp_path, tables)
    [wait] = value["transitions"]
    assert (wait["n"], wait["median_days"], wait["p90_days"]) == (
        6,
        pytest.approx(hours / 24),
        pytest.approx(hours / 24),
    )
    assert f"Wait: median {hours}.0 h, nine in ten within {hours}.0 h" in page(manager_client, "steps")


def test_time_without_zone_is_refused_not_guessed(tmp_path: Path) -> None:
    programme("zone")
    rows = trips("zone", 1, whole=5)["runs"]
    rows[0]["started_at"] = "2026-03-02 09:00"
    report = take_table(tmp_path, "runs", rows)
    assert [(row.column, row.value) for row in report.refusals] == [("started_at", "2026-03-02 09:00")]


def test_scale_changed_mid_year_is_told_and_the_two_are_not_pooled(tmp_path: Path, manager_client: Client) -> None:
    programme("rescaled")
    compared("rescaled", tmp_path, trips("rescaled", 12, service={"apply": 4}, whole=4))
    programme("rescaled", scale=[1, 5])
    value = compared("rescaled", tmp_path, trips("rescaled", 20, service={"apply": 3}, whole=3, first=12))
    assert [value["experience"][key] for key in ("n", "score", "scale")] == [20, 50.0, [1, 5]]
    assert {"reason": "former_question", "n": 24} in value["exclusions"]
    told = "rescaled-e2e.overall was asked on two scales: only answers on the newest count, the others are in no score."
    assert told in [item["text"] for item in value["warnings"] if item["code"] == "scale_changed"]
    assert told in page(manager_client, "rescaled")


def test_survey_answered_twice_keeps_the_first_complete_answer(tmp_path: Path) -> None:
    programme("twice")
    tables = trips("twice", 8, service={"apply": 9}, whole=8)
    before = compared("twice", tmp_path, tables)
    again = [answer("twice", row["customer"], row["run"], "", 0, START + timedelta(days=5)) for row in tables["runs"]]
    report = take_table(tmp_path, "answers", again)
    value = build_comparison(Query("twice"))
    assert (value["experience"]["n"], value["experience"]["score"]) == (8, 80.0)
    assert (value["experience"], value["gap"]) == (before["experience"], before["gap"])
    assert report.created == 0


def test_journey_version_changed_is_one_journey_by_its_stages(tmp_path: Path, manager_client: Client) -> None:
    programme("moved", ("apply", "documents"))
    compared("moved", tmp_path, trips("moved", 10, service={"apply": 8, "documents": 6}, whole=4))
    programme("moved", ("apply", "welcome"))
    value = compared("moved", tmp_path, trips("moved", 20, service={"apply": 8}, whole=9, first=10))
    assert (value["experience"]["n"], value["service"]["n"]) == (30, 30)
    assert value["experience"]["score"] == pytest.approx((10 * 40 + 20 * 90) / 30)
    assert [(stage["code"], stage["n"]) for stage in value["stages"]] == [("apply", 30), ("welcome", 0)]
    assert page(manager_client, "moved").count("Documents") == 0


@pytest.mark.parametrize(("kind", "column"), [("runs", "started_at"), ("runs", "ended_at"), ("answers", "answered_at")])
def test_future_timestamps_are_refused_and_in_no_number(tmp_path: Path, kind: str, column: str) -> None:
    programme("ahead")
    value = compared("ahead", tmp_path, trips("ahead", 10, service={"apply": 9}, whole=5))
    later = trips("ahead", 1, service={"apply": 0}, whole=0, first=10)
    take_table(tmp_path, "customers", later["customers"])
    if kind == "answers":
        take_table(tmp_path, "runs", later["runs"])
    for row in later[kind]:
        row[column] = "2999-01-01T00:00:00Z"
    report = take_table(tmp_path, kind, later[kind])
    assert {(row.column, row.reason) for row in report.refusals} == {(column, "The time lies in the future.")}
    assert build_comparison(Query("ahead"))["experience"] == value["experience"]
