"""TextBlob's English sentiment, called without its wrappers: the same numbers at half the cost."""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any, ClassVar, Final

from feedback.sentiment.base import Evidence, Label, TextScore
from feedback.sentiment.quiet_import import blocked

CLEAR: Final = 0.1  # polarity beyond which a text is called positive or negative
STRONG: Final = 0.3  # polarity that each side of a mixed text must reach


@lru_cache(maxsize=1)
def _pattern() -> Callable[[str], Any]:
    """textblob.en.sentiment: a text to (polarity, subjectivity) with .assessments.

    NLTK, which TextBlob imports, takes scikit-learn, pandas and scipy in where they are installed: 11 CPU seconds
    and 200 MB that this engine does not use. The first call loads the lexicon.
    """
    with blocked("sklearn", "pandas", "scipy"):
        from textblob.en import sentiment

        sentiment("good")
    return sentiment  # type: ignore[no-any-return]


@cache
def _version() -> str:
    """Read once: looking it up costs as much as scoring a text."""
    return version("textblob")


class TextBlobEngine:
    """Averages the polarity of the words of its lexicon; English only. It has no calibrated confidence."""

    name: ClassVar[str] = "textblob"
    languages: ClassVar[frozenset[str]] = frozenset({"en"})

    @property
    def version(self) -> str:
        return _version()

    def score(self, texts: Sequence[str]) -> list[TextScore]:
        sentiment, number = _pattern(), self.version
        return [self._one(sentiment(text), number) for text in texts]

    def _one(self, found: Any, number: str) -> TextScore:
        """`found` is the library's result; its assessments are (words, polarity, subjectivity, tag)."""
        polarity, subjectivity = found
        evidence = tuple(Evidence(" ".join(words), part) for words, part, _subjectivity, _tag in found.assessments)
        label = label_of(polarity, evidence)
        return TextScore(polarity, subjectivity, label, None, evidence, self.name, number, "en")


def label_of(polarity: float, evidence: Sequence[Evidence]) -> Label:
    """The label of a lexicon's result. No word known is `unsure`: it is not the same as a neutral text."""
    if not evidence:
        return "unsure"
    parts = [part.polarity for part in evidence]
    if max(parts) >= STRONG and min(parts) <= -STRONG:
        return "mixed"
    if abs(polarity) < CLEAR:
        return "neutral"
    return "positive" if polarity > 0 else "negative"
