"""Texts of a programme file in the languages of their survey."""

import re
from collections.abc import Sequence
from typing import Final

from surveys.programme.nodes import MAX_TEXT, Node

LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")


def languages_of(node: Node) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for item in node.entries("languages"):
        word = item.word()
        if not LANGUAGE.fullmatch(word):
            item.problem(f'"{word}" is not a language: write a code such as en, de or pt-BR.')
        elif word in found:
            item.problem(f'the language "{word}" is there more than once.')
        found[word] = None
    return tuple(found) or ("en",)


def texts(node: Node, key: str, languages: Sequence[str]) -> dict[str, str]:
    """A text per language; a plain text counts for every language of the survey."""
    if not node.has(key):
        return {}
    if not isinstance(node.value[key], dict):
        words = node.text(key, most=MAX_TEXT)
        return dict.fromkeys(languages, words) if words else {}
    inner, found = node.child(key), {}
    for language in inner.value:
        if language not in languages:
            inner.problem(f'"{language}" is not among the languages of the survey ({", ".join(languages)}).', language)
        elif words := inner.text(language, most=MAX_TEXT):
            found[language] = words
    missing = [language for language in languages if language not in found]
    if missing and found:
        inner.warn("missing_translation", f"has no text in {', '.join(missing)}: another language is shown instead.")
    return found
