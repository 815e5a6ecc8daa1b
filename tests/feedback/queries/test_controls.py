"""Controls: a column per common value, rare ones together, numbers as numbers, nothing missing."""

from typing import Any

import numpy as np
import pytest

from feedback.dashboards.context import context_of
from feedback.dashboards.query import Query
from feedback.queries.controls import Controls, controls_of
from tests.factories import published_journey
from tests.factories.worlds import run_rows

pytestmark = pytest.mark.django_db


def controls(rows: list[dict[str, Any]], **options: Any) -> Controls:
    version = published_journey(code="c", options=options)
    runs = run_rows(version, [{"experience": 50.0, **row} for row in rows])
    context = context_of(Query("c"))
    found = controls_of(context.definition, context.table)
    as_given = context.table.rows_of(np.array([run.pk for run in runs]))
    return found if found.columns is None else Controls(found.columns[as_given], found.names)


def test_controls_without_anything_that_varies_are_none() -> None:
    assert controls([{"segment": "retail"}] * 20) == Controls(None, ())


def test_controls_segment_gives_a_column_for_all_but_the_commonest() -> None:
    found = controls([{"segment": "retail"}] * 20 + [{"segment": "silent"}] * 10)
    assert found.names == ("segment",)
    assert found.columns is not None
    assert found.columns[:, 0].tolist() == [0.0] * 20 + [1.0] * 10


def test_controls_rare_values_share_a_column() -> None:
    mixed = [{"attributes": {"product": f"rare {n}"}} for n in range(10)]
    found = controls([{"attributes": {"product": "loan"}}] * 20 + mixed, case_mix=["product"])
    assert found.columns is not None
    assert (found.names, found.columns.tolist()) == (("product",), [[0.0]] * 20 + [[1.0]] * 10)


def test_controls_number_stays_a_number_and_missing_is_flagged() -> None:
    rows: list[dict[str, Any]] = [{"attributes": {"age": n}} for n in range(20)]
    found = controls([*rows, {"attributes": {}}], case_mix=["age"])
    assert found.columns is not None
    assert found.columns[[0, 19, 20]].tolist() == [[0.0, 0.0], [19.0, 0.0], [9.5, 1.0]]
    assert bool(np.isfinite(found.columns).all()) is True


def test_controls_attribute_not_marked_as_case_mix_is_none() -> None:
    assert controls([{"attributes": {"product": "a" if n % 2 else "b"}} for n in range(40)]).names == ()
