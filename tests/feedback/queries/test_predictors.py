"""What becomes a predictor: waits beyond promise, path, stated ratings, themes; single ratings without contacts."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from feedback.actions.programmes import load_text
from feedback.dashboards.context import context_of
from feedback.dashboards.query import Query
from feedback.queries.predictors import Candidate, Material, material_of
from feedback.queries.themes import Said
from surveys.models import JourneyRun, JourneyVersion
from tests.factories.worlds import run_rows

pytestmark = pytest.mark.django_db
RATING = {"kind": "scale", "scale": [1, 5]}


def programme(**journey: Any) -> JourneyVersion:
    """Apply -> (wait, promised 2 days, nobody's) -> approval; two ratings share the code `rating`."""
    stages = [
        {"code": "apply", "name": "Apply", "owner": "Branch"},
        {"code": "hold", "name": "Waiting", "kind": "wait", "owner": "Back office", "promised_days": 2},
        {"code": "approval", "name": "Approval", "owner": "Risk"},
    ]
    touchpoints = [
        {
            "code": f"p-{stage}",
            "kind": "touchpoint",
            "stage": stage,
            "headline": "rating",
            "questions": [{"code": "rating", **RATING, "text": f"{stage}?"}],
        }
        for stage in ("apply", "approval")
    ]
    touchpoints[0]["questions"] += [
        {"code": "form", **RATING, "text": "The form?"},
        {"code": "solved", "kind": "yes_no", "metric": "fcr", "text": "Solved?"},
    ]
    whole = {
        "code": "p-whole",
        "kind": "end_to_end",
        "headline": "overall",
        "questions": [
            {"code": "overall", "kind": "scale", "scale": [0, 10], "text": "Overall?"},
            {
                "code": "when",
                "metric": "knew_when",
                **RATING,
                "text": "Did you know when?",
                "measures": "apply->approval",
            },
        ],
    }
    document = {
        "journey": {"code": "p", "name": "P", "headline": "overall", **journey},
        "stages": stages,
        "surveys": [*touchpoints, whole],
    }
    load_text(json.dumps(document), publish=True)
    version: JourneyVersion = JourneyVersion.objects.get(journey__code="p")
    return version


def material(
    wrote: Sequence[JourneyRun] = (), slow: Sequence[JourneyRun] = (), told_first: Sequence[int] = ()
) -> Material:
    """wrote: the runs with a comment; slow: those whose comment says so; told_first: ids of runs."""
    context = context_of(Query("p"))
    flags = [np.isin(context.table.run, [run.pk for run in runs]) for runs in (wrote, slow)]
    said, told = Said(flags[0], {"speed": flags[1]}), np.array(told_first, dtype=np.int64)
    return material_of(context.definition, context.table, context.runs.service, said, told)


def values(candidate: Candidate) -> list[float]:
    """The values of all runs, in order of size, missing ones last."""
    found: list[float] = np.sort(np.asarray(candidate.predictor.values)).tolist()
    return found


def by_code(candidates: tuple[Candidate, ...]) -> dict[str, Candidate]:
    return {candidate.predictor.code: candidate for candidate in candidates}


def contacts(n: int, **fields: Any) -> dict[str, Any]:
    return {"experience": 50.0, "contacts": 2, "steps": 2, "waits": {"apply->approval": float(n)}, **fields}


def test_material_wait_with_promise_is_the_excess_owned_by_its_transition() -> None:
    run_rows(programme(), [contacts(n) for n in range(6)])
    wait = by_code(material().records)["wait:apply->approval"]
    assert values(wait) == pytest.approx([0, 0, 0, 1, 2, 2.75])
    assert (wait.predictor.reference, wait.owner) == (0.0, "Back office")
    assert wait.touches == ("Branch", "Back office", "Risk")


def test_material_steps_refer_to_the_needed_and_are_unknown_without_contacts() -> None:
    run_rows(programme(needed_steps=3), [contacts(1, steps=4), {"experience": 50.0}])
    steps = by_code(material().records)["steps"]
    assert (steps.predictor.reference, steps.predictor.block) == (3.0, "steps")
    assert values(steps) == pytest.approx([4.0, np.nan], nan_ok=True)


def test_material_rare_waits_give_their_share_within_promise() -> None:
    run_rows(programme(), [contacts(n) if n < 5 else {"experience": 50.0, "contacts": 1} for n in range(10)])
    kept = by_code(material().records)["promise_kept"]
    assert values(kept)[:5] == [0.0, 0.0, 1.0, 1.0, 1.0]


def test_material_wait_that_skipped_a_stage_is_owned_by_nobody() -> None:
    run_rows(programme(), [contacts(1, waits={"apply->gone": 3.0})])
    wait = by_code(material().records)["wait:apply->gone"]
    assert (wait.owner, wait.touches, wait.predictor.reference) == (None, ("Branch",), None)


def test_material_stated_ratings_and_themes_stand_apart_from_records() -> None:
    runs = run_rows(programme(), [contacts(1, ratings={"p-whole.when|1-5": [4.0]}) for _ in range(12)])
    found = by_code(material(runs[:11], runs[:10]).stated)
    assert list(found) == ["when", "theme:speed"]
    assert (found["when"].predictor.block, np.asarray(found["when"].predictor.values)[0]) == ("clarity", 75.0)
    assert values(found["theme:speed"]) == pytest.approx([0.0, *[1.0] * 10, np.nan], nan_ok=True)


def test_material_theme_of_nine_runs_is_no_predictor() -> None:
    runs = run_rows(programme(), [contacts(1) for _ in range(12)])
    found = by_code(material(runs[:9], runs[:9]).stated)
    assert list(found) == ["when"]


def test_material_service_of_few_runs_leaves_the_others_alone() -> None:
    rows = [contacts(1, service=80.0 if n < 10 else None) for n in range(60)]
    run_rows(programme(), rows)
    assert "service" not in by_code(material().records)


def test_material_without_contacts_takes_every_single_rating_but_no_yes_or_no() -> None:
    ratings = {"p-apply.rating|1-5": [5.0], "p-apply.form|1-5": [3.0], "p-approval.rating|1-5": [1.0, 2.0]}
    ratings |= {"p-apply.solved|0-1": [1.0], "p-whole.overall|0-10": [5.0]}
    run_rows(programme(), [{"experience": 50.0, "ratings": ratings} for _ in range(60)])
    found = material()
    assert (found.mode, found.stated) == ("ratings", ())
    rows = [(code, np.asarray(c.predictor.values)[0], c.owner) for code, c in by_code(found.records).items()]
    assert rows == [("apply.rating", 100.0, "Branch"), ("form", 50.0, "Branch"), ("approval.rating", 12.5, "Risk")]


def test_material_rating_that_hardly_anybody_gave_is_left_out() -> None:
    both = {"p-apply.rating|1-5": [5.0], "p-approval.rating|1-5": [2.0]}
    rows = [{"experience": 50.0, "ratings": {**both, "p-apply.form|1-5": [3.0]} if n < 5 else both} for n in range(60)]
    run_rows(programme(), rows)
    found = material()
    assert (list(by_code(found.records)), found.dropped) == (["apply.rating", "approval.rating"], ("form",))


def test_material_some_stages_asked_makes_service_partial() -> None:
    scores = [{"apply": [80.0], "approval": [60.0]}, {"apply": [80.0]}] * 5
    run_rows(programme(), [contacts(1, service=70.0, stage_scores=row) for row in scores])
    assert material().partial_service is True


def test_getting_in_touch_first_and_paperless_are_predictors_where_runs_differ() -> None:
    version = programme()
    rows = [
        {"contacts": 2, "experience": 50.0, "attributes": {"paperless": "yes" if n < 3 else "no"}} for n in range(6)
    ]
    runs = run_rows(version, rows)
    found = material(told_first=[runs[0].pk, runs[4].pk])
    rows_of = context_of(Query("p")).table.rows_of(np.array([run.pk for run in runs]))
    told = {c.kind: np.asarray(c.predictor.values)[rows_of].tolist() for c in found.records}
    assert (told["proactive"], told["paperless"]) == ([1, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 0])


def test_getting_in_touch_first_in_no_run_is_no_predictor() -> None:
    run_rows(programme(), [{"contacts": 2, "experience": 50.0} for _ in range(6)])
    assert [c.kind for c in material().records if c.kind == "proactive"] == []
