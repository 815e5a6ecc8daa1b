"""Query results as columns: binary COPY carries numbers, words come as codes, and their names are read once each."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from django.db import connection
from django.db.models import (
    BigIntegerField,
    Expression,
    F,
    FloatField,
    Func,
    IntegerField,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from feedback.insights.alive import tick
from feedback.insights.arrays import Ints
from feedback.insights.calls import Names

HEADER: Final = 19  # of binary COPY: signature, flags, extension
BLOCK: Final = 1 << 24
NAMES_AT_ONCE: Final = 30_000  # parameters of one statement
Column = np.ndarray[tuple[int], np.dtype[Any]]
EMPTY: Final = {"float8": "'NaN'", "int8": "0"}


def epoch(name: str) -> Func:
    """A moment as seconds since 1970."""
    return Func(F(name), template="extract(epoch FROM %(expressions)s)", output_field=FloatField())


def micros(what: str | Expression) -> Func:
    """A moment as microseconds since 1970, exactly."""
    moment = F(what) if isinstance(what, str) else what
    return Func(moment, template="(extract(epoch FROM %(expressions)s) * 1000000)", output_field=BigIntegerField())


def key_of(path: str | Expression) -> Func:
    """A number for what a thing is called outside: the same in every database, whatever its id there (method 3.14)."""
    return _hash(path)


def read_columns(
    rows: QuerySet[Any, Any], wholes: Mapping[str, str | Expression], numbers: Mapping[str, str | Expression]
) -> dict[str, Column]:
    """Columns of rows in no order: wholes (int64, 0 for null) and numbers (float64, NaN for null)."""
    kinds = ["int8"] * len(wholes) + ["float8"] * len(numbers)
    found = copied(rows.order_by().values_list(*wholes.values(), *numbers.values()), kinds)
    return dict(zip((*wholes, *numbers), found, strict=True))


def copied(rows: QuerySet[Any, Any], kinds: Sequence[str]) -> list[Column]:
    """The result of a query of numbers as columns: int8 as int64, 0 for null, float8 as float64, NaN for null."""
    parts: list[list[Column]] = [[] for _ in kinds]
    for block in _blocks(rows, kinds):
        for part, column in zip(parts, block, strict=True):
            part.append(column)
    # Popped, so that no more than one column is there twice.
    return [_whole(parts.pop(0), np.int64 if kind == "int8" else np.float64) for kind in kinds]


def read_coded(
    rows: QuerySet[Any, Any],
    wholes: Mapping[str, str | Expression],
    numbers: Mapping[str, str | Expression],
    words: Mapping[str, str | Expression],
    flags: Mapping[str, str | Expression] | None = None,
) -> tuple[dict[str, Column], dict[str, Names]]:
    """Columns of rows in no order, with their "pk", two queries: those of `read_columns`, words, and flags (bool).

    A word travels as its 64-bit hash, so that a million rows make no million strings; one row of each tells the name
    (a word that every row has another of costs a string each, as it must).
    Two different names with one hash would be taken for one: among 10,000 names the odds are one in 10^11.
    """
    yes = {name: Cast(what, IntegerField()) for name, what in (flags or {}).items()}
    plain = {name: F(what) if isinstance(what, str) else what for name, what in {**wholes, **yes, **numbers}.items()}
    hashes = [_hash(path) for path in words.values()]
    kinds = ["int8"] * (1 + len(wholes) + len(yes)) + ["float8"] * len(numbers) + ["int8"] * len(words)
    asked = rows.order_by().values_list("pk", *plain.values(), *hashes)
    books = {name: _Book() for name in words}
    parts: dict[str, list[Column]] = {name: [] for name in ("pk", *plain, *words)}
    for block in _blocks(asked, kinds):
        for name, column in zip(parts, block, strict=True):
            parts[name].append(
                books[name].codes(column, block[0]) if name in books else column > 0 if name in yes else column
            )
    told = _told(rows, words, books)
    coded = {name: books[name].names(_whole(parts.pop(name), np.int32), told.get(name, {})) for name in words}
    dtypes = {name: np.dtype(bool) for name in yes} | {name: np.dtype(np.float64) for name in numbers}
    columns = {name: _whole(parts.pop(name), dtypes.get(name, np.dtype(np.int64))) for name in list(parts)}
    return columns, coded


def places_of(wanted: Ints, keys: Ints) -> Ints:
    """Where each wanted key stands among the keys (in any order, each once), -1 where it is not there."""
    order = np.argsort(keys, kind="stable")
    place = np.searchsorted(keys, wanted, sorter=order)
    found = np.append(order, -1)[place]
    there = found >= 0
    there[there] = keys[found[there]] == wanted[there]
    return np.where(there, found, -1).astype(np.int64)


def _whole(parts: list[Column], kind: Any) -> Column:
    return np.concatenate(parts).astype(kind, copy=False) if parts else np.empty(0, kind)


class _Book:
    """The hashes of one column's words as codes in order of appearance, with a row where each was seen."""

    def __init__(self) -> None:
        self.known: Column = np.empty(0, np.int64)  # ascending
        self.code_of: Column = np.empty(0, np.int32)
        self.seen_at: list[int] = []

    def codes(self, hashes: Column, pk: Column) -> Column:
        place = self._place(hashes)
        new = self.known[place] != hashes if len(self.known) else np.ones(len(hashes), dtype=bool)
        if new.any():
            self._learn(hashes[new], pk[new])
            place = self._place(hashes)
        return self.code_of[place]

    def _place(self, hashes: Column) -> Column:
        return np.minimum(np.searchsorted(self.known, hashes), max(0, len(self.known) - 1))

    def _learn(self, hashes: Column, pk: Column) -> None:
        unique, first = np.unique(hashes, return_index=True)
        codes = np.arange(len(self.seen_at), len(self.seen_at) + len(unique), dtype=np.int32)
        self.seen_at += pk[first].tolist()
        known = np.concatenate([self.known, unique])
        order = np.argsort(known, kind="stable")
        self.known, self.code_of = known[order], np.concatenate([self.code_of, codes])[order]

    def names(self, codes: Column, told: Mapping[int, str]) -> Names:
        """The codes in order of the names; rows that were erased meanwhile have none ("")."""
        labels = Names.of([told.get(pk, "") for pk in self.seen_at])
        return Names(labels.names, labels.codes[codes])


def _told(rows: QuerySet[Any, Any], words: Mapping[str, Any], books: Mapping[str, _Book]) -> dict[str, dict[int, str]]:
    wanted = sorted({pk for book in books.values() for pk in book.seen_at})
    if not wanted:
        return {}
    texts = {f"word_{name}": _text(path) for name, path in words.items()}
    told: list[Any] = []
    for start in range(0, len(wanted), NAMES_AT_ONCE):
        some = rows.model._default_manager.filter(pk__in=wanted[start : start + NAMES_AT_ONCE])
        told += some.order_by().annotate(**texts).values_list("pk", *texts)
    return {name: {row[0]: row[place] for row in told} for place, name in enumerate(words, start=1)}


def _hash(path: Any) -> Func:
    return Func(_text(path), Value(0), function="hashtextextended", output_field=BigIntegerField())


def _text(path: Any) -> Coalesce:
    return Coalesce(Cast(path, TextField()), Value(""), output_field=TextField())


def _blocks(rows: QuerySet[Any, Any], kinds: Sequence[str]) -> Iterator[list[Column]]:
    """Parts of the result as columns. Every record is 2 bytes and 12 a column."""
    inner, params = rows.query.sql_with_params()
    names = [f"c{place}" for place in range(len(kinds))]
    outer = ", ".join(f"coalesce({name}::{kind}, {EMPTY[kind]})" for name, kind in zip(names, kinds, strict=True))
    # The one value from outside is the query's parameters, which the driver itself writes into the statement.
    copy = f"COPY (SELECT {outer} FROM ({inner}) AS t({', '.join(names)})) TO STDOUT (FORMAT BINARY)"  # noqa: S608
    statement: str = connection.ops.compose_sql(copy, params)  # type: ignore[attr-defined]
    record = np.dtype([("fields", ">i2"), ("cells", [("length", ">i4"), ("value", ">i8")], (len(kinds),))])
    tick()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        held, more = bytearray(copy.read()[HEADER:]), True  # the first row comes with the header
        while more:
            more = cursor.connection.wait(_more(copy, held))
            if len(held) >= record.itemsize:  # what is left in the end is the end mark
                yield _columns(held, record, kinds)
                del held[: len(held) // record.itemsize * record.itemsize]
    tick()


def _more(copy: Any, held: bytearray) -> Generator[Any, Any, bool]:
    """Take rows until there is a block of them; whether any may be left.

    What psycopg's own loop does, which waits anew for every row: of a million rows that is most of the time.
    """
    while row := (yield from copy._read_gen()):
        held += row
        if len(held) > BLOCK:
            return True
    return False


def _columns(held: bytearray, record: np.dtype[Any], kinds: Sequence[str]) -> list[Column]:
    whole = len(held) // record.itemsize
    cells = np.frombuffer(bytes(held[: whole * record.itemsize]), dtype=record)["cells"]["value"]
    columns = [np.ascontiguousarray(cells[:, place]) for place in range(len(kinds))]
    return [
        column.view(">f8").astype(np.float64) if kind == "float8" else column.astype(np.int64)
        for column, kind in zip(columns, kinds, strict=True)
    ]
