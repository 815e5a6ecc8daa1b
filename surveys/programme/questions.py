"""One question of a survey in a programme file."""

from collections.abc import Sequence
from typing import Any, Final

from surveys.enums import Measures, Metric, SurveyKind
from surveys.programme.extras import CHOICE_FLAGS, EXTRAS, extras
from surveys.programme.journeys import check_stage
from surveys.programme.logic import condition_of
from surveys.programme.nodes import MAX_TEXT, Node
from surveys.programme.schema import JourneyDef
from surveys.programme.wording import texts
from surveys.question_kinds import KINDS
from surveys.validators import question_problems

QUESTION_KEYS: Final = (
    "code",
    "kind",
    "metric",
    "measures",
    "text",
    "help",
    "scale",
    "reversed",
    "low",
    "high",
    "required",
    "headline",
    "choices",
    "show_if",
    "multiline",
    "replaces",
    *EXTRAS,
)
SCALES: Final = {
    "nps": [0, 10],
    "csat": [1, 5],
    "ces": [1, 7],
    "agreement": [1, 5],
    "repeated_myself": [1, 5],
    "service_quality": [1, 5],
}
METRICS: Final = {
    "agreement": Metric.RATING,
    "matrix": Metric.RATING,
    "service_quality": Metric.RATING,
    "repeated_myself": Metric.REPEATED_MYSELF,
    "nps": Metric.NPS,
    "csat": Metric.CSAT,
    "ces": Metric.CES,
    "scale": Metric.RATING,
    "text": Metric.FREE_TEXT,
    "feelings": Metric.FEELINGS,
}


def parse_question(
    node: Node, journey: JourneyDef, about: tuple[str, str], languages: Sequence[str]
) -> dict[str, Any] | None:
    """A question with all the keys of a version's document; `about` is the survey's kind and stage."""
    if not node.expect(*QUESTION_KEYS):
        return None
    node.require("kind", "text")
    kind = node.one_of("kind", KINDS, "text")
    question: dict[str, Any] = {"code": node.code("code"), "kind": kind}
    question["metric"] = node.one_of("metric", Metric.values, str(METRICS.get(kind, Metric.OTHER)))
    question |= measures(node, journey, about)
    question |= {key: texts(node, key, languages) for key in ("text", "help", "low", "high")}
    question |= {key: node.flag(key, default=False) for key in ("reversed", "required", "headline")}
    question["multiline"] = node.flag("multiline", default=True)
    question["scale"] = _scale(node, kind)
    question["choices"] = _choices(node, languages)
    question["show_if"] = condition_of(node.child("show_if")) if node.has("show_if") else None
    if node.has("replaces"):
        question["replaces"] = node.text("replaces")
    question |= extras(node, languages, lambda row: measures(row, journey, about))
    if question["code"] and question["text"]:
        for message in question_problems(question, languages):
            node.problem(message)
    return question if question["code"] else None


def measures(node: Node, journey: JourneyDef, about: tuple[str, str]) -> dict[str, str]:
    """measures, stage_code and to_stage_code from `a`, `a->b`, `journey` or `relationship`."""
    kind, stage = about
    word = node.text("measures") or {SurveyKind.TOUCHPOINT: stage, SurveyKind.END_TO_END: Measures.JOURNEY}.get(
        SurveyKind(kind), str(Measures.RELATIONSHIP)
    )
    stages = {each.code for each in journey.stages}
    if word in (Measures.JOURNEY, Measures.RELATIONSHIP) and word not in stages:
        return _measures(Measures(word))
    start, arrow, end = (part.strip() for part in word.partition("->"))
    if not node.has("measures"):
        return _measures(Measures.STAGE, start)
    if not check_stage(node, "measures", start, journey.stages):
        return _measures(Measures.JOURNEY)
    if not arrow:
        return _measures(Measures.STAGE, start)
    if not check_stage(node, "measures", end, journey.stages):
        return _measures(Measures.JOURNEY)
    codes = [each.code for each in journey.stages]
    if codes.index(start) >= codes.index(end):
        node.problem(f'"{end}" does not come after "{start}" in the journey.', "measures")
    return _measures(Measures.TRANSITION, start, end)


def _measures(what: Measures, stage: str = "", to_stage: str = "") -> dict[str, str]:
    return {"measures": str(what), "stage_code": stage, "to_stage_code": to_stage}


def _scale(node: Node, kind: str) -> list[int] | None:
    """[lowest, highest], as given or the kind's own; None for kinds without a scale."""
    if not node.has("scale"):
        return SCALES.get(kind)
    ends = node.value["scale"]
    whole = isinstance(ends, list) and len(ends) == 2 and all(type(end) is int for end in ends)
    if not whole or ends[0] >= ends[1] or abs(ends[0]) > 1000 or ends[1] > 1000:
        node.problem("must be the lowest and the highest value, such as [0, 10].", "scale")
        return SCALES.get(kind, [0, 10] if kind == "scale" else None)  # so that nothing follows from it
    return list(ends)


def _choices(node: Node, languages: Sequence[str]) -> list[dict[str, Any]]:
    """[{code, text}], or short {code: text}."""
    if not node.has("choices"):
        return []
    if isinstance(node.value["choices"], dict):
        inner = node.child("choices")
        return [{"code": code, "text": texts(inner, code, languages)} for code in inner.value]
    found = []
    for item in node.entries("choices"):
        if item.expect("code", "text", *CHOICE_FLAGS):
            item.require("code", "text")
            choice = {"code": item.text("code", most=MAX_TEXT), "text": texts(item, "text", languages)}
            found.append(choice | {flag: True for flag in CHOICE_FLAGS if item.flag(flag, default=False)})
    return found
