"""The marks that a text of a question may hold: values of the customer, the contact and earlier answers put in."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from surveys.designer.condition_form import abouts
from surveys.logic.conditions import SOURCES


def marks(document: Mapping[str, Any], language: str, before: str) -> Iterator[tuple[str, str]]:
    """(mark, what it stands for); NAME and the words behind the bar are for the writer to fill in."""
    yield f"[[stage.name|{_('our service')}]]", _("the stage that the survey is about")
    for about, words in abouts(document, language, before):
        source, _dot, name = about.partition(".")
        known = source in SOURCES[1:] and (name or about.endswith("."))
        mark = f"{about}NAME" if about.endswith(".") else about if known else f"answer.{about}"
        yield f"[[{mark}|…]]", words
