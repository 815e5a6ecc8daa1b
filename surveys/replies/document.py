"""What a survey's document says of text messages: a link or a conversation, how long it lives, what forbids it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from cxsurvey.lib.periods import parse_period
from surveys.channels.sms.keywords import Keyword, keyword
from surveys.question_kinds.registry import ASK_NOTHING
from surveys.replies.understanding import ASKABLE

Path = tuple[str | int, ...]
LINK: Final = "link"
CONVERSATION: Final = "conversation"
MODES: Final = (LINK, CONVERSATION)
LIFE: Final = timedelta(days=3)
SHORTEST_LIFE: Final = timedelta(minutes=5)
LONGEST_LIFE: Final = timedelta(days=14)
FEW_QUESTIONS: Final = 3


def by_conversation(document: Mapping[str, Any]) -> bool:
    """Whether text messages ask the questions themselves, instead of a link to them."""
    return bool(document.get("sms") == CONVERSATION)


def life_of(document: Mapping[str, Any]) -> timedelta:
    """How long a conversation waits for a reply before it is over."""
    written = document.get("sms_life")
    return parse_period(written).delta if written else LIFE


def conversation_problems(document: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Why this document cannot be asked as it says, each with its place."""
    mode = document.get("sms") or LINK
    if mode not in MODES:
        yield (
            ("sms",),
            _('"%(mode)s" is no way to ask by SMS: use %(known)s.') % {"mode": mode, "known": ", ".join(MODES)},
        )
    if document.get("sms_life"):
        yield from _life_problems(document["sms_life"], mode)
    if mode == CONVERSATION:
        yield from _question_problems(document.get("questions") or ())


def _life_problems(written: Any, mode: str) -> Iterator[tuple[Path, str]]:
    if mode != CONVERSATION:
        yield ("sms_life",), _("Only a conversation has a life of its own: add sms: conversation, or remove sms_life.")
        return
    try:
        life = parse_period(str(written)).delta
    except ValueError as wrong:
        yield ("sms_life",), str(wrong)
        return
    if not SHORTEST_LIFE <= life <= LONGEST_LIFE:
        yield ("sms_life",), _("A conversation lives from 5 minutes (5m) to 14 days (14d).")


def _question_problems(questions: Any) -> Iterator[tuple[Path, str]]:
    asked = [question for question in questions if question.get("kind") not in ASK_NOTHING]
    if asked and not any(question.get("kind") in ASKABLE for question in asked):
        yield ("sms",), _("None of the questions can be asked in a text message: use sms: link.")
        return
    for index, question in enumerate(questions):
        names = {"code": question.get("code"), "kind": question.get("kind")}
        if question in asked and question.get("required") and question.get("kind") not in ASKABLE:
            text = _(
                '"%(code)s" is required, but a question of kind %(kind)s cannot be asked in a text message: make it '
                "optional, or use sms: link."
            )
            yield ("questions", index), text % names
        for number, choice in enumerate(question.get("choices") or ()):
            if word := _stop_word(choice.get("text")):
                text = _('Whoever answers "%s" by SMS ends all messages: use another word for this choice.')
                yield ("questions", index, "choices", number, "text"), text % word


def _stop_word(text: Any) -> str:
    """The first of the texts that would be obeyed as STOP instead of being taken as an answer."""
    words = [text] if isinstance(text, str) else list((text or {}).values())
    return next((each for each in words if keyword(each) == Keyword.STOP), "")
