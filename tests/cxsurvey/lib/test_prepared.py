"""Statements that are planned once per connection."""

from collections.abc import Iterator

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cxsurvey.lib.prepared import run_prepared

pytestmark = pytest.mark.django_db
SQL = "SELECT %s::bytea, now() IS NOT NULL"


@pytest.fixture
def _as_in_web(transactional_db: None) -> Iterator[None]:
    """A connection of its own, of which psycopg may prepare statements."""
    connection.ensure_connection()
    connection.connection.prepare_threshold = 5
    yield
    connection.close()


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements ORDER BY 1")
        return [statement for (statement,) in cursor.fetchall()]


@pytest.mark.usefixtures("_as_in_web")
def test_run_prepared_again_is_planned_once() -> None:
    assert [run_prepared(SQL, [value]) for value in (b"a", b"b")] == [[(b"a", True)], [(b"b", True)]]
    assert prepared() == ["SELECT $1::bytea, now() IS NOT NULL"]


def test_run_prepared_in_a_worker_is_not_prepared() -> None:
    run_prepared(SQL, [b"a"])
    assert [each for each in prepared() if "bytea" in each] == []


def test_run_prepared_is_seen_by_whoever_counts_queries() -> None:
    with CaptureQueriesContext(connection) as seen:
        run_prepared(SQL, [b"a"])
    assert len(seen) == 1


def test_run_prepared_mistake_is_djangos() -> None:
    with pytest.raises(DataError), transaction.atomic():
        run_prepared("SELECT 1 / (octet_length(%s::bytea) - 1)", [b"a"])
