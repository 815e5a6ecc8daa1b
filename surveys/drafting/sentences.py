"""Conditions, jumps and scales as people read them: “overall” is at most 4 and “solved” is no."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from surveys.logic.path import END
from surveys.logic.tree import ALL, ANY, NONE, Group, Row, tree_of

OPERATORS: Final = {
    "eq": _l("is"),
    "ne": _l("is not"),
    "in": _l("is one of"),
    "not_in": _l("is none of"),
    "ge": _l("is at least"),
    "gt": _l("is more than"),
    "le": _l("is at most"),
    "lt": _l("is less than"),
    "contains": _l("contains"),
    "answered": _l("was answered"),
    "not_answered": _l("was not answered"),
}


def condition_words(condition: Any) -> str:
    """The condition in words; "" for none, and as it is written where it is no condition."""
    tree = tree_of(condition)
    return str(condition) if tree is None else _group(tree)


def jump_words(jumps: Any) -> str:
    """Where the answers of a question lead, the first first."""
    return "; ".join(_jump(each) for each in jumps or ())


def scale_words(scale: Sequence[float] | None) -> str:
    """Its ends; "" for none."""
    return _("%(low)s to %(high)s") % {"low": scale[0], "high": scale[1]} if scale else ""


def _jump(jump: Mapping[str, Any]) -> str:
    place = str(jump.get("go_to", END))
    names = {"place": _("the end") if place == END else f"“{place}”", "condition": condition_words(jump.get("if"))}
    if not names["condition"]:
        return _("to %(place)s, always") % names
    return _("to %(place)s if %(condition)s") % names


def _group(group: Group) -> str:
    parts = [f"({_group(part)})" if isinstance(part, Group) else _row(part) for part in group.parts]
    if group.word == ALL:
        return reduce(lambda one, other: _("%(one)s and %(other)s") % {"one": one, "other": other}, parts or [""])
    if group.word == ANY:
        return reduce(lambda one, other: _("%(one)s or %(other)s") % {"one": one, "other": other}, parts)
    text = _("none of these: %(parts)s") if group.word == NONE else _("not all of these: %(parts)s")
    return text % {"parts": ", ".join(parts)}


def _row(row: Row) -> str:
    return f"“{row.about}” {OPERATORS[row.op]} {row.value}".strip()
