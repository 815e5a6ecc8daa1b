"""Statements that are planned once per connection."""

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cxsurvey.lib.prepared import run_prepared

pytestmark = pytest.mark.django_db
SQL = "SELECT %s::bytea, now() IS NOT NULL"


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements ORDER BY 1")
        return [statement for (statement,) in cursor.fetchall()]


def test_run_prepared_again_is_planned_once() -> None:
    before = prepared()
    assert [run_prepared(SQL, [value]) for value in (b"a", b"b")] == [[(b"a", True)], [(b"b", True)]]
    assert [each for each in prepared() if each not in before] == ["SELECT $1::bytea, now() IS NOT NULL"]


def test_run_prepared_is_seen_by_whoever_counts_queries() -> None:
    with CaptureQueriesContext(connection) as seen:
        run_prepared(SQL, [b"a"])
    assert len(seen) == 1


def test_run_prepared_mistake_is_djangos() -> None:
    with pytest.raises(DataError), transaction.atomic():
        run_prepared("SELECT 1 / (octet_length(%s::bytea) - 1)", [b"a"])
