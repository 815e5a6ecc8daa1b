"""Differences and reasons as sentences."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from surveys.drafting.difference import Change
from surveys.drafting.texts import in_language, plain, questions_of

KEYS: Final = {
    "text": _l("question"),
    "help": _l("help"),
    "low": _l("words at the low end"),
    "high": _l("words at the high end"),
    "scale": _l("scale"),
    "required": _l("must be answered"),
    "headline": _l("headline"),
    "show_if": _l("shown if"),
    "then": _l("jumps"),
    "kind": _l("kind"),
    "metric": _l("counts as"),
    "measures": _l("measures"),
    "title": _l("title"),
    "about": _l("what it is about"),
    "subject": _l("subject of the mail"),
    "intro": _l("words above the questions"),
    "thanks": _l("words after answering"),
    "languages": _l("languages"),
    "choices": _l("order of the choices"),
}
REASONS: Final = {
    "kind": _l("it is another kind of question"),
    "scale": _l("the scale is another"),
    "direction": _l("the scale runs the other way"),
    "measures": _l("it measures something else"),
    "choices": _l("the choices are others"),
    "words": _l("it is asked in other words"),
    "labels": _l("the answers are labelled in other words"),
}


def told_change(change: Change) -> dict[str, str]:
    """A row of the list of differences: where, what, before and after."""
    what = str(KEYS.get(change.key, change.key.replace("choice ", _("choice") + " ", 1)))
    if change.language:
        what = _("%(what)s (%(language)s)") % {"what": what, "language": change.language}
    places = [change.before, change.after]
    if change.kind == "moved" and not change.key:
        places = [_("place %(number)s") % {"number": number} for number in places]
    kinds = {"added": _("new"), "removed": _("gone"), "moved": _("moved"), "changed": _("changed")}
    return {
        "question": change.question,
        "kind": kinds[change.kind],
        "what": what,
        "before": places[0],
        "after": places[1],
    }


def told_place(document: Mapping[str, Any], place: str) -> str:
    """The place of a text in the table for translators, as people name it: "2. choice “price”"."""
    head, *rest = place.split(".")
    if head != "questions" or len(rest) < 2:
        return str(KEYS.get(place, place))
    number = next((n for n, row in enumerate(questions_of(document), start=1) if row["code"] == rest[0]), 0)
    if len(rest) == 2:
        return f"{number}. {KEYS.get(rest[1], rest[1])}"
    names = {"number": number, "code": rest[2]}
    text = _("%(number)s. row “%(code)s”") if rest[1] == "rows" else _("%(number)s. choice “%(code)s”")
    return text % names


def told_pooling(question: Mapping[str, Any], reasons: Sequence[str], language: str) -> str:
    """Why the answers to a question will be kept apart from those before."""
    why = ", ".join(str(REASONS[reason]) for reason in reasons)
    words = plain(in_language(question.get("text"), language)) or str(question["code"])
    text = _("“%(question)s”: new answers are not counted together with those before, since %(why)s.")
    return text % {"question": words, "why": why}
