"""The questions of a survey version in one language, as the kinds of question need them; cached once published."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from surveys.enums import VersionState
from surveys.models import SurveyVersion
from surveys.question_kinds import QuestionSpec
from surveys.question_kinds.document import spec_from
from surveys.rendering.texts import pick


def specs_of(version: SurveyVersion, language: str) -> list[QuestionSpec]:
    """Every question in the order of the document, its texts in this language or the nearest there is."""
    if version.state == VersionState.DRAFT:  # a draft may still change: never cached
        return [_spec(question, fallbacks(version.document, language)) for question in _questions(version)]
    return list(_cached(Key(version), language))


def fallbacks(document: dict[str, Any], language: str) -> tuple[str, ...]:
    """Languages to look a text up in: the wanted one, its base ("de" of "de-AT"), then the survey's own in order."""
    return tuple(dict.fromkeys((language, language.split("-", maxsplit=1)[0], *document.get("languages", ()))))


class Key:
    """A published version as a cache key: equal by id, whichever instance was loaded."""

    __slots__ = ("pk", "version")

    def __init__(self, version: SurveyVersion) -> None:
        self.version, self.pk = version, version.pk

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self.pk == other.pk

    def __hash__(self) -> int:
        return hash(self.pk)


@lru_cache(maxsize=1024)
def _cached(key: Key, language: str) -> tuple[QuestionSpec, ...]:
    languages = fallbacks(key.version.document, language)
    return tuple(_spec(question, languages) for question in _questions(key.version))


def _questions(version: SurveyVersion) -> list[dict[str, Any]]:
    questions: list[dict[str, Any]] = version.document.get("questions", [])
    return questions


def _spec(question: dict[str, Any], languages: tuple[str, ...]) -> QuestionSpec:
    spec = spec_from(question, lambda text: pick(text, languages))
    return replace(spec, choices=tuple((code, label or code) for code, label in spec.choices))
