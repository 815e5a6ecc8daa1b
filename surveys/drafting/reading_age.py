"""How old a reader must be to follow a text, by the formula that is customary in its language.

English: Flesch-Kincaid grade (Kincaid et al. 1975) + 5. German: first Wiener Sachtextformel (Bamberger, Vanecek 1984),
a school grade, + 6. French: Kandel and Moles' reading ease (1958), brought to a grade on Flesch's own table, + 5.
Other languages have no formula here, and None is said rather than an English one applied.
"""

import re
from itertools import pairwise
from typing import Final

FEWEST_WORDS: Final = 25  # under that the formulas tell more of the single word than of the text
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE: Final = re.compile(r"[.!?…:]+(?:\s|$)")
_VOWELS: Final = {
    "en": re.compile(r"[aeiouy]+"),
    "de": re.compile(r"(?:aa|ee|oo|ie|ei|ai|eu|äu|au|[aeiouyäöü])"),
    "fr": re.compile(r"(?:eau|oeu|œu|aie|ou|oi|ai|ei|au|eu|[aeiouyàâéèêëîïôûùœæ])"),
}
# Flesch's table: reading ease and the school grade that it goes with; straight lines between.
_EASE_GRADES: Final = ((100, 4.0), (90, 5.0), (80, 6.0), (70, 7.0), (60, 8.5), (50, 11.0), (30, 14.0), (0, 17.0))


def reading_age(text: str, language: str) -> float | None:
    """Years of age, at least 6; None for a short text or a language without a formula."""
    code = language.split("-", maxsplit=1)[0]
    words = _WORD.findall(text)
    if code not in _VOWELS or len(words) < FEWEST_WORDS:
        return None
    sentences = max(1, len(_SENTENCE.findall(text.strip() + " ")))
    counts = [syllables(word, code) for word in words]
    per_sentence, per_word = len(words) / sentences, sum(counts) / len(words)
    if code == "en":
        return max(6.0, 0.39 * per_sentence + 11.8 * per_word - 15.59 + 5)
    if code == "de":
        return max(6.0, _wiener(words, counts, per_sentence) + 6)
    return max(6.0, _grade(207 - 1.015 * per_sentence - 73.6 * per_word) + 5)


def _grade(ease: float) -> float:
    """The grade of a reading ease, by straight lines within the table."""
    ease = min(max(ease, 0.0), 100.0)
    for (easier, grade), (harder, next_grade) in pairwise(_EASE_GRADES):
        if ease >= harder:
            return grade + (next_grade - grade) * (easier - ease) / (easier - harder)
    return _EASE_GRADES[-1][1]


def _wiener(words: list[str], counts: list[int], per_sentence: float) -> float:
    """MS: % of words with 3 syllables or more; IW: % longer than 6 letters; ES: % of one syllable."""
    share = 100 / len(words)
    many = share * sum(count >= 3 for count in counts)
    long = share * sum(len(word) > 6 for word in words)
    one = share * sum(count == 1 for count in counts)
    return 0.1935 * many + 0.1672 * per_sentence + 0.1297 * long - 0.0327 * one - 0.875


def syllables(word: str, language: str) -> int:
    """Groups of vowels, at least 1; a silent e at the end of an English or French word is none."""
    lower = word.lower()
    found = len(_VOWELS[language].findall(lower))
    silent = language == "en" and lower.endswith("e") and not lower.endswith(("le", "ee", "ye"))
    silent |= language == "fr" and lower.endswith(("e", "es", "ent")) and not lower.endswith(("ée", "ées", "ie", "ies"))
    return max(1, found - (1 if silent and found > 1 else 0))
