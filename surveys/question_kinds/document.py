"""A question of a version's document as a kind needs it."""

from collections.abc import Callable, Mapping
from typing import Any

from surveys.question_kinds.base import Choice, QuestionSpec

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
