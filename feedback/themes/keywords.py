"""Finding the themes of a comment by phrases: one alternation per theme, no repetition inside a repetition."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from feedback.themes.taxonomy import CODES, CONCERNS, OTHER, TAXONOMY, ThemeCode

ENGINE, VERSION = "keywords", "1"
# A comment longer than this is read so far: nobody types more, and pages pasted in are no comment.
LONGEST = 10_000
OTHER_FROM_WORDS, SPAM_LINKS = 3, 2

_END, _ANY, _GAP = "", r"\w{0,20}", r"(?: [\w']{1,20}){0,3}"
_Tree = dict[str, "_Tree"]

_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "–": " ", "—": " ", "-": " "})


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme of a comment with the words that name it, in the order of the text. Keywords tell no polarity."""

    code: ThemeCode
    words: tuple[str, ...]
    polarity: float | None = None


def themes_of(
    text: str, language: str = "en", extra: Mapping[ThemeCode, Sequence[str]] | None = None
) -> tuple[Theme, ...]:
    """The themes of a comment in the order of the taxonomy; `other` where words say something else.

    extra: further phrases by theme, as staff edit them. Empty for languages without phrases, and for comments that
    are mostly links (spam never becomes a theme).
    """
    if language not in TAXONOMY or len(_LINK.findall(text[:LONGEST])) >= SPAM_LINKS:
        return ()
    plain = _plain(text)
    added = {code: tuple(phrases) for code, phrases in (extra or {}).items()}
    found = [(code, _words(_pattern(language, code, added.get(code, ())), plain)) for code in CODES if code != OTHER]
    themes = tuple(Theme(code, words) for code, words in found if words)
    if themes or len(plain.split()) < OTHER_FROM_WORDS:
        return themes
    return (Theme(OTHER, ()),)


def concern_words(text: str, language: str = "en") -> tuple[str, ...]:
    """Words of danger, law or harm in a comment (the alert rule of method 3.13); English only so far."""
    if language not in CONCERNS:
        return ()
    return _words(_compiled(CONCERNS[language]), _plain(text))


def _plain(text: str) -> str:
    """Lower case, without links, hyphens as blanks, single blanks."""
    return " ".join(_LINK.sub(" ", text[:LONGEST]).translate(_QUOTES).casefold().split())


def _words(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.group() for match in pattern.finditer(text)))


@cache
def _pattern(language: str, code: ThemeCode, extra: tuple[str, ...]) -> re.Pattern[str]:
    return _compiled((*TAXONOMY[language].get(code, ()), *extra))


@cache
def _compiled(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """All phrases as one tree of letters, so that every word of a text is tried once, not once per phrase.

    `*` is at most 20 further letters, `_` at most three words: nothing runs away.
    """
    tree: _Tree = {}
    for phrase in phrases:
        node = tree
        for piece in _pieces(phrase):
            node = node.setdefault(piece, {})
        node[_END] = {}
    return re.compile(r"\b" + _alternatives(tree) + r"\b") if tree else re.compile(r"(?!)")


def _pieces(phrase: str) -> list[str]:
    words = phrase.casefold().split()
    pieces: list[str] = []
    for place, word in enumerate(words):
        if word == "_":
            pieces.append(_GAP)
            continue
        pieces += [" "] if place else []
        pieces += [_ANY if letter == "*" else re.escape(letter) for letter in word]
    return pieces


def _alternatives(node: "_Tree") -> str:
    """The regular expression of a node's continuations, longer ones first."""
    inner = "|".join(piece + _alternatives(node[piece]) for piece in sorted(node) if piece != _END)
    if not inner:
        return ""
    return f"(?:{inner})" + ("?" if _END in node else "")
