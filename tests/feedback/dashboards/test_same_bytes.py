"""The same world in two databases gives the same bytes (method 3.14): other ids, other order of rows, rows rewritten.

What the comparison says is made of external ids, codes, names and times, so no id, and no order that ids or places on
the disk give, may show in it: numbers are added up in order of time and of external ids. Nothing is left out of what is
compared here: the value holds no id and no moment but `generated_at`, which the caller names.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from feedback.actions.refresh_runs import rebuild_runs
from feedback.dashboards.comparison import Query, build_comparison
from tests.factories.everything import everything
from tests.factories.reordered import reorder

pytestmark = pytest.mark.django_db
RUNS, NOW = 300, datetime(2026, 2, 20, 12, tzinfo=UTC)
START, END = datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)
QUERIES = {
    "whole": Query("large", by="region"),
    "window": Query("large", START, END, weighted=True, by="segment"),
    "segment": Query("large", segments={"region": "north"}),
    "second": Query("second"),
}


def told() -> dict[str, str]:
    """Every comparison as it is kept, from run rows that are computed anew."""
    rebuild_runs()
    return {name: json.dumps(build_comparison(query, NOW)) for name, query in QUERIES.items()}


def differing(one: object, other: object, path: str = "") -> list[str]:
    """The places at which two values differ: a message that can be read."""
    if isinstance(one, Mapping) and isinstance(other, Mapping) and list(one) == list(other):
        return [place for key in one for place in differing(one[key], other[key], f"{path}.{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [place for n, pair in pairs for place in differing(*pair, f"{path}[{n}]")]
    return [] if one == other else [f"{path}: {one!r} and {other!r}"]


def test_comparison_of_the_same_world_in_two_orders_is_the_same_to_the_byte() -> None:
    everything(RUNS)
    first = told()
    for seed in (1, 2):
        reorder(seed)
        second = told()
        for name in QUERIES:
            assert differing(json.loads(first[name]), json.loads(second[name])) == [], name
            assert first[name] == second[name]
