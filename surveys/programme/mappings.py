"""The key imports of a programme file: how somebody's table maps to ours."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from surveys.enums import SurveyKind
from surveys.programme.nodes import CODE, Node, nearest
from surveys.programme.schema import Document, JourneyDef, SurveyDef

WIDE_KEYS: Final = ("customer", "run", "time", "weight", "segments", "questions")
MAPPING_KEYS: Final = ("kind", "journey", "header_rows", *WIDE_KEYS, "columns")
SOURCE_KEYS: Final = ("column", "value", "values", "missing", "format", "base", "zone")
ANSWER_KEYS: Final = ("question", "missing", "values", "multi")
CONTACT: Final = "customer journey run stage started_at answered_at ended_at"
COLUMNS: Final = {
    "customers": (
        "customer email phone language time_zone segment consent_email consent_sms",
        "customer",
    ),
    "interactions": (
        CONTACT + " handle_seconds channel agent team reason initiator resolved abandoned load reference",
        "customer started_at",
    ),
    "runs": ("customer journey run started_at ended_at outcome", "customer run"),
    "answers": (
        "customer journey run stage interaction survey question value text asked_at answered_at weight",
        "survey question",
    ),
    "asks": (
        "customer journey run stage interaction survey asked_at channel outcome probability",
        "survey asked_at",
    ),
    "suppressions": ("address channel reason since until", "address reason"),
    "commercial": (
        "customer run journey period_start period_end retained spend margin referrals",
        "customer period_start period_end",
    ),
}
WITH_ATTRIBUTES: Final = ("customers", "runs", "interactions")
TIMES: Final = frozenset({"started_at", "answered_at", "ended_at", "asked_at", "since", "until"})


def parse_imports(root: Node, journey: JourneyDef, surveys: Sequence[SurveyDef]) -> dict[str, Document]:
    """Mappings by name, in the order of their names."""
    found = {}
    for name, node in root.pairs("imports"):
        if not CODE.fullmatch(name):
            node.problem(f'"{name}" is not a name: up to 60 letters, digits, hyphens and underscores.')
        elif node.expect(*MAPPING_KEYS):
            found[name] = _mapping(node, journey, surveys)
    return dict(sorted(found.items()))


def _mapping(node: Node, journey: JourneyDef, surveys: Sequence[SurveyDef]) -> Document:
    kind = node.one_of("kind", COLUMNS, "answers")
    document: Document = {"kind": kind, "journey": _journey(node, journey)}
    if node.has("header_rows"):
        document["header_rows"] = node.count("header_rows") or 1
    if node.has("questions"):
        document |= _wide(node, kind, surveys)
    elif node.has("columns"):
        document["columns"] = _columns(node, kind)
    else:
        node.problem("give questions (a row a respondent, a column a question) or columns (a row each).")
    return document


def _journey(node: Node, journey: JourneyDef) -> str:
    code = node.optional_code("journey") or journey.code
    if code != journey.code:
        node.problem(f'the file is about the journey "{journey.code}", not "{code}".', "journey")
    return journey.code


def _wide(node: Node, kind: str, surveys: Sequence[SurveyDef]) -> Document:
    """A wide table: who, when, how heavy, which segments, and the question of each column."""
    if kind != "answers":
        node.problem(f"belongs to a table of answers, not of {kind}: use columns.", "questions")
    if node.has("columns"):
        node.problem("give questions or columns, not both.", "columns")
    node.require("customer", "time")
    document: Document = {}
    for key in ("customer", "run", "weight"):
        if node.has(key):
            document[key] = source(node.child(key))
    if node.has("time"):
        document["time"] = source(node.child("time"), is_time=True)
    document["segments"] = {name: source(item) for name, item in sorted(node.pairs("segments"))}
    codes = question_codes(surveys)
    document["questions"] = {name.strip(): _answer(item, codes) for name, item in sorted(node.pairs("questions"))}
    return document


def source(node: Node, *, is_time: bool = False) -> str | Document:
    """A column's name, or {column, values, missing, format, base, zone}, or {value} for every row."""
    if not isinstance(node.value, dict):
        word = node.word()
        if not word:
            node.problem("names no column.")
        return word
    if not node.expect(*SOURCE_KEYS):
        return ""
    if node.has("column") == node.has("value"):
        node.problem("give column (a column's name) or value (the same for every row).")
    found: Document = {key: node.text(key) for key in ("column", "format", "base", "zone") if node.has(key)}
    if node.has("value"):
        found["value"] = _constant(node.child("value").value)
    if node.has("values"):
        found["values"] = _values(node)
    if node.has("missing"):
        found["missing"] = _missing(node)
    if is_time:
        _check_time(node, found)
    return found


def _constant(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else str(value)


def _check_time(node: Node, found: Document) -> None:
    for key in ("base", "value"):
        if key in found and not _is_time(str(found[key])):
            node.problem(f'"{found[key]}" is not a day or time such as 2017-05-01 or 2017-05-01T09:30.', key)
    if "zone" in found and not _is_zone(found["zone"]):
        node.problem(f'"{found["zone"]}" is not a time zone such as Europe/Berlin or UTC.', "zone")
    if "format" in found and "%" not in found["format"]:
        node.problem('needs codes such as "%d.%m.%Y %H:%M".', "format")
    if "base" in found and "format" not in found:
        node.problem("needs a format that says which part of the date the column holds.", "base")


def _is_time(text: str) -> bool:
    for parse in (date.fromisoformat, datetime.fromisoformat):
        try:
            parse(text)
        except ValueError:
            continue
        return True
    return False


def _is_zone(text: str) -> bool:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _values(node: Node) -> dict[str, str]:
    """What each code of the column means."""
    return {code: item.word() for code, item in sorted(node.pairs("values"))}


def _missing(node: Node) -> list[Any]:
    """The codes that mean: not answered. Null counts as an empty cell."""
    return ["" if item.value is None else _constant(item.value) for item in node.entries("missing")]


def _answer(node: Node, codes: dict[str, list[str]]) -> Document:
    """One column of answers: its question as survey.question (or stage.question), its codes."""
    if not isinstance(node.value, dict):
        return {"question": _question(node, None, node.word(), codes)}
    if not node.expect(*ANSWER_KEYS):
        return {}
    node.require("question")
    found: Document = {"question": _question(node, "question", node.text("question"), codes)}
    if node.has("missing"):
        found["missing"] = _missing(node)
    if node.has("values"):
        found["values"] = _values(node)
    if node.flag("multi", default=False):
        found["multi"] = True
    return found


def question_codes(surveys: Sequence[SurveyDef]) -> dict[str, list[str]]:
    """Every way to name a question -> survey.question; stage.question and journey.question where no survey is so."""
    found: dict[str, list[str]] = {}
    names = {survey.code for survey in surveys}
    for survey in surveys:
        for question in survey.document["questions"]:
            exact = f"{survey.code}.{question['code']}"
            found.setdefault(exact, []).append(exact)
            short = "journey" if survey.kind == SurveyKind.END_TO_END else survey.stage
            if short and short not in names:
                found.setdefault(f"{short}.{question['code']}", []).append(exact)
    return found


def _question(node: Node, key: str | None, word: str, codes: dict[str, list[str]]) -> str:
    matches = codes.get(word, [])
    if len(matches) == 1:
        return matches[0]
    if word and not matches:
        node.problem(f'there is no question "{word}": write survey.question{nearest(word, codes)}', key)
    elif matches:
        node.problem(f'"{word}" could be {" or ".join(matches)}: write one of them.', key)
    return word


def _columns(node: Node, kind: str) -> Document:
    """Our column -> theirs, for a table with a row a thing."""
    known, required = (names.split() for names in COLUMNS[kind])
    found: Document = {}
    for name, item in sorted(node.pairs("columns")):
        attribute = name.startswith("attr.") and kind in WITH_ATTRIBUTES
        if name not in known and not attribute:
            item.problem(f'a table of {kind} has no column "{name}"{nearest(name, known)}')
        found[name] = source(item, is_time=name in TIMES)
    for name in required:
        if name not in found:
            node.child("columns").problem(f'"{name}" is missing.')
    return found
