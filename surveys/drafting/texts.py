"""The texts of a question as people read them: without the marks for its object and for values put in."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

SCORED: Final = frozenset({"nps", "csat", "ces", "scale", "agreement", "yes_no", "matrix"})
PIPED: Final = re.compile(r"\[\[[^\[\]|]*(?:\|([^\[\]]*))?\]\]")


def plain(text: str) -> str:
    """The words alone: braces gone, a value that is put in replaced by its fallback, white space folded."""
    words = PIPED.sub(lambda found: found.group(1) or "", text)
    return " ".join(words.replace("{", "").replace("}", "").split())


def per_language(text: object) -> dict[str, str]:
    """A text of a document as {language: words}; a plain text stands for all languages, as ""."""
    if isinstance(text, Mapping):
        return {str(language): str(words) for language, words in text.items() if words}
    return {"": str(text)} if text else {}


def questions_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The questions of a document, in order."""
    found: list[dict[str, Any]] = document.get("questions") or []
    return found


def each_text(question: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every (language, words) of a question's own text."""
    yield from per_language(question.get("text")).items()


def in_language(text: object, language: str) -> str:
    """The words in this language, else in any there is, else "" — for a text that is to be named."""
    found = per_language(text)
    return found.get(language) or found.get("") or next(iter(found.values()), "")


def own_words(text: Any, language: str) -> str:
    """The words of this very language: a fallback in the field would be stored as a translation."""
    return str(text.get(language, "")) if isinstance(text, dict) else str(text or "")


def put_words(text: Any, language: str, words: str) -> dict[str, str]:
    """The text with these words in one language; without them where they are empty."""
    found = dict(text) if isinstance(text, dict) else {}
    found.pop(language, None)
    return {**found, language: words} if words else found
