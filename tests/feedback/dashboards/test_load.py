"""Load of those who serve as a driver of the stage's score: exact where planted, silent where nothing is noted."""

from typing import Any

import pytest

from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.html_report import html_report
from feedback.dashboards.text_report import text_report
from surveys.models import Interaction
from tests.factories import InteractionFactory, published_journey
from tests.factories.history import Row, scored_runs
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db


def served(loads: list[float | None]) -> dict[str, Any]:
    """A run each with one contact at the stage, whose score falls by 5 points with each case beyond the first."""
    version = published_journey(("table",), code="inn")
    measured_journey(version)
    stage = version.stages.get(code="table")
    rows = [Row(n / 4, stages={"table": 95.0 - 5 * (load or 1)}, service=90.0) for n, load in enumerate(loads)]
    for run, load in zip(scored_runs(version, rows), loads, strict=True):
        InteractionFactory(run=run, stage=stage)
        Interaction.objects.filter(run=run).update(load=load)
    return build_comparison(Query("inn"))


def test_load_goes_with_the_points_that_were_planted() -> None:
    value = served([float(1 + n % 6) for n in range(60)])
    (row,) = value["load"]
    assert (row["code"], row["n"], row["median"], row["state"]) == ("table", 60, 3.5, "shown")
    assert (row["slope"], row["lo"], row["hi"]) == pytest.approx((-5.0, -5.0, -5.0))
    assert row["sentence"] in text_report(value)
    assert row["sentence"] in html_report(value, [])


def test_load_of_few_contacts_is_said_to_be_too_few() -> None:
    value = served([float(1 + n % 6) for n in range(49)])
    assert [(row["n"], row["slope"], row["state"]) for row in value["load"]] == [(None, None, "not_enough")]
    assert "Load at Table: not enough answers to say." in text_report(value)


def test_load_that_never_differs_is_said_so() -> None:
    value = served([6.0] * 60)
    (row,) = value["load"]
    assert (row["slope"], row["state"]) == (None, "no_variation")
    assert "At “Table” every contact had the same load (6.0): nothing can be said of it." in text_report(value)


def test_load_never_noted_is_null() -> None:
    assert served([None] * 12)["load"] is None
