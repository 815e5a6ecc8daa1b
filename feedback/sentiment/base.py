"""What an engine says of one text, and what an engine is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

Label = Literal["negative", "neutral", "positive", "mixed", "unsure", "unsupported"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that drove the score (as the engine read them, in lower case), with their own polarity."""

    words: str
    polarity: float


@dataclass(frozen=True, slots=True)
class TextScore:
    """Polarity -1..1 and subjectivity 0..1, None where the text could not be read (unsupported, or blank).

    `confidence` 0..1, None where the engine has no calibrated one. `language` is the one it was read in (ISO 639-1).
    """

    polarity: float | None
    subjectivity: float | None
    label: Label
    confidence: float | None
    evidence: tuple[Evidence, ...]
    engine: str
    version: str
    language: str = ""


class Engine(Protocol):
    """Scores texts of the languages it reads."""

    name: ClassVar[str]
    languages: ClassVar[frozenset[str]]

    @property
    def version(self) -> str: ...

    def score(self, texts: Sequence[str]) -> list[TextScore]:
        """One score per text, in order."""
        ...
