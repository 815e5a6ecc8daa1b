"""Worlds through the front door: files, programme, import, comparison; what was planted comes back (method 4.2)."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from feedback.actions.imports.run_import import ImportReport, ImportRequest, run_import
from feedback.actions.programmes import load_text
from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.picture import picture
from feedback.worlds.files import ORDER, write_world
from feedback.worlds.world import World, make_world
from tests.factories.asking import START

pytestmark = pytest.mark.django_db


def take_in(folder: Path, kinds: Collection[str] = ORDER) -> dict[str, ImportReport]:
    """Load the folder's programme and import its tables."""
    for path in folder.glob("*.yaml"):
        load_text(path.read_text(encoding="utf-8"), publish=True)
    return {kind: run_import(ImportRequest(kind=kind, path=folder / f"{kind}.csv")) for kind in kinds}


def items(value: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["code"]: item for item in value["drivers"]["items"]}


def test_door_world_a_gap_and_the_wait_behind_it(tmp_path: Path) -> None:
    write_world(make_world("A", 1, 0.5), tmp_path)
    reports = take_in(tmp_path)
    assert {kind: report.refused for kind, report in reports.items()} == dict.fromkeys(ORDER, 0)
    value = build_comparison(Query("a"))
    assert (value["gap"]["finding"], value["gap"]["gap"]) == (True, pytest.approx(31.5, abs=3.5))
    assert value["quadrant"]["label"] == "great_poor"
    assert min(stage["lo"] for stage in value["stages"]) > 75
    assert value["hidden_poor"]["share"] == pytest.approx(0.186, abs=0.06)
    slow = items(value)["wait:s3->s4"]
    assert value["drivers"]["named"][0] == value["drivers"]["strongest"] == "wait:s3->s4"
    assert (slow["finding"], slow["slope"]) == (True, pytest.approx(-3.39, abs=0.8))
    assert slow["share"] >= 0.70
    assert items(value)["service"]["share"] <= 0.15
    assert -26 <= slow["at_stake"]["value"] <= -14
    assert {"wait:s1->s2", "wait:s2->s3", "wait:s4->s5"} & set(value["drivers"]["named"]) == set()
    assert next(f["kind"] for f in value["findings"]) == "gap"
    links = {link["code"]: link for link in value["commercial"]["links"]}
    assert (links["experience"]["finding"], links["service"]["finding"]) == (True, False)
    assert links["experience"]["effect"]["value"] == pytest.approx(0.0777, abs=0.035)


def test_door_world_a_leads_with_the_wait_and_its_owner(tmp_path: Path) -> None:
    write_world(make_world("A", 1, 0.5), tmp_path)
    take_in(tmp_path)
    value = build_comparison(Query("a", by="segment"))
    stand = [item for item in value["findings"] if item["stands"]]
    drivers = [item for item in stand if item["kind"] == "driver"]
    assert (value["gap"]["stands"], stand[0]["kind"]) == (True, "gap")
    assert (drivers[0]["code"], drivers[0]["owner"]) == ("wait:s3->s4", "Back office")
    assert "Owner: Back office." in drivers[0]["text"]
    assert {item["code"] for item in drivers} <= {"wait:s3->s4", "steps", "switches", "repeats"}
    assert {item["kind"] for item in stand} <= {"gap", "segment", "driver", "theme", "commercial", "silent"}
    assert value["findings"] == [*stand, *(item for item in value["findings"] if not item["stands"])]
    assert value["page"]["judged_until"] is not None
    page = picture(value)
    assert next(item["code"] for item in page["standing"] if item["kind"] == "driver") == "wait:s3->s4"


def test_door_null_world_nothing_stands_on_any_page(tmp_path: Path) -> None:
    write_world(make_world("null", 1, 0.15), tmp_path)
    reports = take_in(tmp_path)
    assert {kind: report.refused for kind, report in reports.items()} == dict.fromkeys(ORDER, 0)
    values = [build_comparison(Query(code, by="segment")) for code in "abcde"]
    assert [[item["text"] for item in value["findings"] if item["stands"]] for value in values] == [[]] * 5
    assert [value["gap"]["stands"] for value in values] == [False] * 5
    assert [picture(value)["standing"] for value in values] == [[]] * 5
    assert min(value["page"]["tests"] for value in values) >= 5


def test_door_world_b_names_the_silent_and_weights_them(tmp_path: Path) -> None:
    whole = make_world("B", 1)
    tables = {kind: [r for r in rows if r.get("survey", "b-e2e") == "b-e2e"] for kind, rows in whole.tables.items()}
    write_world(World("B", tables, whole.programmes), tmp_path)
    reports = take_in(tmp_path, ("customers", "runs", "answers", "asks"))
    assert [report.refused for report in reports.values()] == [0, 0, 0, 0]
    coverage = build_comparison(Query("b"))["coverage"]
    assert coverage["silent"]["name"] == "silent"
    assert coverage["silent"]["score"]["score"] == pytest.approx(54.0, abs=8)
    assert coverage["unweighted"] - coverage["weighted"] > 2
    assert coverage["weighted"] == pytest.approx(77.6, abs=3)
    assert coverage["deff"] == pytest.approx(1.59, abs=0.3)


def test_door_tables_again_change_nothing_and_give_the_same_numbers(tmp_path: Path) -> None:
    write_world(make_world("A", 2, 0.05), tmp_path)
    take_in(tmp_path)
    before = build_comparison(Query("a"), START)
    again = take_in(tmp_path)
    assert [(report.created, report.changed, report.refused) for report in again.values()] == [(0, 0, 0)] * len(ORDER)
    assert build_comparison(Query("a"), START) == before


def test_door_contacts_tell_solved_from_logged_and_name_the_trap(tmp_path: Path) -> None:
    write_world(make_world("contacts", 1, 0.3), tmp_path)
    reports = take_in(tmp_path, ("customers", "interactions", "answers"))
    assert [report.refused for report in reports.values()] == [0, 0, 0]
    value = build_comparison(Query("contact"))
    measured, logged, reported = (value["fcr"][source] for source in ("measured", "logged", "reported"))
    assert measured["share"] == pytest.approx(0.835, abs=0.04)
    assert logged["share"] == pytest.approx(0.970, abs=0.02)
    assert reported["share"] == pytest.approx(0.858, abs=0.065)
    assert logged["lo"] > measured["hi"]
    traps = [agent["agent"] for agent in value["handle_time"]["agents"] if agent["kind"] == "trap"]
    assert traps == ["ag07"]
    assert value["page"]["judged_until"] is not None
    stand = {item["kind"] for item in value["findings"] if item["stands"]}
    assert stand <= {"handle_time_trap", "handle_time_mirror"}


def told(tmp_path: Path, name: str) -> dict[str, Any]:
    """The comparison of a story of 60 customers that was taken in whole."""
    world = make_world(name, 1)
    write_world(world, tmp_path)
    reports = take_in(tmp_path, [kind for kind in ORDER if world.tables[kind]])
    assert sum(report.refused for report in reports.values()) == 0
    return build_comparison(Query(world.programmes[0]["journey"]["code"]))


def test_door_story_five_great_contacts_and_a_poor_whole(tmp_path: Path) -> None:
    value = told(tmp_path, "story_five")
    assert (value["gap"]["finding"], value["gap"]["gap"]) == (True, pytest.approx(33, abs=4))
    assert (value["quadrant"]["label"], value["warnings"]) == ("great_poor", [])
    assert [row["median_days"] for row in value["transitions"]] == [2.0, 4.0, 2.0, 2.0]


def test_door_story_restaurant_is_let_down_by_what_nobody_serves(tmp_path: Path) -> None:
    value = told(tmp_path, "story_restaurant")
    measured = sorted((s for s in value["stages"] if s["score"] is not None), key=lambda stage: stage["score"])
    assert [stage["code"] for stage in measured[:3]] == ["complaint_form", "booking", "bill"]
    assert value["service"]["score"] == pytest.approx(85, abs=2)
    assert value["gap"]["gap"] == pytest.approx(43, abs=4)


def test_door_story_furniture_says_what_was_never_measured(tmp_path: Path) -> None:
    value = told(tmp_path, "story_furniture")
    unmeasured = [stage["code"] for stage in value["stages"] if stage["state"] == "not_measured"]
    assert unmeasured == ["search", "blog_post", "case_studies", "quote"]
    assert [warning["code"] for warning in value["warnings"]] == ["not_measured"]
