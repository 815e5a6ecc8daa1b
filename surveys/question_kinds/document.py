"""A question of a version's document as a kind needs it, and as the rows in which its answers are stored."""

from collections.abc import Callable, Mapping
from typing import Any

from surveys.question_kinds.base import Choice, QuestionSpec
from surveys.question_kinds.battery import Battery
from surveys.question_kinds.registry import KINDS, rows_of

PLACE = ("measures", "stage_code", "to_stage_code")
Words = Callable[[Any], str]  # a text per language -> the text in one


def spec_from(question: Mapping[str, Any], words: Words) -> QuestionSpec:
    """The specification of one question in the language that `words` picks."""
    low, high = question.get("scale") or (None, None)
    choices = question.get("choices") or ()
    return QuestionSpec(
        code=str(question.get("code", "")),
        kind=str(question["kind"]),
        text=words(question.get("text")),
        help=words(question.get("help")),
        scale_min=None if low is None else int(low),
        scale_max=None if high is None else int(high),
        reversed=bool(question.get("reversed")),
        choices=tuple(_labelled(choice, words) for choice in choices),
        required=bool(question.get("required")),
        low=words(question.get("low")),
        high=words(question.get("high")),
        long=bool(question.get("multiline", True)),
        rows=tuple(_labelled(row, words) for row in question.get("rows") or ()),
        max_length=question.get("max_length"),
        style=str(question.get("style") or ""),
        exclusive=tuple(str(choice["code"]) for choice in choices if choice.get("exclusive")),
        other=next((str(choice["code"]) for choice in choices if choice.get("other")), ""),
        parts=tuple(map(str, question.get("fields") or ())),
        grants=tuple(map(str, question.get("grants") or ())),
        **_bounds(question),
    )


def _labelled(each: Mapping[str, Any], words: Words) -> Choice:
    return str(each["code"]), words(each.get("text"))


def _bounds(question: Mapping[str, Any]) -> dict[str, Any]:
    """min, max and step: days for a date, else numbers."""
    least, most = question.get("min"), question.get("max")
    if question["kind"] == "date":
        return {"first_day": str(least or ""), "last_day": str(most or "")}
    return {"least": _number(least), "most": _number(most), "step": _number(question.get("step"))}


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def rows_in(question: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The questions that are stored for this one, as documents: itself, a battery's rows, none for a statement.

    A row has its own code and text, and its own metric and what it measures where the author said so; the rows of the
    standard batteries measure what they are named after.
    """
    it = KINDS[question["kind"]]
    if not isinstance(it, Battery):
        alone = dict(question)
        if question["kind"] == "repeated_myself":
            alone["reversed"] = True
        return [alone] if question["kind"] != "statement" else []
    said = {str(row["code"]): row for row in question.get("rows") or ()}
    usual = {"metric": question.get("metric")}
    found = []
    for row in rows_of(spec_from(question, lambda _text: "")):
        item = row.code.removeprefix(f"{question['code']}.")
        own = said.get(item, {})
        standard = {"metric": item} if it.own_items() else usual
        found.append(
            {
                **{key: value for key, value in question.items() if key not in ("rows", "show_if", "then", "headline")},
                **standard,
                **({"metric": own["metric"]} if own.get("metric") else {}),
                **({key: own.get(key, "") for key in PLACE} if own.get("measures") else {}),
                "code": row.code,
                "kind": row.kind,
                "text": own.get("text") or row.text,
                "scale": None if row.scale_min is None else [row.scale_min, row.scale_max],
                "reversed": row.reversed,
            }
        )
    return found
