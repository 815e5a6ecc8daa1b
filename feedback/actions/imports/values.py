"""Reading cells as answers to a question, and the key that makes a response one per occasion."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from cxsurvey.lib.cells import code
from cxsurvey.lib.refusals import Refused
from feedback.queries.asked import AskedQuestion, questions_asked
from surveys.models import SurveyVersion
from surveys.question_kinds import QuestionSpec, RawValue, kind

MAX_KEY = 200


def find_question(version: SurveyVersion, question: str) -> AskedQuestion:
    """The question of a survey; refused where it asks none with this code."""
    asked = questions_asked(version)
    if question not in asked:
        known = ", ".join(asked)
        raise Refused(
            _("The survey asks no such question; it asks %(known)s.") % {"known": known}, "question", question
        )
    return asked[question]


def read_answer(asked: AskedQuestion, parts: Sequence[str], words: str = "") -> RawValue:
    """The answer in one cell, or in several that feed a multiple choice; `words` is a comment beside it."""
    spec = asked.spec
    if spec.kind == "text":
        parts, words = ([words] if words else parts), ""
    several = spec.choices and not spec.other  # words of one's own come last and may hold semicolons
    raw = [_meant(part.strip(), spec) for cell in parts for part in (cell.split(";") if several else [cell])]
    given = [part for part in raw if part]
    if len(given) > 1 and spec.kind not in ("multi", "feelings", "ranking"):
        raise Refused(_("The question takes one answer, these are several."), "value", ";".join(parts))
    try:
        value = kind(spec.kind).parse(given if len(given) != 1 else given[0], spec) if given else RawValue()
    except ValueError as trouble:
        raise Refused(str(trouble), "value", ";".join(parts)) from None
    return replace(value, text=_clean(words)) if words else value


def _clean(words: str) -> str:
    return "".join(char for char in words if char.isprintable() or char in "\n\t")[:5_000]


def _meant(text: str, spec: QuestionSpec) -> str:
    """The code of a choice that a cell means as a number (3.0 is 3)."""
    codes = {code(known): known for known, _label in spec.choices}
    return text if not codes or text in codes.values() else codes.get(code(text), text)


def occasion_key(*parts: str) -> str:
    """One key per occasion; a long one is shortened by a hash."""
    key = ":".join(("import", *parts))
    return key if len(key) <= MAX_KEY else f"{key[:130]}:{hashlib.sha256(key.encode()).hexdigest()}"
