"""The installation's limit of small cells: refused below 5, and followed by every number and every word."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from feedback.actions.analyse import kept_comparison
from feedback.actions.refresh_analyses import refresh_analyses
from feedback.actions.refresh_runs import refresh_runs
from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.text_report import text_report
from feedback.insights.suppression import raise_small_cell, small_cell
from feedback.models import Analysis
from tests.factories import published_journey
from tests.factories.listening import answered_run, measured_journey


def test_limit_below_five_stops_the_start_with_a_sentence(settings: Any) -> None:
    settings.SMALL_CELL = 4
    with pytest.raises(ImproperlyConfigured) as refused:
        apps.get_app_config("feedback").ready()
    assert str(refused.value) == (
        "SMALL_CELL is 4: numbers of fewer than 5 customers are always hidden. Set it to 5 or more, or leave it out."
    )


@pytest.fixture
def eight(settings: Any) -> Iterator[None]:
    before, settings.SMALL_CELL = small_cell(), 8
    apps.get_app_config("feedback").ready()
    yield
    raise_small_cell(before)


def seven_answers() -> None:
    version = published_journey(("apply",), code="seven")
    surveys = measured_journey(version)
    for n in range(7):
        answered_run(version, surveys, {"apply": 9, "": n})
    refresh_runs()


def numbers(value: dict[str, Any]) -> list[object]:
    gap = value["gap"]
    return [value["experience"]["score"], value["service"]["score"], gap["gap"], value["stages"][0]["score"]]


@pytest.mark.django_db
def test_limit_of_eight_hides_seven_and_every_word_follows(eight: None, manager_client: Client) -> None:
    seven_answers()
    value = build_comparison(Query("seven"))
    assert numbers(value) == [None] * 4
    assert {row["reason"] for row in value["suppressed"] if "trends" not in row["cell"]} == {"fewer than 8"}
    page = manager_client.get("/admin/insights/seven/").content.decode()
    assert ("fewer than 8" in page, "fewer than 5" in page) == (True, False)
    report = text_report(value)
    assert ("fewer than 8" in report, "fewer than 5" in report) == (True, False)


@pytest.mark.django_db
def test_value_kept_under_another_limit_is_not_shown_and_goes(manager_client: Client) -> None:
    seven_answers()
    manager_client.get("/admin/insights/seven/")
    assert numbers(kept_comparison(Query("seven")).value)[0] == pytest.approx(30.0)
    before = raise_small_cell(8)
    try:
        assert not kept_comparison(Query("seven")).has_value
        refresh_analyses()
        assert list(Analysis.objects.values_list("query__small_cell", flat=True)) == [8]
    finally:
        raise_small_cell(before)


def test_no_word_of_ours_names_the_limit_as_a_number() -> None:
    folder = Path(apps.get_app_config("feedback").path)
    sources = [path for kind in ("*.py", "*.html") for path in folder.rglob(kind) if "migrations" not in path.parts]
    said = [
        path.name for path in sources if re.search(r"fewer than (5|five)\b", path.read_text(encoding="utf-8"), re.I)
    ]
    assert said == []
