"""The numbers of one world of 1,500 runs with everything in it, kept: they move only where FORMULA_VERSION moves.

Kept part by part, so that a part which is new moves nothing. After a change of formulas raise FORMULA_VERSION; then, or
for a new part alone, keep the new numbers:
WRITE_GOLDEN=1 .venv/bin/python -m pytest tests/feedback/dashboards/test_golden.py
"""

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.size_fill import fill
from feedback.actions.refresh_runs import refresh_runs
from feedback.dashboards.comparison import Query, build_comparison
from feedback.insights.versions import FORMULA_VERSION

pytestmark = pytest.mark.django_db
KEPT = Path(__file__).with_name("golden.json")
RUNS, NOW = 1_500, datetime(2026, 2, 20, 12, tzinfo=UTC)


def numbers(value: object, path: str = "") -> Iterator[str]:
    """Every number with its place, to six digits; words may be mended freely.

    The last digits hang on the processor, since numpy and its algebra add up in as many lanes as that has. On one
    machine they are always the same: test_same_bytes holds that to the byte.
    """
    if isinstance(value, dict):
        for key in sorted(value):
            yield from numbers(value[key], f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from numbers(item, f"{path}[{place}]")
    elif value is None or isinstance(value, bool | int):
        yield f"{path}={value}"
    elif isinstance(value, float):
        yield f"{path}={value:.6g}"


def part(value: object) -> dict[str, object]:
    """How many numbers a part of the comparison has, and their hash."""
    told = list(numbers(value))
    return {"numbers": len(told), "sha256": hashlib.sha256("\n".join(told).encode()).hexdigest()}


@pytest.fixture
def found() -> dict[str, Any]:
    """The version, and every part that has numbers."""
    fill(RUNS)
    assert refresh_runs() == RUNS
    value = build_comparison(Query("large"), NOW)
    parts = {key: part(value[key]) for key in sorted(value)}
    return {"formula_version": FORMULA_VERSION, "parts": {key: item for key, item in parts.items() if item["numbers"]}}


def test_numbers_move_only_with_the_formula_version(found: dict[str, Any]) -> None:
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    if os.environ.get("WRITE_GOLDEN"):
        same_formulas = kept.get("formula_version") == FORMULA_VERSION
        kept = found | {"parts": found["parts"] | (kept["parts"] if same_formulas else {})}
        KEPT.write_text(json.dumps(kept, indent=2) + "\n")
    assert kept == found, "Numbers have moved: raise FORMULA_VERSION, then write them anew as this file says."
