"""Texts of a version's document: one dictionary per text, language to words."""

from collections.abc import Mapping, Sequence


def pick(text: str | Mapping[str, str] | None, languages: Sequence[str]) -> str:
    """The text in the first of these languages that has it, else in any; a plain string counts for every language."""
    if not text:
        return ""
    if isinstance(text, str):
        return text
    found = next((text[language] for language in languages if text.get(language)), None)
    return found if found is not None else next((words for words in text.values() if words), "")
