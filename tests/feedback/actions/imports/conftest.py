"""A small journey with surveys, and a way to import a text as a file."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from feedback.actions.imports.run_import import ImportReport, ImportRequest, run_import
from surveys.enums import SurveyKind
from surveys.models import ImportMapping, Journey
from tests.factories import SurveyFactory, published_journey, published_survey

NOW = datetime(2026, 6, 1, tzinfo=UTC)
Import = Callable[..., ImportReport]


@pytest.fixture
def world(db: None) -> Journey:
    """The journey "account" with a survey per kind."""
    journey = published_journey(code="account", end_event="stage_left", end_stage_code="welcome").journey
    touch = SurveyFactory(code="docs", kind=SurveyKind.TOUCHPOINT, journey=journey, stage_code="documents")
    published_survey(
        touch,
        [
            {"code": "rating", "kind": "csat", "metric": "csat", "headline": True, "text": "Good?"},
            {"code": "why", "kind": "text", "metric": "free_text", "text": "Why?"},
        ],
    )
    published_survey(
        SurveyFactory(code="e2e", kind=SurveyKind.END_TO_END, journey=journey),
        [
            {"code": "overall", "kind": "csat", "metric": "csat", "headline": True, "text": "Overall?"},
            {"code": "nps", "kind": "nps", "metric": "nps", "text": "Recommend?"},
            {
                "code": "problems",
                "kind": "multi",
                "metric": "problem",
                "text": "Problems?",
                "choices": [{"code": code, "text": code} for code in ("1", "5", "32")],
            },
        ],
    )
    bond = SurveyFactory(code="bond", kind=SurveyKind.RELATIONSHIP, journey=None)
    published_survey(
        bond,
        [{"code": "nps", "kind": "nps", "metric": "nps", "measures": "relationship", "headline": True, "text": "?"}],
    )
    return journey


@pytest.fixture
def load(tmp_path: Path, world: Journey) -> Import:
    """Import a CSV text."""

    def call(kind: str, text: str | bytes, **options: Any) -> ImportReport:
        path = tmp_path / "table.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return run_import(ImportRequest(kind=kind, path=path, **{"now": NOW, **options}))

    return call


@pytest.fixture
def mapping(world: Journey) -> Callable[..., str]:
    """Store a mapping under the name "theirs"."""

    def call(**document: Any) -> str:
        ImportMapping.objects.update_or_create(name="theirs", defaults={"journey": world, "document": document})
        return "theirs"

    return call


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of our tables, for comparing before and after."""
    models = [*apps.get_app_config("surveys").get_models(), *apps.get_app_config("feedback").get_models()]
    return {model.__name__: [_plain(row) for row in model._default_manager.order_by("pk").values()] for model in models}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}


def reasons(report: ImportReport) -> Iterator[tuple[int, str, str]]:
    """Row, column and value of every refusal."""
    return ((each.number, each.column, each.value) for each in report.refusals)
