"""Worlds as tables: the same seed the same rows, and the import's definitions give back what the arrays say."""

from itertools import pairwise

import numpy as np
import pytest

from feedback.worlds.findings import predictors
from feedback.worlds.stories import FIVE, FURNITURE, RESTAURANT, told
from feedback.worlds.world import NAMES, empty_of_effects, make_world, planted
from tests.feedback.run_reference import Contact, Visit, run_facts


@pytest.mark.parametrize("name", NAMES)
def test_make_world_same_seed_same_rows(name):
    first, second = make_world(name, 3, 0.02), make_world(name, 3, 0.02)
    assert (first.tables, first.programmes) == (second.tables, second.programmes)


def test_make_world_other_seed_other_rows():
    assert make_world("A", 1, 0.02).tables != make_world("A", 2, 0.02).tables


@pytest.mark.parametrize(("name", "size"), [("nothing", 1), ("A", 0)])
def test_make_world_bad_input_is_told(name, size):
    with pytest.raises(ValueError, match=r"there is no world nothing|must be above 0"):
        make_world(name, 1, size)


def facts_of(rows):
    contacts = [
        Contact(r["stage"], r["reason"], r["channel"], r["started_at"], r["ended_at"], r["handle_seconds"])
        for r in rows
    ]
    visits = []
    for stage in dict.fromkeys(r["stage"] for r in rows):
        own = [r for r in rows if r["stage"] == stage]
        visits.append(Visit(stage, None, own[0]["started_at"], own[-1]["ended_at"]))
    return run_facts(contacts, visits)


def test_tables_give_back_the_arrays():
    (j,) = planted(4, 0.1, "A")
    tables = make_world("A", 4, 0.1).tables
    for row, run in enumerate(tables["runs"]):
        found = facts_of([r for r in tables["interactions"] if r["run"] == run["run"]])
        assert (found.steps, found.switches, found.repeats) == (j.steps[row], j.switches[row], j.repeats[row])
        assert list(found.waits.values()) == pytest.approx(list(j.waits[row]), abs=1e-4)
    told_end = [r for r in tables["answers"] if r["survey"] == "a-e2e" and r["question"] == "overall"]
    assert [10 * r["value"] for r in told_end] == list(j.experience[j.answered_end])


def test_tables_only_repeats_come_back_about_the_same_thing():
    (j,) = planted(4, 0.1, "A")
    tables = make_world("A", 4, 0.1).tables
    for row, run in enumerate(tables["runs"]):
        reasons = [r["reason"] for r in tables["interactions"] if r["run"] == run["run"]]
        assert len(reasons) - len(set(reasons)) == j.repeats[row]


def test_null_worlds_have_kinds_of_runs_that_cost_nothing_and_planted_ones_have_none():
    (j, *_others), (a,) = empty_of_effects(3, 0.05, "null_confounder"), planted(3, 0.05, "A")
    tables = make_world("null_confounder", 3, 0.05).tables
    runs = [row for row in tables["runs"] if row["journey"] == "a"]
    began = {row["run"] for row in tables["interactions"] if row["initiator"] == "company"}
    assert [row["attr.paperless"] == "yes" for row in runs] == j.paperless.tolist()
    assert [row["run"] in began for row in runs] == j.proactive.tolist()
    assert (0 < j.proactive.mean() < 1, 0 < j.paperless.mean() < 1) == (True, True)
    assert (a.proactive.any(), a.paperless.any()) == (False, False)
    assert {"proactive", "paperless"} <= {predictor.code for predictor in predictors(j)}


def test_tables_are_whole():
    tables = make_world("journeys", 1, 0.02).tables
    known = {row["customer"] for row in tables["customers"]}
    for kind in ("runs", "interactions", "answers", "asks", "commercial"):
        assert {row["customer"] for row in tables[kind]} <= known
    references = [row["reference"] for row in tables["interactions"]]
    assert len(set(references)) == len(references)


def test_story_five_exactly():
    story = told(FIVE, np.random.default_rng(1))
    waits = [stage.wait for stage in FIVE.stages]
    clarity = {f"{a.code}->{b.code}": b.clarity for a, b in pairwise(FIVE.stages)}
    assert (story.service()[0], story.service()[0] - story.experience[0]) == (93.0, 33.0)
    assert (sum(waits), story.extra_steps[0]) == (10, 2)
    assert min(clarity, key=lambda code: clarity[code] or 0) == "application->documents"


def test_story_restaurant_exactly():
    story = told(RESTAURANT, np.random.default_rng(1))
    asked = sorted((s for s in RESTAURANT.stages if s.score is not None), key=lambda s: s.score or 0)
    assert (story.service()[0], story.service()[0] - story.experience[0]) == (85.0, 43.0)
    assert [(s.code, s.owner) for s in asked[:3]] == [("complaint_form", ""), ("booking", ""), ("bill", "")]
    assert (sum(s.kind == "service" for s in RESTAURANT.stages), len(RESTAURANT.stages), RESTAURANT.load) == (1, 8, 6)


def test_story_furniture_exactly():
    unmeasured = [stage.code for stage in FURNITURE.stages if stage.score is None]
    assert (len(unmeasured), {stage.phase for stage in FURNITURE.stages}) == (4, {"pre_purchase"})


def test_story_by_sixty_customers_keeps_its_point():
    story = told(FIVE, np.random.default_rng(1), 60)
    assert float(story.service().mean()) == pytest.approx(93, abs=2)
    assert float(story.experience.mean()) == pytest.approx(60, abs=5)
    assert float(np.polyfit(story.extra_steps, story.experience, 1)[0]) == pytest.approx(-4, abs=2.5)
