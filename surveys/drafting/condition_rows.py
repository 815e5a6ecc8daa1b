"""A condition as groups of rows, as a form shows it, and back: any of the groups, all rows of a group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

SOURCES: Final = ("question", "customer", "interaction", "hidden", "run")
LISTS: Final = ("in", "not_in")
BARE: Final = ("answered", "not_answered")
SHORT: Final = {"is": "eq", "at_least": "ge", "at_most": "le", "in": "in"}


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison; `about` is a question's code, or source.name for anything else. value: words, lists by comma."""

    about: str
    op: str
    value: str = ""


Groups = Sequence[Sequence[Row]]


def groups_of(condition: Mapping[str, Any] | None) -> list[list[Row]] | None:
    """The groups; empty for no condition, None for a condition that this form cannot show (a `not`, deeper nesting)."""
    if not condition:
        return []
    groups = condition.get("any") if set(condition) == {"any"} else [condition]
    found = [_group(each) for each in groups or ()]
    return None if None in found else [group for group in found if group is not None]


def _group(condition: Any) -> list[Row] | None:
    if not isinstance(condition, Mapping):
        return None
    leaves = condition.get("all") if set(condition) == {"all"} else [condition]
    rows = [_row(each) for each in leaves or ()]
    return None if None in rows or not rows else [row for row in rows if row is not None]


def _row(leaf: Any) -> Row | None:
    source = next((each for each in SOURCES if isinstance(leaf, Mapping) and each in leaf), None)
    if source is None:
        return None
    told = {key: value for key, value in leaf.items() if key != source}
    if set(told) <= {"op", "value"} and "op" in told:
        op, value = str(told["op"]), told.get("value")
    elif len(told) == 1 and (key := next(iter(told))) in SHORT:
        op, value = SHORT[key], told[key]
    else:
        return None
    about = str(leaf[source]) if source == "question" else f"{source}.{leaf[source]}"
    return Row(about, op, _words(value))


def _words(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_words(each) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return "" if value is None else str(value)


def condition_of(groups: Groups) -> dict[str, Any] | None:
    """The condition that the groups say; None for none."""
    told = [_together("all", [_leaf(row) for row in group]) for group in groups if group]
    return _together("any", told) if told else None


def _together(word: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    return parts[0] if len(parts) == 1 else {word: parts}


def _leaf(row: Row) -> dict[str, Any]:
    source, _dot, name = row.about.partition(".")
    about = {source: name} if source in SOURCES[1:] and name else {"question": row.about}
    if row.op in BARE:
        return {**about, "op": row.op}
    if row.op in LISTS:
        return {**about, "op": row.op, "value": [_plain(part.strip()) for part in row.value.split(",") if part.strip()]}
    return {**about, "op": row.op, "value": _plain(row.value.strip())}


def _plain(words: str) -> str | int | float:
    """Numbers as numbers, so that the file says 3 and not "3"."""
    for kind in (int, float):
        try:
            number = kind(words)
        except ValueError:
            continue
        return number if str(number) == words else words
    return words
