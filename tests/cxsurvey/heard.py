"""What a person sees or hears of a page, and our English in it."""

import re
from functools import cache
from html.parser import HTMLParser
from typing import Final

from tests.cxsurvey.catalogues import NAMES, entries

VOID: Final = {"style", "script"}


class Words(HTMLParser):
    """What a person sees or hears of a page, but for what says itself that it is in another language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.heard: list[str] = []
        self.direction = ""
        self.silent = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = tag in VOID or (tag != "html" and "lang" in dict(attrs))
        self.heard += [value or "" for name, value in attrs if name in ("aria-label", "alt", "title", "placeholder")]
        self.direction = dict(attrs).get("dir") or "" if tag == "html" else self.direction

    def handle_endtag(self, tag: str) -> None:
        self.silent = False

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.heard.append(data)


def words_of(html: str) -> str:
    """Text without addresses, links to be filled in, and the number of the answers."""
    text = " ".join(" ".join(Words(html).heard).split())
    return re.sub(r"\S+@\S+|\[\[\w+\]\]\S*|\b[0-9A-F]{8}\b", " ", text)


def english_in(text: str, language: str) -> list[str]:
    """Pieces of our English strings that stand in a text, but in no translation."""
    pieces, own = _pieces(language)
    found = [piece for piece in pieces if piece in text and re.search(rf"\b{re.escape(piece)}\b", text)]
    return sorted(piece for piece in found if not re.search(rf"\b{re.escape(piece)}\b", own))


@cache
def _pieces(language: str) -> tuple[set[str], str]:
    """Our English strings taken apart at their placeholders, and all that is translated."""
    every = entries(language)
    own = NAMES.sub("", "\n".join(text for entry in every for text in entry.translations.values()))
    strings = {string for entry in every if entry.is_for_customers for string in (entry.msgid, entry.plural)}
    pieces = {piece.strip(" .:,?()") for string in strings for piece in NAMES.split(string)[::2]}
    return {piece for piece in pieces if re.search(r"[a-z]", piece)}, own


def latin_in(text: str) -> set[str]:
    """Words in Latin letters: what was written into a template or a module without gettext shows in Arabic."""
    return set(re.findall(r"[A-Za-z]{2,}", text))
