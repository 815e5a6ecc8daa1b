"""All texts of a document as a table for translators, a row a text and a column a language, and back.

Places are paths like `questions.overall.text`, `questions.reason.choices.price.text`, `thanks`. What is not translated
is not in the table; what a translator leaves empty stays as it was.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

NAMED: Final = "code"  # items of lists are found by this
READ_AS: Final = (
    "title",
    "about",
    "subject",
    "intro",
    "thanks",
    "text",
    "help",
    "low",
    "high",
)  # the database keeps none


@dataclass(frozen=True, slots=True)
class Filled:
    """The document with what the table says, how many texts changed, and each refused cell as (place, reason)."""

    document: dict[str, Any]
    changed: int
    refused: tuple[tuple[str, str], ...]


def table(document: Mapping[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """Every text with its place, in the order that they are read in: {language: words}."""
    return [(place, dict(texts)) for place, texts in _texts(document, "", _languages(document))]


def filled(document: Mapping[str, Any], rows: Sequence[tuple[str, Mapping[str, str]]]) -> Filled:
    """The document with the words of the rows put in. A language may be new; a place must be there."""
    new = copy.deepcopy(dict(document))
    known = dict(_texts(new, "", _languages(new)))
    languages, changed, refused = _languages(new), 0, list[tuple[str, str]]()
    for place, words in rows:
        texts = known.get(place)
        if texts is None:
            refused.append((place, _("This survey has no such text.")))
            continue
        for language, text in words.items():
            if text.strip() and texts.get(language) != text:
                texts[language] = text
                changed += 1
                languages += [language] if language not in languages else []
    new["languages"] = languages
    return Filled(new, changed, tuple(refused))


def in_languages(document: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    """The document in these languages; texts of others are gone."""
    new = copy.deepcopy(dict(document))
    for _place, texts in _texts(new, "", _languages(new)):
        for language in [each for each in texts if each not in languages]:
            del texts[language]
    return new | {"languages": list(languages)}


def missing(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(place, language) of every text that one of the document's languages lacks: another is shown instead."""
    languages = _languages(document)
    return [
        (place, each) for place, texts in _texts(document, "", languages) for each in languages if not texts.get(each)
    ]


def _place_among(item: tuple[str, Any]) -> int:
    return READ_AS.index(item[0]) if item[0] in READ_AS else len(READ_AS)


def _languages(document: Mapping[str, Any]) -> list[str]:
    return list(document.get("languages") or ["en"])


def _texts(value: Any, place: str, languages: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Texts are mappings whose keys are all languages; everything else is walked through."""
    if isinstance(value, dict):
        if value and set(value) <= set(languages) and all(isinstance(each, str) for each in value.values()):
            yield place, value
            return
        for key, item in sorted(value.items(), key=_place_among):
            yield from _texts(item, f"{place}.{key}" if place else str(key), languages)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            name = item.get(NAMED, index) if isinstance(item, dict) else index
            yield from _texts(item, f"{place}.{name}", languages)
