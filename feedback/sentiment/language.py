"""In which language a text is written: detected among the survey's languages, never from a word or two."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl", "pt", "ar")
FEWEST_WORDS: Final = 3
MARGIN: Final = 0.15  # how much likelier than the next language it must be to be believed over the form's own
_WORD: Final = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=8)
def _detector(codes: tuple[str, ...]) -> Any:
    """A detector for these languages; building it loads their models (tens of MB), so it is kept."""
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    known = [getattr(IsoCode639_1, code.upper()) for code in codes]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*known).with_minimum_relative_distance(MARGIN).build()


def primary(code: str) -> str:
    """The language of a tag: "de" of "de-AT" and "de_AT"."""
    return re.split(r"[-_]", code.strip().lower(), maxsplit=1)[0]


def detect(text: str, hint: str, among: Sequence[str] = LANGUAGES) -> str:
    """ISO 639-1 code. Fewer than three words, or nothing recognised clearly: the hint, which is the form's language.

    The hint is always among the candidates; a language that lingua does not know leaves the decision to the hint.
    """
    own = primary(hint)
    if len(_WORD.findall(text)) < FEWEST_WORDS and not _unspaced(text):
        return own
    codes = tuple(sorted({*among, own} - {""}))
    if len(codes) == 1:
        return codes[0]
    try:
        found = _detector(codes).detect_language_of(text)
    except AttributeError:  # the form's language is not one that lingua knows
        return own
    return found.iso_code_639_1.name.lower() if found else own


def _unspaced(text: str) -> bool:
    """Whether the text is in a script that puts no blanks between words (Chinese, Japanese, Thai)."""
    return len(re.findall(r"[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff]", text)) >= 2 * FEWEST_WORDS
