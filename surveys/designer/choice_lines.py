"""Choices and rows as lines of text and back: `code | words`, a line each; a choice may end in a mark.

`none | None of these | exclusive` is chosen alone, `other | Something else | other` asks for words.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from surveys.drafting.edits import code_from
from surveys.drafting.texts import in_language

BETWEEN = " | "
MARKS = ("exclusive", "other")


def choice_lines(choices: Sequence[Mapping[str, Any]], language: str) -> str:
    """A line a choice, in this language, else in the one that stands in for it."""
    return "\n".join(BETWEEN.join(_parts(each, language)) for each in choices)


def _parts(each: Mapping[str, Any], language: str) -> list[str]:
    return [each["code"], in_language(each.get("text"), language), *(mark for mark in MARKS if each.get(mark))]


def read_choice_lines(text: str, before: Sequence[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """The choices that the lines say. A line without a code gets one made of its words; other languages are kept."""
    known = {str(each["code"]): each for each in before}
    by_words = {in_language(each.get("text"), language): code for code, each in known.items()}
    found: dict[str, dict[str, Any]] = {}
    for line in filter(None, (each.strip() for each in text.splitlines())):
        parts = [part.strip() for part in line.split("|")]
        marks = {mark: True for mark in MARKS if mark in parts[2:]}
        code, words = (by_words.get(line, ""), line) if len(parts) == 1 else parts[:2]
        code = code or _free(code_from(words) or f"choice-{len(found) + 1}", found)
        old = known.get(code, {})
        stands_in = words == in_language(old.get("text"), language) and language not in (old.get("text") or {})
        texts = dict(old.get("text") or {}) if stands_in else {**(old.get("text") or {}), language: words}
        kept = {key: value for key, value in old.items() if key not in MARKS}
        found[code] = {**kept, "code": code, "text": texts, **marks}
    return list(found.values())


def _free(code: str, taken: Mapping[str, Any]) -> str:
    return next(each for each in (code, *(f"{code}-{n}" for n in range(2, len(taken) + 3))) if each not in taken)
