"""Two people edit one draft: their changes put together where they touch different things, both shown where not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

NAMED: Final = "code"
Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """One place that both changed, each in another way. Absent values are None. Items of lists are named by code."""

    place: Place
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """document: both sides' changes, theirs where they conflict; nothing is lost as conflicts name the other side."""

    document: dict[str, Any]
    conflicts: tuple[Conflict, ...]


def merge(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """Three-way merge of documents: what only one side changed is taken from it.

    Lists of items with codes (questions, choices) are merged item by item; their order is mine where only I moved
    items, else theirs, with my new items behind the one they followed. A list without codes is one value.
    """
    conflicts: list[Conflict] = []
    document = _merged((), dict(base), dict(mine), dict(theirs), conflicts)
    return Merged(document, tuple(conflicts))


def _merged(place: Place, base: Any, mine: Any, theirs: Any, conflicts: list[Conflict]) -> Any:
    if theirs in (mine, base):
        return mine
    if mine == base:
        return theirs
    if all(isinstance(each, dict) for each in (mine, theirs)) and isinstance(base, dict | None):
        return _dicts(place, base or {}, mine, theirs, conflicts)
    if all(_is_named(each) for each in (base or [], mine, theirs)):
        return _lists(place, base or [], mine, theirs, conflicts)
    conflicts.append(Conflict(place, base, mine, theirs))
    return theirs


def _dicts(
    place: Place, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], conflicts: list[Conflict]
) -> dict[str, Any]:
    found = {}
    for key in dict.fromkeys((*theirs, *mine)):
        value = _merged((*place, key), base.get(key), mine.get(key), theirs.get(key), conflicts)
        if value is not None or key in theirs or key in mine:
            found[key] = value
    gone = [key for key in found if found[key] is None and not (key in mine and key in theirs)]
    return {key: value for key, value in found.items() if key not in gone}


def _lists(
    place: Place, base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any], conflicts: list[Conflict]
) -> list[Any]:
    before, own, other = ({item[NAMED]: item for item in each} for each in (base, mine, theirs))
    found = []
    for code in _order(list(before), list(own), list(other)):
        inner = (*place, code)
        if code in own and code in other:
            found.append(_merged(inner, before.get(code), own[code], other[code], conflicts))
        elif code not in before:
            found.append(own.get(code, other.get(code)))
        elif (kept := own.get(code, other.get(code))) != before[code]:
            # One side took the item away, the other worked on it: the work stays, and both are told.
            conflicts.append(Conflict(inner, before[code], own.get(code), other.get(code)))
            found.append(kept)
    return found


def _order(base: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    """Codes of both sides: my order where theirs is the base's, else theirs; the rest behind what they followed."""
    shared_theirs = [code for code in theirs if code in base]
    lead, rest = (mine, theirs) if shared_theirs == [code for code in base if code in theirs] else (theirs, mine)
    order = list(lead)
    for index, code in enumerate(rest):
        if code not in order:
            after = next((each for each in reversed(rest[:index]) if each in order), None)
            order.insert(order.index(after) + 1 if after is not None else 0, code)
    return order


def _is_named(value: Any) -> bool:
    """A list whose items all are mappings with codes of their own."""
    if not isinstance(value, list) or not all(isinstance(item, dict) and item.get(NAMED) for item in value):
        return False
    return len({item[NAMED] for item in value}) == len(value)
