"""The key imports of a programme file: how somebody's table maps to ours."""

import codecs
from collections.abc import Sequence
from typing import Final

from surveys.enums import SurveyKind
from surveys.logic.document import keys_of
from surveys.programme.mapping_sources import RECODING, conditions, recoding, source
from surveys.programme.nodes import CODE, Node, nearest
from surveys.programme.schema import Document, JourneyDef, SurveyDef

WIDE_KEYS: Final = ("customer", "run", "occasion", "time", "weight", "language", "segments", "questions")
TABLE_KEYS: Final = ("header_rows", "skip_rows", "sheet", "encoding", "separator", "decimal", "only")
MAPPING_KEYS: Final = ("kind", "journey", *TABLE_KEYS, *WIDE_KEYS, "columns")
ANSWER_KEYS: Final = ("question", "multi", "choice", "split", "from", "until", "where", *RECODING)
PERSON: Final = "customer email phone language time_zone segment"
CONTACT: Final = "customer journey run stage started_at answered_at ended_at"
COLUMNS: Final = {
    "customers": (
        PERSON + " consent_email consent_sms basis basis_source basis_text basis_at",
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
    document |= _table(node)
    if node.has("questions"):
        document |= _wide(node, kind, surveys)
    elif node.has("columns"):
        document["columns"] = _columns(node, kind, [stage.code for stage in journey.stages])
    else:
        node.problem("give questions (a row a respondent, a column a question) or columns (a row each).")
    return document


def _journey(node: Node, journey: JourneyDef) -> str:
    code = node.optional_code("journey") or journey.code
    if code != journey.code:
        node.problem(f'the file is about the journey "{journey.code}", not "{code}".', "journey")
    return journey.code


def _table(node: Node) -> Document:
    """How the file is written, and which of its rows count."""
    found: Document = {key: node.count(key) or 1 for key in ("header_rows", "skip_rows") if node.has(key)}
    found |= {key: node.text(key) for key in ("sheet", "encoding", "decimal") if node.has(key)}
    if node.has("separator"):
        found["separator"] = str(node.value["separator"])
    if found.get("decimal", ",") not in (",", "."):
        node.problem('is a comma or a point: decimal: ",".', "decimal")
    if len(found.get("separator", ";")) != 1:
        node.problem('is one character, such as ";" or "\\t".', "separator")
    if "encoding" in found and not _is_encoding(found["encoding"]):
        node.problem(f'"{found["encoding"]}" is no encoding such as utf-8, utf-16 or windows-1252.', "encoding")
    if node.has("only"):
        found["only"] = conditions(node, "only")
    return found


def _is_encoding(name: str) -> bool:
    try:
        return bool(codecs.lookup(name)._is_text_encoding)
    except LookupError:
        return False


def _wide(node: Node, kind: str, surveys: Sequence[SurveyDef]) -> Document:
    """A wide table: who, when, how heavy, which segments, and the question of each column."""
    if kind != "answers":
        node.problem(f"belongs to a table of answers, not of {kind}: use columns.", "questions")
    if node.has("columns"):
        node.problem("give questions or columns, not both.", "columns")
    node.require("time")
    document: Document = {}
    for key in ("customer", "run", "occasion", "weight", "language"):
        if node.has(key):
            document[key] = source(node.child(key))
    if node.has("time"):
        document["time"] = source(node.child("time"), is_time=True)
    document["segments"] = {name: source(item) for name, item in sorted(node.pairs("segments"))}
    for name, item in node.pairs("segments"):
        if not name.strip() or name.startswith("_"):
            item.problem(f'"{name}" is no name of a segment: it must not be blank or start with "_".')
    codes = question_codes(surveys)
    document["questions"] = {
        " ".join(name.split()): _answers(item, codes) for name, item in sorted(node.pairs("questions"))
    }
    if not document["questions"]:
        node.problem("names no question.", "questions")
    return document


def _answers(node: Node, codes: dict[str, list[str]]) -> Document | list[Document]:
    """What a column answers; a list where it answers several questions, each for some of the rows."""
    if not isinstance(node.value, list):
        return _answer(node, codes)
    if not node.value:
        node.problem("names no question.")
    return [_answer(node.child(index), codes) for index in range(len(node.value))]


def _answer(node: Node, codes: dict[str, list[str]]) -> Document:
    """One column of answers: its question as survey.question (or stage.question), its codes."""
    if not isinstance(node.value, dict):
        return {"question": _question(node, None, node.word(), codes)}
    if not node.expect(*ANSWER_KEYS):
        return {}
    node.require("question")
    found: Document = {"question": _question(node, "question", node.text("question"), codes)}
    found |= recoding(node)
    found |= {key: node.text(key) for key in ("choice",) if node.has(key)}
    if node.has("split"):
        found["split"] = str(node.value["split"])
    days = {key: node.day(key) for key in ("from", "until") if node.has(key)}
    found |= {key: day.isoformat() for key, day in days.items() if day}
    if found.get("from", "") > found.get("until", "9999"):
        node.problem("the last day is before the first.", "until")
    if node.has("where"):
        found["where"] = conditions(node, "where")
    if node.flag("multi", default=False):
        found["multi"] = True
    if "choice" in found and "split" in found:
        node.problem("give choice (the column is about one choice) or split (it holds several), not both.", "split")
    return found


def question_codes(surveys: Sequence[SurveyDef]) -> dict[str, list[str]]:
    """Every way to name a question -> survey.question; stage.question and journey.question where no survey is so."""
    found: dict[str, list[str]] = {}
    names = {survey.code for survey in surveys}
    for survey in surveys:
        for code in (key for question in survey.document["questions"] for key in keys_of(question)):
            exact = f"{survey.code}.{code}"
            found.setdefault(exact, []).append(exact)
            short = "journey" if survey.kind == SurveyKind.END_TO_END else survey.stage
            if short and short not in names:
                found.setdefault(f"{short}.{code}", []).append(exact)
    return found


def _question(node: Node, key: str | None, word: str, codes: dict[str, list[str]]) -> str:
    matches = codes.get(word, [])
    if len(matches) == 1:
        return matches[0]
    if not word:
        node.problem("names no question: write survey.question.", key)
    elif not matches:
        node.problem(f'there is no question "{word}": write survey.question{nearest(word, codes)}', key)
    elif matches:
        node.problem(f'"{word}" could be {" or ".join(matches)}: write one of them.', key)
    return word


def _columns(node: Node, kind: str, stages: Sequence[str]) -> Document:
    """Our column -> theirs, for a table with a row a thing."""
    known, required = (names.split() for names in COLUMNS[kind])
    found: Document = {}
    for name, item in sorted(node.pairs("columns")):
        attribute = name.startswith("attr.") and kind in WITH_ATTRIBUTES
        if name not in known and not attribute:
            item.problem(f'a table of {kind} has no column "{name}"{nearest(name, known)}')
        found[name] = source(item, is_time=name in TIMES)
    _check_stages(node, found.get("stage"), stages)
    for name in required:
        if name not in found:
            node.child("columns").problem(f'"{name}" is missing.')
    return found


def _check_stages(node: Node, stage: str | Document | None, stages: Sequence[str]) -> None:
    """Every stage that the mapping itself names is one of the journey."""
    if not isinstance(stage, dict):
        return
    named = [*stage.get("values", {}).values(), *(stage[key] for key in ("value", "other", "blank") if stage.get(key))]
    for code in dict.fromkeys(str(each) for each in named):
        if code and code not in stages:
            node.child("columns").problem(f'there is no stage "{code}"{nearest(code, stages)}', "stage")
