"""text.themes: how often, with what difference, held against whom; hidden where few."""

import json
from typing import Any

import numpy as np
import pytest

from feedback.actions.programmes import load_text
from feedback.actions.store_answers import ResponseIn, store_responses
from feedback.dashboards.context import context_of
from feedback.dashboards.query import Query
from feedback.dashboards.themes import ThemeValues, theme_values
from feedback.models import RunScore
from feedback.queries.themes import Said
from surveys.models import JourneyVersion, SurveyVersion
from surveys.question_kinds import RawValue
from tests.factories import published_journey
from tests.factories.asking import START
from tests.factories.worlds import run_rows

pytestmark = pytest.mark.django_db
Value = dict[str, Any]


def listed(codes: list[set[str]], scores: list[float], met: list[float | None]) -> ThemeValues:
    """A survey with "any problem?" and the list of them: what each run chose, and how it rated the journey."""
    questions = [
        {"code": "overall", "kind": "scale", "scale": [0, 10], "text": "Overall?"},
        {"code": "problem", "kind": "yes_no", "metric": "problem", "text": "Any problem?"},
        {
            "code": "which",
            "kind": "multi",
            "metric": "problem",
            "text": "Which?",
            "choices": {"1": "Signs", "2": "Gate"},
        },
    ]
    survey = {"code": "t-whole", "kind": "end_to_end", "headline": "overall", "questions": questions}
    head = {"code": "t", "name": "T", "headline": "overall"}
    stages = [{"code": "apply", "name": "Apply"}]
    load_text(json.dumps({"journey": head, "stages": stages, "surveys": [survey]}), publish=True)
    version = SurveyVersion.objects.get(survey__code="t-whole")
    runs = run_rows(JourneyVersion.objects.get(journey__code="t"), [{"experience": score} for score in scores])
    store_responses(
        [
            ResponseIn(f"t{run.pk}", version, {"which": RawValue(None, choices=tuple(sorted(chosen)))}, START, run=run)
            for run, chosen in zip(runs, codes, strict=True)
            if chosen
        ]
    )
    for run, value in zip(runs, met, strict=True):
        if value is not None:
            RunScore.objects.filter(run=run).update(ratings={"t-whole.problem|0-1": [value]})
    return theme_values(context_of(Query("t")), Said(np.zeros(len(scores), dtype=bool), {}))


def test_themes_of_a_list_are_held_against_those_who_met_no_problem() -> None:
    codes: list[set[str]] = [{"1"}] * 12 + [set()] * 20
    scores = [40.0 + n % 3 for n in range(12)] + [80.0 + n % 3 for n in range(20)]
    found = listed(codes, scores, [1.0] * 12 + [0.0] * 15 + [None] * 5)
    assert len(found.shown) == 1
    row = found.shown[0]
    assert (row["theme"], row["label"], row["source"], row["n"]) == ("1", "Signs", "t-whole.which", 12)
    assert (row["prevalence"]["k"], row["prevalence"]["n"]) == (12, 27)
    assert (row["difference"]["value"], row["finding"]) == (pytest.approx(-40.0), True)


def test_themes_of_nine_are_shown_but_not_tested() -> None:
    found = listed(
        [{"1"}] * 9 + [{"2"}] * 20, [40.0 + n % 2 for n in range(9)] + [80.0 + n % 3 for n in range(20)], [None] * 29
    )
    rows = {row["theme"]: row for row in found.shown}
    assert (rows["1"]["n"], rows["1"]["q"], rows["1"]["finding"]) == (9, None, False)
    assert rows["2"]["q"] is not None


def test_themes_of_four_are_hidden_and_said_so() -> None:
    found = listed([{"1"}] * 4 + [{"2"}] * 20, [40.0] * 4 + [80.0 + n % 3 for n in range(20)], [None] * 24)
    rows = {row["theme"]: row for row in found.shown}
    assert (rows["1"]["n"], rows["1"]["difference"], rows["1"]["prevalence"]) == (None, None, None)
    assert found.suppressed == [{"cell": "text.themes.1", "reason": "fewer than 5"}]


def test_themes_of_comments_are_held_against_comments_without_them() -> None:
    version = published_journey(("apply",), code="t")
    runs = run_rows(version, [{"experience": 50.0 + (30 if n >= 12 else 0) + n % 3} for n in range(30)])
    context = context_of(Query("t"))
    wrote, slow = (np.isin(context.table.run, [run.pk for run in some]) for some in (runs[:24], runs[:12]))
    row = theme_values(context, Said(wrote, {"speed": slow})).shown[0]
    assert (row["theme"], row["label"], row["source"], row["n"]) == ("speed", "speed", "comments", 12)
    assert (row["prevalence"]["share"], row["difference"]["value"]) == (0.5, pytest.approx(-30.0))
    assert row["finding"] is True
