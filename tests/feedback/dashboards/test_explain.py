"""drivers, peak_end, touchpoints: planted slopes come back, shares add up, doubts silence what cannot be said."""

import json
from typing import Any

import numpy as np
import pytest

from feedback.actions.programmes import load_text
from feedback.dashboards.comparison import Query, build_comparison
from surveys.models import JourneyVersion
from tests.factories import InteractionFactory, published_journey
from tests.factories.listening import measured_journey
from tests.factories.worlds import run_rows

pytestmark = pytest.mark.django_db
Value = dict[str, Any]
STAGES = ("apply", "documents", "welcome")


def journey(code: str = "j", **fields: Any) -> JourneyVersion:
    """Apply, documents, welcome with a question each; promised 1 day between apply and documents, nobody owns it."""
    version = published_journey(code=code, **fields)
    measured_journey(version)
    return version


def planted(n: int = 200, per_day: float = -4.0, noise: float = 2.0) -> list[Value]:
    """Service 90 everywhere but for noise; experience falls by per_day for each day between apply and documents."""
    random = np.random.default_rng(7)
    days, service = random.uniform(0, 8, n), random.normal(90, 3, n)
    other, steps = random.uniform(0, 3, n), random.integers(3, 6, n)
    experience = np.clip(80 + per_day * days + random.normal(0, noise, n), 0, 100)
    return [
        {
            "service": float(service[k]),
            "experience": float(experience[k]),
            "stage_scores": {"apply": [float(service[k])]},
            "waits": {"apply->documents": float(days[k]), "documents->welcome": float(other[k])},
            "contacts": 4,
            "steps": int(steps[k]),
            "departments": 1,
        }
        for k in range(n)
    ]


def built(rows: list[Value], **fields: Any) -> Value:
    run_rows(journey(**fields), rows)
    return build_comparison(Query("j"))


def items(value: Value) -> dict[str, Value]:
    return {item["code"]: item for item in value["drivers"]["items"]}


def test_drivers_planted_wait_is_named_with_its_slope_and_owner_nobody() -> None:
    value = built(planted())
    wait = items(value)["wait:apply->documents"]
    assert value["drivers"]["named"] == ["wait:apply->documents"]
    assert (wait["slope"], wait["finding"], wait["owner"]) == (pytest.approx(-4.0, abs=0.15), True, None)
    assert (wait["block"], wait["median_days"]) == ("waits", pytest.approx(4.0, abs=0.6))
    finding = next(item for item in value["findings"] if item["kind"] == "driver")
    assert finding["text"].startswith("The wait between Apply and Documents (median ")
    assert "points per day" in finding["text"]
    assert finding["text"].endswith("200 journeys of 200 customers). Owner: nobody.")
    assert (finding["owner"], finding["n"], finding["code"]) == (None, 200, "wait:apply->documents")


def test_drivers_shares_of_blocks_and_items_add_up() -> None:
    drivers = built(planted())["drivers"]
    assert sum(block["share"] for block in drivers["blocks"]) == pytest.approx(1.0)
    assert sum(item["share"] for item in drivers["items"]) == pytest.approx(1.0)
    assert [block["block"] for block in drivers["blocks"]] == ["service", "waits", "steps"]
    assert (drivers["method"], drivers["n"], drivers["customers"]) == ("lmg", 200, 200)


def test_drivers_what_shows_nothing_is_ruled_out_in_words() -> None:
    drivers = built(planted())["drivers"]
    assert drivers["ruled_out"] == ["wait:documents->welcome", "steps"]
    text = next(item["text"] for item in drivers["sentences"] if item["kind"] == "ruled_out")
    assert text == "No clear relation: Wait: Documents → Welcome; Steps (200 journeys of 200 customers)."


def test_drivers_promise_gives_points_at_stake_and_part_of_the_gap() -> None:
    stages = [{"code": code, "name": code.title()} for code in STAGES]
    promise = {"from": "apply", "to": "documents", "owner": "Back office", "promised_days": 1}
    head = {"code": "j", "name": "J", "headline": "overall"}
    whole = {"code": "overall", "kind": "scale", "scale": [0, 10], "text": "Overall?"}
    survey = {"code": "j-e2e", "kind": "end_to_end", "headline": "overall", "questions": [whole]}
    document = {"journey": head, "stages": stages, "transitions": [promise], "surveys": [survey]}
    load_text(json.dumps(document), publish=True)
    run_rows(JourneyVersion.objects.get(journey__code="j"), planted())
    value = build_comparison(Query("j"))
    wait, drivers = items(value)["wait:apply->documents"], value["drivers"]
    assert (wait["promised_days"], wait["owner"]) == (1.0, "Back office")
    assert wait["at_stake"]["value"] == pytest.approx(-12.2, abs=1.5)
    assert drivers["stake"]["explained"] + drivers["stake"]["not_explained"] == pytest.approx(value["gap"]["gap"])
    assert [sentence["kind"] for sentence in drivers["sentences"][:3]] == ["driver", "service", "stake"]
    said = f"about {-wait['at_stake']['value']:.1f} of the {value['gap']['gap']:.1f} points of the gap"
    assert said in drivers["sentences"][0]["text"]


def test_drivers_dose_tells_the_experience_by_quarter() -> None:
    drivers = built(planted())["drivers"]
    scores = [row["score"] for row in drivers["dose"]]
    assert (drivers["strongest"], [row["n"] for row in drivers["dose"]]) == ("wait:apply->documents", [50, 50, 50, 50])
    assert scores == sorted(scores, reverse=True)
    assert drivers["dose_of"] == "Wait: Apply → Documents (days)"


def test_drivers_nothing_planted_says_that_nothing_stands_out() -> None:
    value = built(planted(per_day=0.0, noise=8.0))
    assert value["drivers"]["named"] == []
    assert value["drivers"]["sentences"][0]["kind"] == "nothing"
    assert value["drivers"]["sentences"][0]["text"].startswith(
        "No step, wait or contact pattern stands out (200 journeys of 200 customers); the gap itself is "
    )
    assert [item["kind"] for item in value["findings"]] == ["gap"]


def test_drivers_confounded_by_case_mix_are_not_named() -> None:
    rows = planted(per_day=0.0)
    for row in rows:
        hard = row["waits"]["apply->documents"] > 4
        row["attributes"] = {"product": "mortgage" if hard else "account"}
        row["experience"] = row["experience"] - (30 if hard else 0)
    value = built(rows, options={"case_mix": ["product"]})
    wait = items(value)["wait:apply->documents"]
    assert (wait["q"] < 0.001, wait["finding"]) == (True, False)
    assert abs(wait["adjusted"]["slope"]) < 0.6
    assert value["drivers"]["controls"] == ["product"]


def test_drivers_few_runs_say_how_many_are_needed() -> None:
    drivers = built(planted(40))["drivers"]
    assert (drivers["items"], drivers["r2"], drivers["warnings"]) == ([], None, ["not_enough"])
    assert drivers["sentences"][0]["text"] == (
        "Not enough answers to say what goes with the experience (n = 40, need 50)."
    )


def test_drivers_experience_without_any_answer_is_not_enough() -> None:
    value = built([{**row, "experience": None} for row in planted(60)])
    assert (value["drivers"]["n"], value["drivers"]["sentences"][0]["kind"]) == (0, "not_enough")


def test_drivers_overall_computed_from_its_parts_names_nothing() -> None:
    rows = planted()
    for row in rows:
        row["stage_scores"] = {"apply": [row["experience"]], "documents": [50.0]}
    value = built(rows)
    assert "overall_computed_from_parts" in [item["code"] for item in value["warnings"]]
    assert value["drivers"]["named"] == []
    assert [item["finding"] for item in value["drivers"]["items"]] == [False] * len(value["drivers"]["items"])
    assert value["drivers"]["sentences"][0]["text"].startswith("Nothing is named")


def test_drivers_experience_on_half_of_its_scale_gives_no_number() -> None:
    rows = planted(240)
    for row in rows:
        row["ratings"] = {"j-e2e.overall|0-10": [4.0]}
    value = built(rows)
    assert (value["drivers"]["items"], value["drivers"]["warnings"]) == ([], ["scale_changed"])
    assert value["drivers"]["sentences"][0]["text"].startswith("The scale of the answers is in doubt")


def rated(n: int, straight: int = 0) -> list[Value]:
    """A survey without contacts: five ratings 1-5, the whole follows the first; so many answer all alike."""
    random = np.random.default_rng(11)
    rows = []
    for k in range(n):
        marks = [3.0] * 5 if k < straight else [1.0, 5.0, *(float(x) for x in random.integers(1, 6, 3))]
        if k >= straight:
            marks[0] = float(random.integers(1, 6))
        score = float(np.clip(20 * marks[0] - 10 + random.normal(0, 12), 0, 100))
        ratings = {f"r-apply.q{place}|1-5": [mark] for place, mark in enumerate(marks)}
        rows.append({"experience": score, "ratings": ratings})
    return rows


def questionnaire() -> JourneyVersion:
    """One stage with five ratings q0 to q4, and the whole."""
    questions = [
        {"code": f"q{place}", "kind": "scale", "scale": [1, 5], "text": f"How was {{part {place}}}?"}
        for place in range(5)
    ]
    whole = {"code": "overall", "kind": "scale", "scale": [0, 10], "text": "Overall?"}
    surveys = [
        {"code": "r-apply", "kind": "touchpoint", "stage": "apply", "questions": questions},
        {"code": "r-whole", "kind": "end_to_end", "headline": "overall", "questions": [whole]},
    ]
    head = {"code": "r", "name": "R", "headline": "overall"}
    stages = [{"code": "apply", "name": "Apply", "kind": "non_service", "owner": "Branch"}]
    load_text(json.dumps({"journey": head, "stages": stages, "surveys": surveys}), publish=True)
    return JourneyVersion.objects.get(journey__code="r")


def test_drivers_survey_without_contacts_takes_its_ratings() -> None:
    run_rows(questionnaire(), rated(200))
    drivers = build_comparison(Query("r"))["drivers"]
    assert (drivers["predictors"], drivers["named"], drivers["straight_lining"]) == ("ratings", ["q0"], None)
    assert [(item["code"], item["owner"]) for item in drivers["items"]] == [
        (code, "Branch") for code in ("q0", "q1", "q2", "q3", "q4") if code != "q1"
    ]
    assert drivers["left_out"] == [{"code": "q1", "reason": "constant"}]
    assert drivers["sentences"][0]["text"].startswith(
        "Customers who rated “How was part 0?” 10 points higher rated the journey 7."
    )
    assert drivers["sentences"][0]["text"].endswith("200 journeys of 200 customers). Owner: Branch.")


@pytest.mark.parametrize(("straight", "warned"), [(10, False), (30, True)])
def test_drivers_straight_lining_is_counted_and_warned_of_from_a_tenth(straight: int, warned: bool) -> None:
    run_rows(questionnaire(), rated(200, straight))
    value = build_comparison(Query("r"))
    assert (value["drivers"]["straight_lining"]["k"], value["drivers"]["straight_lining"]["n"]) == (straight, 200)
    assert ("straight_lining" in [item["code"] for item in value["warnings"]]) is warned


def test_peak_end_mean_of_two_stages_describes_best() -> None:
    random = np.random.default_rng(5)
    rows = []
    for first, second in random.uniform(0, 100, (120, 2)):
        scores = {"apply": [float(first)], "documents": [float(second)]}
        rows.append({"experience": float((first + second) / 2), "stage_scores": scores, "contacts": 2})
    value = built(rows)
    peak = value["peak_end"]
    assert (peak["best"], peak["r"]["mean"], peak["n"]) == ("mean", pytest.approx(1.0), 120)
    assert peak["sentence"].startswith("The mean of the stages describes the experience best (correlation 1.00, n 120;")


def test_touchpoints_gap_by_steps_and_small_cells_are_hidden() -> None:
    rows = planted(60)
    for k, row in enumerate(rows):
        row["steps"] = 3 if k < 4 else 6
    bands = built(rows)["touchpoints"]["gap_by_steps"]["bands"]
    assert [(band["low"], band["n"]) for band in bands] == [(1.0, None), (4.0, 0), (6.0, None)]


def test_touchpoints_gap_on_short_and_long_journeys_in_a_sentence() -> None:
    rows = planted(60)
    for k, row in enumerate(rows):
        row["steps"], row["experience"] = (3, 80.0 + k % 2) if k < 20 else (6, 60.0 + k % 2)
        row["stage_scores"] = {"apply": [90.0]}
    by_steps = built(rows)["touchpoints"]["gap_by_steps"]
    assert by_steps["sentence"] == (
        "The gap is 9.5 points (9.3 to 9.7, n 20) on journeys of 1–3 steps and 29.5 points (29.3 to 29.7, n 40) on "
        "journeys of 6+ steps."
    )


def test_drivers_same_query_gives_the_same_numbers() -> None:
    run_rows(journey(), planted())
    first, second = (build_comparison(Query("j"))["drivers"] for _ in range(2))
    assert first == second


def test_drivers_name_getting_in_touch_first_among_all_tests_of_the_page() -> None:
    version, rows = journey(), planted()
    told = [n % 3 == 0 for n in range(len(rows))]
    for row, first in zip(rows, told, strict=True):
        row["experience"] = min(100.0, row["experience"] + 8.0 * first)
    stage = version.stages.get(code="apply")
    for run, first in zip(run_rows(version, rows), told, strict=True):
        if first:
            InteractionFactory(run=run, stage=stage, initiator="company")
    value = build_comparison(Query("j"))
    item = items(value)["proactive"]
    assert (item["label"], item["stands"], item["slope"]) == (
        "We got in touch first",
        True,
        pytest.approx(8.0, abs=1.0),
    )
    (told_of,) = [row["text"] for row in value["findings"] if row.get("code") == "proactive"]
    assert told_of.startswith("Getting in touch first goes with ")
    assert value["page"]["tests"] == 5
