"""Run rows as columns: the same whether their keys were expected or not."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.actions.refresh_runs import refresh_runs
from feedback.models import RunScore
from feedback.queries.journey_definition import JourneyDefinition, journey_definition
from feedback.queries.run_columns import Keys, keys_of
from feedback.queries.run_history import run_history
from feedback.queries.run_table import RunTable, Window, run_table
from tests.factories import CustomerFactory, published_journey
from tests.factories.asking import START
from tests.factories.listening import add_answer, answered_run, measured_journey

pytestmark = pytest.mark.django_db
WHOLE = Window()


def some_runs() -> int:
    """Three runs: one plain, one answered twice at a stage, one with a passage back that nobody expects."""
    version = published_journey(code="account")
    surveys = measured_journey(version)
    for n in range(3):
        customer = CustomerFactory(segment="private" if n else "", attributes={"region": "north", "age": 40 + n})
        run = answered_run(version, surveys, {"apply": 9 - n, "": 5}, customer, ended_at=START + timedelta(days=40 * n))
        if n == 1:
            add_answer(run, surveys["apply"], 2, "apply")
    refresh_runs()
    RunScore.objects.filter(pk=run.pk).update(waits={"welcome->apply": 2.5, "apply->documents": 1.0})
    return version.journey_id


def account() -> JourneyDefinition:
    definition = journey_definition("account")
    assert definition is not None
    return definition


def facts(table: RunTable) -> list[object]:
    rows = [list(column) for column in (table.stage_scores, table.ratings, table.weights, table.waits)]
    return [
        *rows,
        table.months.astype(str).tolist(),
        table.numbers["outcome"].tolist(),
        table.segment,
        table.attribute("region"),
        table.service.tolist(),
    ]


def test_table_holds_what_the_rows_hold() -> None:
    journey = some_runs()
    table = run_table(journey, WHOLE, keys=keys_of(account()))
    stored = RunScore.objects.order_by("run_id")
    assert list(table.stage_scores) == [row.stage_scores for row in stored]
    assert list(table.ratings) == [row.ratings for row in stored]
    assert list(table.waits) == [row.waits for row in stored]
    assert table.months.astype(str).tolist() == [row.at.strftime("%Y-%m") for row in stored]
    assert table.attribute("age") == ["40", "41", "42"]
    assert table.attribute("segment") == [None, "private", "private"]


def test_table_is_the_same_without_knowing_the_keys() -> None:
    journey = some_runs()
    assert facts(run_table(journey, WHOLE)) == facts(run_table(journey, WHOLE, keys=keys_of(account())))


def test_table_where_keeps_rows_whole() -> None:
    table = run_table(some_runs(), WHOLE)
    part = table.where(np.array([False, True, True]))
    assert facts(part) == [column[1:] for column in facts(table)]


def test_table_takes_one_query_where_all_is_expected_and_two_else() -> None:
    journey = some_runs()
    keys = keys_of(account())
    with CaptureQueriesContext(connection) as queries:
        run_table(journey, WHOLE, keys=keys)
    assert len(queries) == 2
    RunScore.objects.update(waits={}, stage_scores={})
    RunScore.objects.update(ratings={})
    with CaptureQueriesContext(connection) as queries:
        run_table(journey, WHOLE, keys=keys)
    assert len(queries) == 1


def test_table_of_a_journey_without_runs_is_empty() -> None:
    journey = published_journey(code="empty").journey_id
    assert (len(run_table(journey, WHOLE)), len(run_history([journey], keys=Keys()))) == (0, 0)
