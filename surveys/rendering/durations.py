"""How long answering takes: seconds by kind of question, and the words for it."""

from collections.abc import Sequence

from django.utils.translation import ngettext

from surveys.question_kinds import QuestionSpec, rows_of

SECONDS = {
    "text": 20,
    "contact": 25,
    "ranking": 20,
    "multi": 10,
    "feelings": 10,
    "date": 10,
    "single": 8,
    "statement": 5,
    "hidden": 0,
}
USUAL = 6


def answering_seconds(specs: Sequence[QuestionSpec]) -> int:
    """Seconds that a customer needs for these questions; a battery takes as long as its rows."""
    return sum(SECONDS.get(spec.kind, USUAL * max(1, len(rows_of(spec)))) for spec in specs)


def duration(seconds: int) -> str:
    """How long it takes, in words, rounded up."""
    if seconds <= 60:
        tens = max(10, -(-seconds // 10) * 10)
        return ngettext("about %(seconds)s second", "about %(seconds)s seconds", tens) % {"seconds": tens}
    minutes = -(-seconds // 60)
    return ngettext("about %(minutes)s minute", "about %(minutes)s minutes", minutes) % {"minutes": minutes}
