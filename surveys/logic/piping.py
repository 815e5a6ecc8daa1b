"""Words of the customer, the contact or an earlier answer within a text: [[answer.why|your reason]].

A plain look-up in an allow-list: no attribute is followed, no format is applied, nothing in a value is looked up again.
The result is text; templates escape it like any other text.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from surveys.logic.context import NAMES, Context, is_known, names_of

MARK: Final = re.compile(r"\[\[([a-z]{1,20})\.([A-Za-z0-9_.-]{1,130})(?:\|([^\[\]|]{0,200}))?\]\]")
LOOSE: Final = re.compile(r"\[\[(?!(?:answer|preferences)\]\])[^\[\]]{0,200}(?:\]\])?")
MOST: Final = 200  # characters of a value
SOURCES: Final = ("answer", *NAMES, "hidden")


@dataclass(frozen=True)
class Pipe:
    """One mark in a text; fallback None where none is written."""

    source: str
    name: str
    fallback: str | None

    def __str__(self) -> str:
        return f"{self.source}.{self.name}"


def fill(text: str, context: Context, shown: Mapping[str, str], escape: Callable[[str], str] | None = None) -> str:
    """The text with every mark replaced by its value, else by its fallback.

    `shown` holds answers in the customer's words by code. `escape` is for a text that is already HTML, whose values
    alone still have to be escaped.
    """
    if "[[" not in text:
        return text
    return MARK.sub(lambda found: _filled(found, context, shown, escape), text)


def _filled(
    found: re.Match[str], context: Context, shown: Mapping[str, str], escape: Callable[[str], str] | None
) -> str:
    source, name, fallback = found.groups()
    value = shown.get(name, "") if source == "answer" else _known(context, source, name)
    words = tame(value)
    if not words:
        return fallback or ""
    return escape(words) if escape else words


def _known(context: Context, source: str, name: str) -> str:
    value = context.value(source, name)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return "" if value is None else str(value)


def tame(value: str) -> str:
    """A value as part of a sentence: one line, no control or direction characters, no marks, not endless."""
    plain = "".join(" " if char.isspace() else char for char in value[: 10 * MOST] if _printable(char))
    words = " ".join(plain.split())
    if len(words) > MOST:
        words = words[: MOST - 1] + "…"
    return re.sub(r"\[{2,}", "[", re.sub(r"\]{2,}", "]", words))


def _printable(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def pipes(text: str) -> Iterator[Pipe]:
    """Every mark of a text."""
    for found in MARK.finditer(text):
        yield Pipe(*found.groups())


def problems(text: str, codes: Collection[str], certain: Collection[str] = ()) -> list[str]:
    """What is wrong with the marks of a text.

    `codes` are the codes of earlier answers. `certain` are the marks ("answer.overall", "stage.name") that always have
    a value: all others need a fallback.
    """
    found = []
    for pipe in pipes(text):
        if pipe.source not in SOURCES:
            sources = {"mark": str(pipe), "sources": ", ".join(SOURCES)}
            found.append(_('"[[%(mark)s]]" names nothing that can be shown: use %(sources)s.') % sources)
        elif pipe.source == "answer" and pipe.name not in codes:
            found.append(_('"[[%(mark)s]]" must name a question that is asked before.') % {"mark": pipe})
        elif pipe.source != "answer" and not is_known(pipe.source, pipe.name):
            known = {"mark": str(pipe), "names": names_of(pipe.source), "source": pipe.source}
            found.append(_('"[[%(mark)s]]" is not known: %(source)s has %(names)s.') % known)
        elif pipe.fallback is None and str(pipe) not in certain:
            example = {"mark": str(pipe)}
            found.append(
                _('"[[%(mark)s]]" can be missing: write what to say then, as in [[%(mark)s|our team]].') % example
            )
    unread = _('"%(text)s" cannot be read: write [[source.name|what to say without it]].')
    return found + [unread % {"text": loose.group()[:60]} for loose in LOOSE.finditer(MARK.sub("", text))]
