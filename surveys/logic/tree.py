"""A condition as a tree of groups and comparisons, as a form shows it, and back: nothing is lost on the way."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from surveys.logic.conditions import (
    GROUPS,
    MAX_DEPTH,
    OPERATORS,
    SOURCES,
    WITHOUT_VALUE,
    comparisons,
    subject,
    word_of,
)

ALL, ANY, NONE, NOT_ALL = "all", "any", "none", "not_all"
WORDS: Final = (ALL, ANY, NONE, NOT_ALL)  # none is not any, not_all is not all
LISTS: Final = ("in", "not_in")


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison; `about` is a question's code, or source.name for anything else. value: words, lists by comma."""

    about: str
    op: str
    value: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.about and not self.value


@dataclass(frozen=True, slots=True)
class Group:
    """Parts held together by a word: all, any, none or not all of them."""

    word: str = ALL
    parts: "tuple[Row | Group, ...]" = ()

    def rows(self) -> Iterator[Row]:
        """Every comparison of the tree."""
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.rows()
            else:
                yield part


def tree_of(condition: Any) -> Group | None:
    """The tree, empty for no condition; None for what is no condition at all, which a form cannot show."""
    if not condition:
        return Group()
    try:
        found = _part(condition)
    except ValueError:
        return None
    return found if isinstance(found, Group) else Group(ALL, (found,))


def _part(condition: Any, depth: int = 0) -> Row | Group:
    if not isinstance(condition, Mapping) or depth > MAX_DEPTH:
        raise ValueError
    word = next((each for each in GROUPS if each in condition), "")
    if not word:
        return _leaf(condition)
    inner = condition[word]
    if len(condition) > 1:
        raise ValueError
    if word != "not":
        return _group(word, inner, depth)
    for outer, inside in ((NONE, ANY), (NOT_ALL, ALL)):
        if isinstance(inner, Mapping) and set(inner) == {inside}:
            return _group(outer, inner[inside], depth + 1)
    return Group(NONE, (_part(inner, depth + 1),))


def _group(word: str, inner: Any, depth: int) -> Group:
    if not isinstance(inner, list) or not inner:
        raise ValueError
    return Group(word, tuple(_part(each, depth + 1) for each in inner))


def _leaf(leaf: Mapping[str, Any]) -> Row | Group:
    """A comparison; one with two bounds is two rows."""
    source, name = subject(leaf)
    about = name if source == "question" else f"{source}.{name}"
    rows = tuple(Row(about, op, _words(value)) for op, value in comparisons(leaf))
    if not source or not rows or any(row.op not in OPERATORS for row in rows):
        raise ValueError
    return rows[0] if len(rows) == 1 else Group(ALL, rows)


def _words(value: Any) -> str:
    """As it is written in the field; in a list, a word with a comma or a quote is quoted."""
    if isinstance(value, list | tuple):
        return ", ".join(_quoted(word_of(each)) for each in value)
    return "" if value is None else word_of(value)


def _quoted(word: str) -> str:
    inner = word.replace('"', '""')
    return f'"{inner}"' if set(word) & set(',"') or word != word.strip() else word


def condition_of(tree: Group) -> dict[str, Any] | None:
    """The condition that the tree says; None for an empty one. A comparison alone needs no group around it."""
    if len(tree.parts) == 1 and tree.word in (ALL, ANY) and isinstance(tree.parts[0], Row):
        return _told(tree.parts[0])
    return _told(tree) if tree.parts else None


def _told(part: Row | Group) -> dict[str, Any]:
    if isinstance(part, Row):
        return _comparison(part)
    parts = [_told(each) for each in part.parts]
    if part.word in (ALL, ANY):
        return {part.word: parts}
    alone = part.word == NONE and len(parts) == 1 and not {ALL, ANY} & set(parts[0])
    return {"not": parts[0] if alone else {ANY if part.word == NONE else ALL: parts}}


def _comparison(row: Row) -> dict[str, Any]:
    source, _dot, name = row.about.partition(".")
    about = {source: name} if source in SOURCES[1:] and name else {"question": row.about}
    if row.op in WITHOUT_VALUE:
        return {**about, "op": row.op}
    return {**about, "op": row.op, "value": _listed(row.value) if row.op in LISTS else _plain(row.value.strip())}


def _listed(words: str) -> list[str | int | float]:
    """The items of a list that is written with commas."""
    items = next(csv.reader([words], skipinitialspace=True), [])
    return [_plain(each.strip()) for each in items if each.strip()]


def _plain(words: str) -> str | int | float:
    """Numbers as numbers, so that the file says 3 and not "3"."""
    for kind in (int, float):
        try:
            number = kind(words)
        except ValueError:
            continue
        return number if str(number) == words else words
    return words
