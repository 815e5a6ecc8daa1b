"""The keys of a question that only some kinds have; they stand in a document only where the file gives them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from surveys.programme.logic import jumps_of, write_condition
from surveys.programme.nodes import MAX_TEXT, Node
from surveys.programme.wording import texts

CHOICE_FLAGS: Final = ("exclusive", "other")
EXTRAS: Final = (
    *("rows", "min", "max", "step", "max_length", "style", "fields", "grants"),
    *("random_order", "keep_last", "new_page", "then", "same_meaning"),
)
ROW_KEYS: Final = ("code", "text", "metric", "measures")
Measures = Callable[[Node], dict[str, str]]


def extras(node: Node, languages: Sequence[str], measures: Measures) -> dict[str, Any]:
    """What the file gives of these keys, in one form."""
    found: dict[str, Any] = {
        "rows": _rows(node, languages, measures),
        **{key: _bound(node, key) for key in ("min", "max")},
        "step": node.positive("step"),
        "max_length": node.count("max_length"),
        "style": node.text("style"),
        **{key: [item.word() for item in node.entries(key)] for key in ("fields", "grants", "keep_last")},
        **{key: node.flag(key, default=False) for key in ("random_order", "new_page", "same_meaning")},
        "then": jumps_of(node),
    }
    return {key: found[key] for key in EXTRAS if given(found[key])}


def given(value: Any) -> bool:
    """Whether a key says anything: 0 does, false and an empty list do not."""
    return bool(value) or (value == 0 and value is not False and value is not None)


def _bound(node: Node, key: str) -> float | str | None:
    """A number, or a day as it is written."""
    if node.has(key) and isinstance(node.value[key], str):
        return node.text(key)
    return node.number(key)


def _rows(node: Node, languages: Sequence[str], measures: Measures) -> list[dict[str, Any]]:
    """[{code, text, metric, measures}], or short {code: text}."""
    if not node.has("rows"):
        return []
    if isinstance(node.value["rows"], dict):
        inner = node.child("rows")
        return [{"code": code, "text": texts(inner, code, languages)} for code in inner.value]
    found = []
    for item in node.entries("rows"):
        if not item.expect(*ROW_KEYS):
            continue
        item.require("code")
        row: dict[str, Any] = {"code": item.text("code", most=MAX_TEXT), "text": texts(item, "text", languages)}
        if item.has("metric"):
            row["metric"] = item.text("metric")
        found.append(row | (measures(item) if item.has("measures") else {}))
    return found


def write_extras(
    question: Mapping[str, Any], text: Callable[[Any], Any], measured: Callable[[Any], str]
) -> dict[str, Any]:
    """The same keys as a file has them. `text` writes a text in its languages, `measured` what a row measures."""
    plain = {key: question[key] for key in EXTRAS if given(question.get(key))}
    if "rows" in plain:
        plain["rows"] = [_write_row(row, text, measured) for row in plain["rows"]]
    if "then" in plain:
        plain["then"] = [_write_jump(jump) for jump in plain["then"]]
    return plain


def _write_row(row: Mapping[str, Any], text: Callable[[Any], Any], measured: Callable[[Any], str]) -> dict[str, Any]:
    plain: dict[str, Any] = {"code": row["code"]}
    if row.get("text"):
        plain["text"] = text(row["text"])
    if row.get("metric"):
        plain["metric"] = row["metric"]
    return plain | ({"measures": measured(row)} if row.get("measures") else {})


def _write_jump(jump: Mapping[str, Any]) -> dict[str, Any]:
    condition = {"if": write_condition(jump["if"])} if jump.get("if") else {}
    return condition | {"go_to": jump["go_to"]}
