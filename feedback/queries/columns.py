"""Query results as columns: binary COPY carries numbers, words come as codes, and their names are read once each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from django.db import connection
from django.db.models import BigIntegerField, Expression, F, FloatField, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from feedback.insights.alive import tick
from feedback.insights.arrays import Floats
from feedback.insights.calls import Names

HEADER: Final = 19  # of binary COPY: signature, flags, extension
BLOCK: Final = 1 << 25
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


def read_numbers(rows: QuerySet[Any, Any], names: Sequence[str]) -> dict[str, Floats]:
    """These columns of the rows, in their order."""
    return dict(zip(names, copied(rows.values_list(*names), len(names)), strict=True))


def copied(rows: QuerySet[Any, Any], width: int) -> list[Floats]:
    """The result of a query of numbers as columns, NaN for null."""
    blocks = list(_blocks(rows, ["float8"] * width))
    if not blocks:
        return [np.empty(0) for _ in range(width)]
    return [np.concatenate([block[place] for block in blocks]) for place in range(width)]


def read_coded(
    rows: QuerySet[Any, Any],
    wholes: Mapping[str, str | Expression],
    numbers: Mapping[str, str | Expression],
    words: Mapping[str, str | Expression],
) -> tuple[dict[str, Column], dict[str, Names]]:
    """Columns of rows in order of their "pk", two queries: wholes (int64, 0 for null), numbers (NaN for null), words.

    A word travels as its 64-bit hash, so that a million rows make no million strings; one row of each tells the name
    (a word that every row has another of costs a string each, as it must).
    Two different names with one hash would be taken for one: among 10,000 names the odds are one in 10^11.
    """
    hashes = {name: _hash(path) for name, path in words.items()}
    plain = {name: F(what) if isinstance(what, str) else what for name, what in {**wholes, **numbers}.items()}
    kinds = ["int8"] * (1 + len(wholes)) + ["float8"] * len(numbers) + ["int8"] * len(words)
    asked = rows.order_by().values_list("pk", *plain.values(), *hashes.values())
    books = {name: _Book() for name in words}
    parts: dict[str, list[Column]] = {name: [] for name in ("pk", *plain, *words)}
    for block in _blocks(asked, kinds):
        for name, column in zip(parts, block, strict=True):
            parts[name].append(books[name].codes(column, block[0]) if name in books else column)
    order = np.argsort(_whole(parts["pk"], np.int64), kind="stable")  # the database would sort on disk
    columns = {name: _whole(parts.pop(name), _dtype(name, wholes))[order] for name in ("pk", *plain)}
    told = _told(rows, words, books)
    coded = {name: _whole(parts.pop(name), np.int32)[order] for name in words}
    return columns, {name: books[name].names(coded[name], told.get(name, {})) for name in words}


def _whole(parts: list[Column], kind: Any) -> Column:
    return np.concatenate(parts).astype(kind, copy=False) if parts else np.empty(0, kind)


def _dtype(name: str, wholes: Mapping[str, Any]) -> Any:
    return np.int64 if name == "pk" or name in wholes else np.float64


class _Book:
    """The hashes of one column's words as codes in order of appearance, with a row where each was seen."""

    def __init__(self) -> None:
        self.code_of: dict[int, int] = {}
        self.seen_at: list[int] = []

    def codes(self, hashes: Column, pk: Column) -> Column:
        unique, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
        for value, at in zip(unique.tolist(), pk[first].tolist(), strict=True):
            if value not in self.code_of:
                self.code_of[value] = len(self.seen_at)
                self.seen_at.append(at)
        return np.array([self.code_of[value] for value in unique.tolist()], dtype=np.int32)[inverse]

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
    tick()
    inner, params = rows.query.sql_with_params()
    names = [f"c{place}" for place in range(len(kinds))]
    outer = ", ".join(f"coalesce({name}::{kind}, {EMPTY[kind]})" for name, kind in zip(names, kinds, strict=True))
    # The one value from outside is the query's parameters, which the driver itself writes into the statement.
    copy = f"COPY (SELECT {outer} FROM ({inner}) AS t({', '.join(names)})) TO STDOUT (FORMAT BINARY)"  # noqa: S608
    statement: str = connection.ops.compose_sql(copy, params)  # type: ignore[attr-defined]
    record = np.dtype([("fields", ">i2"), ("cells", [("length", ">i4"), ("value", ">i8")], (len(kinds),))])
    held, skipped = bytearray(), False
    with connection.cursor() as cursor, cursor.copy(statement) as pieces:
        for data in pieces:
            held += data
            if not skipped and len(held) >= HEADER:
                del held[:HEADER]
                skipped = True
            if len(held) > BLOCK:
                yield _columns(held, record, kinds)
                del held[: len(held) // record.itemsize * record.itemsize]
    tick()
    if len(held) >= record.itemsize:  # what is left is the end mark
        yield _columns(held, record, kinds)


def _columns(held: bytearray, record: np.dtype[Any], kinds: Sequence[str]) -> list[Column]:
    whole = len(held) // record.itemsize
    cells = np.frombuffer(bytes(held[: whole * record.itemsize]), dtype=record)["cells"]["value"]
    columns = [np.ascontiguousarray(cells[:, place]) for place in range(len(kinds))]
    return [
        column.view(">f8").astype(np.float64) if kind == "float8" else column.astype(np.int64)
        for column, kind in zip(columns, kinds, strict=True)
    ]
