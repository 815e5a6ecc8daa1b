"""The same world as another database has it: other ids, rows written in another order, half of them moved since."""

from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Field, ForeignKey, Model

OURS = ("surveys", "feedback")
AUTO = ("AutoField", "BigAutoField")


def reorder(seed: int) -> None:
    """Give every row another id and another place in its table, then write a half of the rows anew where they are."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in OURS]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")  # published versions may not be written otherwise
        for model in models:
            if _has_ids(model):
                _draw_ids(cursor, model, seed)
        for model in models:
            _write_anew(cursor, model, seed)
        for model in models:
            if _has_ids(model):
                cursor.execute(f"DROP TABLE ids_{model._meta.db_table}")
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")


def _has_ids(model: type[Model]) -> bool:
    return model._meta.pk is not None and model._meta.pk.get_internal_type() in AUTO


def _draw_ids(cursor: Any, model: type[Model], seed: int) -> None:
    """For each id another one of the table's."""
    table = model._meta.db_table
    cursor.execute(f"""
        CREATE TEMP TABLE ids_{table} AS SELECT a.id AS old, b.id AS new
        FROM (SELECT id, row_number() OVER (ORDER BY md5('{seed} ' || id), id) AS n FROM {table}) AS a
            JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM {table}) AS b USING (n)
    """)


def _write_anew(cursor: Any, model: type[Model], seed: int) -> None:
    table = model._meta.db_table
    fields = model._meta.concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    taken = ", ".join(_taken(model, field) for field in fields)
    cursor.execute(f"CREATE TEMP TABLE held AS SELECT {taken} FROM {table} AS t")
    cursor.execute(f"DELETE FROM {table}")
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM held ORDER BY md5('{seed} ' || held::text)")
    cursor.execute("DROP TABLE held")
    column = fields[0].column
    cursor.execute(f"UPDATE {table} AS t SET {column} = {column} WHERE md5(t::text || '{seed}') < '8'")


def _taken(model: type[Model], field: "Field[Any, Any]") -> str:
    """A column with the ids in it translated."""
    to: Any = model if field.primary_key and _has_ids(model) else None
    if isinstance(field, ForeignKey):
        to = field.related_model
        while isinstance(to._meta.pk, ForeignKey):  # a row whose id is that of another row
            to = to._meta.pk.related_model
    if to is None or to._meta.app_label not in OURS or not _has_ids(to):
        return f't."{field.column}"'
    return f'(SELECT new FROM ids_{to._meta.db_table} WHERE old = t."{field.column}") AS "{field.column}"'
