"""The logic of a survey in a programme file: conditions, jumps, layout, random blocks, quotas, endings."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from surveys.logic.conditions import GROUPS, SHORT, SOURCES
from surveys.logic.document import LAYOUTS
from surveys.logic.quotas import ACTIONS
from surveys.programme.nodes import Node
from surveys.programme.wording import texts

SURVEY_KEYS: Final = ("layout", "random_blocks", "quotas", "endings")
QUOTA_KEYS: Final = ("code", "limit", "if", "action", "message")
ORDER: Final = (*SOURCES, "op", "value", "is", "in", "at_least", "at_most")
MOST_NESTED: Final = 25


def condition_of(node: Node, depth: int = 0) -> Any:
    """A condition as it is kept: short comparisons in one form, the rest as written; the check comes later."""
    value = node.value
    if not isinstance(value, Mapping) or depth > MOST_NESTED:
        return value
    found: dict[str, Any] = {}
    for key in value:
        inner = node.child(key)
        if key in ("all", "any"):
            found[key] = [condition_of(each, depth + 1) for each in node.entries(key)]
        elif key == "not":
            found[key] = condition_of(inner, depth + 1)
        else:
            found[key] = _kept(node, key)
    return found


def _kept(node: Node, key: str) -> Any:
    """What one key of a comparison is kept as: words of is and in, numbers of at_least and at_most."""
    if key == "in":
        return [item.word() for item in node.entries(key)]
    if key in ("is", "op", *SOURCES):
        return node.child(key).word()
    return node.number(key) if key in SHORT else node.value[key]


def jumps_of(node: Node) -> list[Any]:
    """[{if, go_to}]; a word alone is a jump that is always taken."""
    found: list[Any] = []
    for item in node.entries("then"):
        if isinstance(item.value, str):
            found.append({"go_to": item.word()})
        elif item.expect("if", "go_to"):
            item.require("go_to")
            jump: dict[str, Any] = {"if": condition_of(item.child("if"))} if item.has("if") else {}
            found.append(jump | {"go_to": item.text("go_to")})
    return found


def survey_logic(node: Node, languages: Sequence[str]) -> dict[str, Any]:
    """The keys of a survey beside its questions; only those that are given."""
    found: dict[str, Any] = {}
    if node.has("layout"):
        found["layout"] = node.one_of("layout", LAYOUTS, LAYOUTS[0])
    if node.has("random_blocks"):
        found["random_blocks"] = [[each.word() for each in block.each()] for block in node.entries("random_blocks")]
    if node.has("quotas"):
        found["quotas"] = [quota for item in node.entries("quotas") if (quota := _quota(item, languages))]
    if node.has("endings"):
        inner = node.child("endings")
        found["endings"] = {code: texts(inner, code, languages) for code, _item in node.pairs("endings")}
    return {key: value for key, value in found.items() if value and (key, value) != ("layout", LAYOUTS[0])}


def _quota(node: Node, languages: Sequence[str]) -> dict[str, Any] | None:
    if not node.expect(*QUOTA_KEYS):
        return None
    quota: dict[str, Any] = {"code": node.code("code"), "limit": node.count("limit")}
    if node.has("if"):
        quota["if"] = condition_of(node.child("if"))
    quota["action"] = node.one_of("action", ACTIONS, ACTIONS[0])
    quota["message"] = texts(node, "message", languages)
    return quota


def write_condition(condition: Any) -> Any:
    """A condition with its keys in one order."""
    if not isinstance(condition, Mapping):
        return condition
    found = {key: condition[key] for key in (*GROUPS, *ORDER) if key in condition}
    for group in ("all", "any"):
        if group in found:
            found[group] = [write_condition(each) for each in found[group]]
    if "not" in found:
        found["not"] = write_condition(found["not"])
    return found


def write_survey_logic(document: Mapping[str, Any], text: Callable[[Any], Any]) -> dict[str, Any]:
    """The keys of survey_logic() as a file has them; `text` writes a text in its languages."""
    plain = {key: document[key] for key in ("layout", "random_blocks") if document.get(key)}
    if document.get("endings"):
        plain["endings"] = {code: text(words) for code, words in sorted(document["endings"].items())}
    if document.get("quotas"):
        plain["quotas"] = [_write_quota(quota, text) for quota in document["quotas"]]
    return plain


def _write_quota(quota: Mapping[str, Any], text: Callable[[Any], Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {"code": quota["code"], "limit": quota["limit"]}
    if quota.get("if"):
        plain["if"] = write_condition(quota["if"])
    if quota.get("action", ACTIONS[0]) != ACTIONS[0]:
        plain["action"] = quota["action"]
    return plain | ({"message": text(quota["message"])} if quota.get("message") else {})
