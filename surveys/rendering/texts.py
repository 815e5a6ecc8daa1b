"""Texts of a version's document: one dictionary per text, language to words."""

import re
from collections.abc import Mapping, Sequence

OBJECT = re.compile(r"(?<!\{)\{([^{}]+)\}(?!\})")  # double braces are left alone


def pick(text: str | Mapping[str, str] | None, languages: Sequence[str]) -> str:
    """The text in the first of these languages that has it, else in any; a plain string counts for every language.

    Braces mark the object of a question ("How satisfied were you with {this contact}?"), so that the comparison can
    tell the same question about another thing from another question; people read the words without them.
    """
    if not text:
        return ""
    if isinstance(text, str):
        return OBJECT.sub(r"\1", text)
    found = next((text[language] for language in languages if text.get(language)), None)
    words = found if found is not None else next((words for words in text.values() if words), "")
    return OBJECT.sub(r"\1", words)
