"""Texts in a batch: find the language, let the engine for it score them, say `unsupported` where there is none."""

from collections.abc import Sequence
from functools import lru_cache

from feedback.sentiment.base import Engine, Label, TextScore
from feedback.sentiment.language import LANGUAGES, detect
from feedback.sentiment.textblob_engine import TextBlobEngine


class Analyzer:
    """Scores texts of any language with the first engine that reads it."""

    def __init__(self, engines: Sequence[Engine], among: Sequence[str] = LANGUAGES) -> None:
        self.engines = tuple(engines)
        self.among = tuple(among)

    def score(self, texts: Sequence[str], languages: Sequence[str]) -> list[TextScore]:
        """One score per text, in order. `languages` are those of the forms, as hints; blank where not known.

        ValueError when the two differ in length.
        """
        found = [detect(text, hint, self.among) for text, hint in zip(texts, languages, strict=True)]
        scores = [self._unscored(text, language) for text, language in zip(texts, found, strict=True)]
        left = [place for place, text in enumerate(texts) if text.strip()]
        for engine in self.engines:
            mine = [place for place in left if found[place] in engine.languages]
            left = [place for place in left if found[place] not in engine.languages]
            for place, result in zip(mine, engine.score([texts[place] for place in mine]), strict=True):
                scores[place] = result
        return scores

    def _unscored(self, text: str, language: str) -> TextScore:
        """What stands where no engine reads the language, or nothing was written: no number, never 0."""
        engine = self.engines[0]
        label: Label = "unsupported" if text.strip() else "unsure"
        return TextScore(None, None, label, None, (), engine.name, engine.version, language)


@lru_cache(maxsize=1)
def default_analyzer() -> Analyzer:
    """TextBlob for English."""
    return Analyzer([TextBlobEngine()])


def score(texts: Sequence[str], languages: Sequence[str]) -> list[TextScore]:
    """Score with the default analyzer."""
    return default_analyzer().score(texts, languages)
