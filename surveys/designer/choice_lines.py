"""Choices as lines of text and back: `code | words`, a line each."""

from collections.abc import Mapping, Sequence
from typing import Any

from surveys.drafting.edits import code_from
from surveys.drafting.texts import in_language

BETWEEN = " | "


def choice_lines(choices: Sequence[Mapping[str, Any]], language: str) -> str:
    """A line a choice, in this language, else in the one that stands in for it."""
    return "\n".join(f"{each['code']}{BETWEEN}{in_language(each.get('text'), language)}" for each in choices)


def read_choice_lines(text: str, before: Sequence[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """The choices that the lines say. A line without a code gets one made of its words; other languages are kept."""
    known = {str(each["code"]): each for each in before}
    by_words = {in_language(each.get("text"), language): code for code, each in known.items()}
    found: dict[str, dict[str, Any]] = {}
    for line in filter(None, (each.strip() for each in text.splitlines())):
        code, bar, words = (part.strip() for part in line.partition("|"))
        if not bar:
            code, words = by_words.get(line, ""), line
        code = code or _free(code_from(words) or f"choice-{len(found) + 1}", found)
        old = known.get(code, {})
        stands_in = words == in_language(old.get("text"), language) and language not in (old.get("text") or {})
        texts = dict(old.get("text") or {}) if stands_in else {**(old.get("text") or {}), language: words}
        found[code] = {**old, "code": code, "text": texts}
    return list(found.values())


def _free(code: str, taken: Mapping[str, Any]) -> str:
    return next(each for each in (code, *(f"{code}-{n}" for n in range(2, len(taken) + 3))) if each not in taken)
