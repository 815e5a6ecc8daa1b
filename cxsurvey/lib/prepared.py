"""A statement that runs with every request: PostgreSQL plans it once per connection.

Planning costs it several times as much as running. Django's own cursors put values into the text, so that it plans
each anew. Prepared is only where DATABASE_POOL is on (settings: prepare_threshold), that is in web processes: when a
transaction is rolled back, psycopg drops all that the connection has prepared, and workers have prepared by themselves.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection


class _Preparing(psycopg.Cursor[tuple[Any, ...]]):
    """Prepares whatever it executes; the connection remembers what it has prepared."""

    def execute(self, query: Any, params: Any = None, **_options: Any) -> "_Preparing":
        super().execute(query, params, prepare=True)
        return self


def run_prepared(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows that the statement returns. The types of the values must be the same each time, or it is another one."""
    with _cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _cursor() -> Any:
    """Django's, around ours: errors become Django's, and a broken transaction is refused."""
    if connection.queries_logged:  # only its own can say what was executed
        return connection.cursor()
    connection.ensure_connection()
    ours: Any = _Preparing(connection.connection)
    return connection.make_cursor(ours)
