"""Whether answers to one question in two versions may be counted together: same scale, same words, same object.

Method 2.8 and 3.4: a score is only comparable between questions of the same format. Case, punctuation, white space and
the marks of the object do not count as words. What staff declares to mean the same (`same_meaning: true` on the newer
question) may differ in words, never in scale.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final, Literal

from surveys.drafting.texts import per_language, plain

Reason = Literal["kind", "scale", "direction", "measures", "choices", "words", "labels"]
ROWS: Final = ("rows", "items")


def not_pooled(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Why the answers must be kept apart; empty where they may be pooled."""
    found: list[Reason] = []
    if old.get("kind") != new.get("kind"):
        found.append("kind")
    if list(old.get("scale") or ()) != list(new.get("scale") or ()):
        found.append("scale")
    if bool(old.get("reversed")) != bool(new.get("reversed")):
        found.append("direction")
    if _target(old) != _target(new):
        found.append("measures")
    if _codes(old) != _codes(new):
        found.append("choices")
    if not new.get("same_meaning"):
        found += _worded_otherwise(old, new)
    return tuple(found)


def _worded_otherwise(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Reason]:
    found: list[Reason] = []
    if _differ(old.get("text"), new.get("text")):
        found.append("words")
    labels = any(_differ(old.get(key), new.get(key)) for key in ("low", "high"))
    before = {choice["code"]: choice.get("text") for choice in old.get("choices") or ()}
    after = {choice["code"]: choice.get("text") for choice in new.get("choices") or ()}
    if labels or any(_differ(before[code], after[code]) for code in before.keys() & after.keys()):
        found.append("labels")
    return found


def _differ(old: object, new: object) -> bool:
    """Whether the words differ in a language that both have; in none: whether the texts differ at all."""
    before, after = per_language(old), per_language(new)
    shared = before.keys() & after.keys()
    if not shared:
        return bool(before) != bool(after) or (bool(before) and _folded(before) != _folded(after))
    return any(_words(before[language]) != _words(after[language]) for language in shared)


def _folded(texts: Mapping[str, str]) -> set[str]:
    return {_words(text) for text in texts.values()}


def _words(text: str) -> str:
    """Letters and digits only, in one case."""
    lowered = unicodedata.normalize("NFKC", plain(text)).casefold()
    return re.sub(r"[\W_]+", " ", lowered).strip()


def _target(question: Mapping[str, Any]) -> tuple[str, str, str]:
    return (question.get("measures") or "", question.get("stage_code") or "", question.get("to_stage_code") or "")


def _codes(question: Mapping[str, Any]) -> tuple[frozenset[str], ...]:
    """Choices may come in another order, not be others; so the rows of a battery."""
    keys = ("choices", *ROWS)
    return tuple(frozenset(str(each["code"]) for each in question.get(key) or () if "code" in each) for key in keys)
