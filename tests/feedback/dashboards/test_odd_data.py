"""Odd data at the parts of a comparison: honest numbers or a sentence, never an error.

Each scenario of the method's list through the front door: test_robustness.py, test_robustness_people.py.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from feedback.actions.erase_answers import erase_answers
from feedback.actions.imports.run_import import ImportRequest, run_import
from feedback.actions.programmes import load_text
from feedback.actions.refresh_runs import refresh_runs
from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.text_report import text_report
from feedback.models import RunScore
from feedback.worlds.plans import D
from feedback.worlds.programmes import journey_programme
from surveys.enums import VersionState
from surveys.models import JourneyRun, JourneyVersion, Stage, StageVisit, SurveyVersion
from tests.factories import (
    CustomerFactory,
    JourneyVersionFactory,
    StageFactory,
    SurveyFactory,
    published_journey,
    published_survey,
)
from tests.factories.asking import START
from tests.factories.listening import HEADLINE, add_answer, answered_run, measured_journey
from tests.factories.worlds import run_rows

pytestmark = pytest.mark.django_db
Value = dict[str, Any]


def compared(code: str, **query: Any) -> Value:
    refresh_runs()
    return build_comparison(Query(code, **query))


def served(service: float | None, experience: float) -> Value:
    """The run row of a journey whose stage "apply" was rated, or not."""
    scores = {} if service is None else {"apply": [float(service)]}
    return {"service": service, "stage_scores": scores, "experience": float(experience)}


def width(cell: Value) -> float:
    return float(cell["hi"] - cell["lo"])


def visit(run: JourneyRun, code: str, entered: datetime, left: datetime) -> None:
    """One passage of a run through a stage."""
    stage = Stage.objects.get(version=run.version, code=code)
    order = StageVisit.objects.filter(run=run).count()
    StageVisit.objects.create(run=run, stage=stage, order=order, entered_at=entered, left_at=left)


def test_one_customer_with_200_journeys_widens_the_interval_and_counts_as_few() -> None:
    version = published_journey(("apply",), code="busy")
    scores = [30.0] * 200 + [60.0 + 10 * (n % 4) for n in range(20)]
    runs = run_rows(version, [served(90, score) for score in scores])
    apart = build_comparison(Query("busy"))
    for model in (JourneyRun, RunScore):
        model.objects.filter(pk__in=[run.pk for run in runs[:200]]).update(customer=runs[0].customer)
    together = build_comparison(Query("busy"))
    assert [(v["experience"]["score"], v["experience"]["customers"]) for v in (apart, together)] == [
        (pytest.approx(34.0909, abs=1e-4), 220),
        (pytest.approx(34.0909, abs=1e-4), 21),
    ]
    assert [round(v["experience"]["n_eff"], 1) for v in (apart, together)] == [220.0, 11.7]
    assert width(together["experience"]) > 4 * width(apart["experience"])
    assert width(together["gap"]) > 4 * width(apart["gap"])
    assert "worth 11.7" in text_report(together)


def test_one_customer_alone_is_too_few_however_often_he_answered(manager_client: Client) -> None:
    version = published_journey(("apply",), code="alone")
    runs = run_rows(version, [served(90, 10 * (n % 11)) for n in range(200)])
    for model in (JourneyRun, RunScore):
        model.objects.filter(pk__in=[run.pk for run in runs]).update(customer=runs[0].customer)
    value = build_comparison(Query("alone"))
    assert [value["experience"]["score"], value["experience"]["n"], value["gap"]["gap"]] == [None, None, None]
    assert [value["stages"][0]["state"], value["gap"]["label"]] == ["hidden", "not_enough"]
    assert (value["quadrant"]["drawn"], value["quadrant"]["label"]) == ("nothing", "too_few")
    assert (value["findings"], value["drivers"]["items"]) == ([], [])
    assert "fewer than 5" in manager_client.get("/admin/insights/alone/").content.decode()


def test_identical_answers_have_a_point_as_interval_and_say_so(manager_client: Client) -> None:
    version = published_journey(("apply", "documents"), code="same")
    surveys = measured_journey(version)
    recommend = published_survey(
        SurveyFactory(journey=version.journey, code="same-nps"),
        [{"code": "nps", "kind": "nps", "metric": "nps", "text": "Recommend?"}],
    )
    for _n in range(40):
        add_answer(answered_run(version, surveys, {"apply": 8, "documents": 8, "": 8}), recommend, 9)
    value = compared("same")
    for cell in (value["experience"], value["service"], value["stages"][0]):
        assert (cell["score"], cell["lo"], cell["hi"], cell["note"]) == (80.0, 80.0, 80.0, "no_variation")
    assert [value["gap"][key] for key in ("gap", "lo", "hi", "p", "finding")] == [0.0, 0.0, 0.0, 1.0, False]
    assert (value["nps"]["score"], value["nps"]["hi"]) == (100.0, 100.0)
    assert value["nps"]["lo"] == pytest.approx(83.58, abs=0.01)
    assert value["drivers"]["items"] == []
    assert "no variation: all the same" in manager_client.get("/admin/insights/same/").content.decode()


def test_one_department_only_is_no_predictor_and_stops_nothing() -> None:
    version = published_journey(code="single")
    rows = [
        {
            **served(85 + n % 5, 90 - 8 * (n % 6) - n % 3),
            "waits": {"apply->documents": float(n % 6)},
            "steps": 3 + n % 4,
            "switches": n % 2,
            "repeats": 0,
            "departments": 1,
            "contacts": 3 + n % 4,
        }
        for n in range(120)
    ]
    run_rows(version, rows)
    drivers = build_comparison(Query("single"))["drivers"]
    left = [(item["code"], item["reason"]) for item in drivers["left_out"]]
    assert ("departments", "constant") in left
    assert drivers["named"] == ["wait:apply->documents"]


def test_negative_wait_is_left_out_and_counted() -> None:
    version = published_journey(code="back")
    surveys = measured_journey(version)
    for n in range(6):
        run = answered_run(version, surveys, {"apply": 9, "": 5})
        visit(run, "apply", START, START + timedelta(days=1))
        visit(run, "documents", START + timedelta(days=0.5 if n == 0 else 3), START + timedelta(days=4))
    value = compared("back")
    assert value["exclusions"] == [{"reason": "bad_time", "n": 1}]
    first = value["transitions"][0]
    assert (first["n"], first["median_days"]) == (5, 2.0)


@pytest.mark.parametrize(("day", "hours"), [(datetime(2026, 3, 28), 23), (datetime(2026, 10, 24), 25)])
def test_wait_across_the_change_of_clocks_is_exact(day: datetime, hours: int) -> None:
    version = published_journey(code="clocks")
    surveys = measured_journey(version)
    noon = day.replace(hour=12, tzinfo=ZoneInfo("Europe/Berlin"))
    for _n in range(5):
        run = answered_run(version, surveys, {"apply": 9, "": 5}, ended_at=noon + timedelta(days=3))
        visit(run, "apply", noon, noon)
        visit(run, "documents", noon + timedelta(days=1), noon + timedelta(days=1))
    assert compared("clocks")["transitions"][0]["median_days"] == pytest.approx(hours / 24)


def test_scale_changed_mid_year_is_told() -> None:
    document = journey_programme(D)
    scores = {"[0, 10]": 4, "[1, 5]": 3}
    for scale, raw in scores.items():
        for survey in document["surveys"]:
            survey["questions"][0]["scale"] = json.loads(scale)
        load_text(json.dumps(document), publish=True)
        newest = SurveyVersion.objects.get(survey__code="d-e2e", state=VersionState.PUBLISHED)
        for _n in range(10):
            answered_run(JourneyVersion.objects.get(journey__code="d"), {"": newest}, {"": raw})
    value = compared("d")
    assert (value["experience"]["n"], value["experience"]["score"], value["experience"]["scale"]) == (10, 50.0, [1, 5])
    assert {"reason": "former_question", "n": 10} in value["exclusions"]
    told = [item["text"] for item in value["warnings"] if item["code"] == "scale_changed"]
    assert told[0].startswith("d-e2e.overall was asked on two scales:")


def test_survey_answered_twice_keeps_the_first() -> None:
    version = published_journey(("apply",), code="twice")
    surveys = measured_journey(version)
    for _n in range(6):
        run = answered_run(version, surveys, {"apply": 9, "": 8})
        add_answer(run, surveys[""], 0, answered_at=START + timedelta(days=5))
    value = compared("twice")
    assert (value["experience"]["n"], value["experience"]["score"]) == (6, 80.0)


def test_journey_of_two_versions_is_one_journey() -> None:
    version = published_journey(code="moved")
    surveys = measured_journey(version)
    for _n in range(6):
        answered_run(version, surveys, {"apply": 8, "": 4})
    JourneyVersion.objects.filter(pk=version.pk).update(state=VersionState.RETIRED)
    newer = JourneyVersionFactory(journey=version.journey, number=2)
    for order, code in enumerate(("apply", "welcome"), start=1):
        StageFactory(version=newer, code=code, order=order)
    JourneyVersion.objects.filter(pk=newer.pk).update(state=VersionState.PUBLISHED, published_at=START)
    newer.refresh_from_db()
    for _n in range(4):
        answered_run(newer, surveys, {"apply": 8, "": 9})
    value = compared("moved")
    assert (value["service"]["n"], value["experience"]["n"], value["experience"]["score"]) == (10, 10, 60.0)
    assert [(stage["code"], stage["n"]) for stage in value["stages"]] == [("apply", 10), ("welcome", 0)]


def test_segment_of_three_and_its_complement_are_both_hidden() -> None:
    version = published_journey(("apply",), code="parts")
    surveys = measured_journey(version)
    for n in range(40):
        customer = CustomerFactory(attributes={"region": "north" if n < 3 else "south"})
        answered_run(version, surveys, {"apply": 9, "": 5}, customer)
    value = compared("parts", by="region")
    assert [(row["value"], row["experience"]) for row in value["segments"]] == [("north", None), ("south", None)]
    cells = {row["cell"] for row in value["suppressed"]}
    assert cells == {"segments.region=north", "segments.region=south"}


def test_segment_with_few_ratings_of_service_hides_only_those() -> None:
    version = published_journey(("apply",), code="thin")
    rows = [served(None if n % 3 == 0 and n > 6 else 90, 50) | {"segment": "abc"[n % 3]} for n in range(60)]
    run_rows(version, rows)
    value = build_comparison(Query("thin", by="segment"))
    assert [(row["value"], row["experience"]["n"], row["service"]["n"]) for row in value["segments"]] == [
        ("a", 20, None),
        ("b", 20, None),
        ("c", 20, 20),
    ]
    cells = {row["cell"] for row in value["suppressed"]}
    assert cells == {f"segments.segment={name}.{what}" for name in "ab" for what in ("service", "gap")}
    assert [row["gap"]["n_pairs"] for row in value["segments"]] == [None, None, 20]


def test_recommendations_of_fewer_than_five_are_hidden(manager_client: Client) -> None:
    version = published_journey(("apply",), code="fewnps")
    surveys = measured_journey(version)
    question = [{"code": "nps", "kind": "nps", "metric": "nps", "text": "Recommend?"}]
    recommend = published_survey(SurveyFactory(journey=version.journey, code="fewnps-nps"), question)
    for n in range(8):
        run = answered_run(version, surveys, {"apply": 9, "": 5})
        if n < 4:
            add_answer(run, recommend, 10)
    nps = compared("fewnps")["nps"]
    assert (nps["score"], nps["n"], nps["promoters"]) == (None, None, None)
    assert manager_client.get("/admin/insights/fewnps/").status_code == 200


def test_erased_answers_are_gone_and_the_figures_follow() -> None:
    version = published_journey(code="erased")
    surveys = measured_journey(version)
    runs = [answered_run(version, surveys, {"apply": 9, "": 2 if n < 4 else 8}) for n in range(24)]
    assert compared("erased")["experience"]["score"] == 70.0
    assert erase_answers([run.customer_id for run in runs[:4]]) == 8
    value = build_comparison(Query("erased"))
    assert (value["experience"]["score"], value["experience"]["n"], value["coverage"]["runs"]) == (80.0, 20, 24)


@pytest.mark.parametrize(
    ("kind", "text", "column"),
    [
        ("interactions", "customer,run,stage,started_at,reference\nC,R,apply,{later},1\n", "started_at"),
        ("runs", "customer,run,started_at\nC,R,{later}\n", "started_at"),
        ("runs", "customer,run,started_at,ended_at,outcome\nC,R,2026-03-02T09:00:00Z,{later},completed\n", "ended_at"),
        ("answers", "customer,survey,question,value,answered_at\nC,ahead-e2e,overall,5,{later}\n", "answered_at"),
        ("asks", "customer,survey,asked_at,outcome\nC,ahead-e2e,{later},sent\n", "asked_at"),
    ],
)
def test_times_in_the_future_are_refused(tmp_path: Path, kind: str, text: str, column: str) -> None:
    version = published_journey(code="ahead")
    answered_run(version, measured_journey(version), {}, CustomerFactory(external_id="C"))
    table = tmp_path / "table.csv"
    table.write_text(text.format(later="2026-07-01T00:00:00Z"))
    now = datetime(2026, 6, 1, tzinfo=UTC)
    report = run_import(ImportRequest(kind=kind, path=table, journey="ahead", now=now))
    assert [(each.column, each.reason) for each in report.refusals] == [(column, "The time lies in the future.")]


def codes(value: Value) -> list[str]:
    """The codes of all warnings."""
    return [item["code"] for item in value["warnings"]]


def test_abandoned_journeys_that_nobody_was_asked_about_are_told() -> None:
    version = published_journey(code="left")
    surveys = measured_journey(version)
    for _n in range(6):
        answered_run(version, surveys, {"apply": 8, "": 8})
    for _n in range(5):
        answered_run(version, surveys, {"apply": 3})
    silent = JourneyRun.objects.order_by("-pk")[:5].values_list("pk", flat=True)
    JourneyRun.objects.filter(pk__in=list(silent)).update(outcome="abandoned", stale=True)
    assert codes(compared("left")).count("abandoned_excluded") == 1
    add_answer(JourneyRun.objects.order_by("-pk")[0], surveys[""], 2)
    assert codes(compared("left")).count("abandoned_excluded") == 0


def test_scale_of_which_half_is_used_is_suspect_and_explains_nothing() -> None:
    version = published_journey(("apply",), code="half")
    surveys = measured_journey(version)
    for n in range(200):
        answered_run(version, surveys, {"": n % 6})
    value = compared("half")
    assert codes(value).count("scale_suspect") == 1
    assert (value["drivers"]["items"], value["drivers"]["warnings"]) == ([], ["scale_changed"])


def test_questions_in_different_words_are_told_and_make_no_finding() -> None:
    version = published_journey(("apply",), code="words")
    survey = SurveyFactory(code="words-apply", kind="touchpoint", journey=version.journey, stage_code="apply")
    whole = SurveyFactory(code="words-e2e", kind="end_to_end", journey=version.journey)
    surveys = {
        "apply": published_survey(survey, [{**HEADLINE, "text": "How helpful was {the clerk}?"}]),
        "": published_survey(whole, [{**HEADLINE, "text": "How satisfied were you with {it all}?"}]),
    }
    for _n in range(40):
        answered_run(version, surveys, {"apply": 9, "": 4})
    value = compared("words")
    assert codes(value).count("different_questions") == 1
    assert (value["gap"]["gap"], value["gap"]["finding"]) == (50.0, False)
