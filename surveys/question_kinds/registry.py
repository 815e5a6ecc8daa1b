"""The kinds by name."""

from typing import Final

from surveys.question_kinds.base import QuestionKind
from surveys.question_kinds.ces import Ces
from surveys.question_kinds.csat import Csat
from surveys.question_kinds.feelings import Feelings
from surveys.question_kinds.multi import Multi
from surveys.question_kinds.nps import Nps
from surveys.question_kinds.scale import Scale
from surveys.question_kinds.single import Single
from surveys.question_kinds.text import Text
from surveys.question_kinds.yes_no import YesNo

KINDS: Final[dict[str, QuestionKind]] = {
    each.name: each for each in (Nps(), Csat(), Ces(), Scale(), Single(), Multi(), YesNo(), Text(), Feelings())
}


def kind(name: str) -> QuestionKind:
    """The kind of this name; ValueError names the kinds there are."""
    try:
        return KINDS[name]
    except KeyError:
        raise ValueError(f'Unknown kind of question "{name}": use {", ".join(KINDS)}.') from None
