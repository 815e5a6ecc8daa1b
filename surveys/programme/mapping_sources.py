"""The parts of a mapping: where a value comes from, which rows count, and what a column of answers answers."""

from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from surveys.programme.nodes import Node
from surveys.programme.schema import Document

UNITS: Final = ("seconds", "minutes", "hours", "mm:ss", "h:mm:ss")
NAMED_FORMATS: Final = ("excel", "unix", "unix_ms")
RECODING: Final = ("missing", "values", "other", "blank", "bands")
SOURCE_KEYS: Final = ("column", "value", "format", "base", "zone", "unit", *RECODING)
CONDITION_KEYS: Final = ("is", "not", "at_least", "at_most")


def source(node: Node, *, is_time: bool = False) -> str | Document:
    """A column's name, or {column, values, missing, ...}, or {value} for every row."""
    if not isinstance(node.value, dict):
        word = node.word()
        if not word:
            node.problem("names no column.")
        return word
    if not node.expect(*SOURCE_KEYS):
        return ""
    if node.has("column") == node.has("value"):
        node.problem("give column (a column's name) or value (the same for every row).")
    found: Document = {key: node.text(key) for key in ("column", "base", "zone") if node.has(key)}
    if node.has("value"):
        found["value"] = _code(node.child("value"))
    if node.has("format"):
        found["format"] = _formats(node)
    if node.has("unit"):
        found["unit"] = _unit(node)
    found |= recoding(node)
    if is_time:
        _check_time(node, found)
    return found


def recoding(node: Node) -> Document:
    """What codes mean (`values`, `other`, `blank`), which mean nothing (`missing`), and bands of numbers."""
    found: Document = {}
    if node.has("values"):
        found["values"] = {code: item.word() for code, item in sorted(node.pairs("values"))}
    if node.has("missing"):
        found["missing"] = [_code(item) for item in node.entries("missing")]
    for key in ("other", "blank"):
        if key in node.value:
            found[key] = "" if node.value[key] is None else node.child(key).word()
    if node.has("bands"):
        found["bands"] = _bands(node)
    if node.has("other") and not node.has("values"):
        node.problem("says what codes mean that values does not list: give values too.", "other")
    if node.has("values") and node.has("bands"):
        node.problem("give values or bands, not both.", "bands")
    return found


def conditions(node: Node, key: str) -> Document:
    """Which rows count, by column: a value, a list of values, or {is, not, at_least, at_most}."""
    return {" ".join(name.split()): _condition(item) for name, item in sorted(node.pairs(key))}


def _condition(node: Node) -> Document:
    if not isinstance(node.value, dict):
        return {"is": _codes(node)}
    if not node.expect(*CONDITION_KEYS):
        return {}
    found: Document = {key: _codes(node.child(key)) for key in ("is", "not") if node.has(key)}
    found |= {key: node.number(key) for key in ("at_least", "at_most") if node.has(key)}
    if not found:
        node.problem("say which rows count: a value, a list of values, or one of is, not, at_least, at_most.")
    return found


def _codes(node: Node) -> list[str]:
    items = [node.child(index) for index in range(len(node.value))] if isinstance(node.value, list) else [node]
    return ["" if item.value is None else item.word() for item in items]


def _bands(node: Node) -> list[float]:
    """Where each band but the first begins."""
    items = node.entries("bands")
    ends = [item.value for item in items]
    good = all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends)
    if not good or sorted(set(ends)) != ends:
        node.problem("must be numbers that rise, such as [18, 30, 45]: where each band but the first begins.", "bands")
        return []
    return ends


def _unit(node: Node) -> str:
    unit = node.text("unit")
    if unit not in UNITS:
        node.problem(f'"{unit}" is none of {", ".join(UNITS)}.', "unit")
    return unit


def _formats(node: Node) -> str | list[str]:
    """One way in which the time is written, or several of which the first that fits counts."""
    formats = [item.word() for item in node.entries("format")]
    for form in formats:
        if "%" not in form and form not in NAMED_FORMATS:
            node.problem('needs codes such as "%d.%m.%Y %H:%M", or is excel, unix or unix_ms.', "format")
        elif "%" in form and not _can_be_read(form):
            node.problem(f'"{form}" has a code that no time can be read by: see strptime.', "format")
    return formats[0] if len(formats) == 1 else formats


def _can_be_read(form: str) -> bool:
    try:
        datetime.strptime(datetime(2001, 2, 3, 4, 5, 6).strftime(form), form)  # noqa: DTZ001, DTZ007 - a try
    except ValueError as error:
        return "format" not in str(error) or "does not match format" in str(error)
    return True


def _code(node: Node) -> Any:
    """One code as it is written; nothing is an empty cell."""
    if node.value is None or isinstance(node.value, dict | list):
        return "" if node.value is None else node.word()
    return node.value


def _check_time(node: Node, found: Document) -> None:
    for key in ("base", "value"):
        if key in found and not _is_time(str(found[key])):
            node.problem(f'"{found[key]}" is not a day or time such as 2017-05-01 or 2017-05-01T09:30.', key)
    if "value" in found and "zone" not in found and _needs_zone(str(found["value"])):
        node.problem("a time of day needs an offset such as +01:00 or Z, or a zone.", "value")
    if "zone" in found and not is_zone(found["zone"]):
        node.problem(f'"{found["zone"]}" is not a time zone such as Europe/Berlin or UTC.', "zone")
    if "base" in found and "format" not in found:
        node.problem("needs a format that says which part of the date the column holds.", "base")


def _needs_zone(text: str) -> bool:
    return len(text) > len("2017-05-15") and _is_time(text) and datetime.fromisoformat(text).tzinfo is None


def _is_time(text: str) -> bool:
    for parse in (date.fromisoformat, datetime.fromisoformat):
        try:
            parse(text)
        except ValueError:
            continue
        return True
    return False


def is_zone(text: str) -> bool:
    """Whether the time zone database knows it."""
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        return False
    return True
