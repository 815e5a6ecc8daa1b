"""Statements that run once per message: planned once per connection, which saves a third of their price."""

from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # per connection to the server, what it has prepared


class Prepared:
    """A statement with $1, $2 … of these types. Workers keep their connection, so a pooler must not change it."""

    def __init__(self, name: str, types: tuple[str, ...], statement: str) -> None:
        self.name, self.types = name, types
        self.prepare = f"PREPARE {name} ({', '.join(types)}) AS {statement}"
        self.execute = f"EXECUTE {name} ({', '.join(['%s'] * len(types))})"

    def run(self, *values: Any) -> list[tuple[Any, ...]]:
        """The rows that it returns."""
        connection.ensure_connection()
        known = _known.setdefault(connection.connection, set())
        with connection.cursor() as cursor:
            if not known:  # a plan of its own for each number of messages would be made anew every time, and cost more
                cursor.execute("SET plan_cache_mode = force_generic_plan")
            if self.name not in known:
                cursor.execute(self.prepare)
                known.add(self.name)
            cursor.execute(self.execute, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
