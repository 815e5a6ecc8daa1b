"""Many rows into a table at once: COPY, and INSERT from arrays, which cost a fraction of a list of values."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import connection, models
from psycopg import sql
from psycopg.types.json import Jsonb

Row = TypeVar("Row", bound=models.Model)


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows whose new ids nobody needs; arrays as their literals. Inside the transaction of the caller."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), names)
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement.as_string()) as copy:
        for row in rows:
            copy.write_row(row)


def insert_new(rows: Sequence[Row], key: str) -> dict[Any, int]:
    """Insert those that conflict with nothing; the ids of the rows inserted by the value of the column `key`.

    For models of plain columns and JSON objects: no arrays.
    """
    if not rows:
        return {}
    meta = rows[0]._meta
    fields: list[Any] = [field for field in meta.concrete_fields if not field.primary_key]
    statement = sql.SQL("INSERT INTO {} ({}) SELECT * FROM unnest({}) ON CONFLICT DO NOTHING RETURNING {}, id").format(
        sql.Identifier(meta.db_table),
        sql.SQL(", ").join(sql.Identifier(field.column) for field in fields),
        sql.SQL(", ").join(sql.SQL(f"%s::{_type(field)}[]") for field in fields),
        sql.Identifier(key),
    )
    columns = [[plain(field.pre_save(row, add=True)) for row in rows] for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(), columns)
        return dict(cursor.fetchall())


def plain(value: Any) -> Any:
    """The text of a choice, an object as JSON; anything else as it is."""
    if isinstance(value, dict):
        return Jsonb(value)
    return value.value if isinstance(value, models.TextChoices) else value


def _type(field: Any) -> str:
    return str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))
