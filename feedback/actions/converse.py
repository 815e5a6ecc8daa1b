"""Replies by text message: understood, stored with what the pages save, and the next question asked.

Each reply is handled exactly once, in one transaction with all its effects. Locks are taken in one order, invitation
before conversation, as a page that is sent at the same moment takes them.
"""

import logging
from datetime import datetime
from typing import Final

from django.db import DatabaseError, transaction
from django.utils import translation

from feedback.actions.converse_steps import Talk, answer, skip, stumble
from feedback.queries.replies import waiting_conversations, waiting_replies
from surveys.actions.conversations import life_end
from surveys.actions.replies import settle_reply
from surveys.enums import CONVERSATION_LIVE, ConversationState, ReplyOutcome
from surveys.models import Conversation, Invitation, Reply
from surveys.rendering.message import interface_language
from surveys.replies import NotUnderstood, asks_to_skip, understand

log = logging.getLogger(__name__)

MANY: Final = 500
MOVES: Final = ("state", "question", "asked_again", "step", "heard_at", "expires_at")


def converse(now: datetime, limit: int = MANY) -> dict[str, int]:
    """Handle the replies that wait, the oldest first; outcome -> number."""
    counts: dict[str, int] = {}
    for pk in waiting_conversations(limit):
        for outcome in _handle(pk, now):
            counts[outcome] = counts.get(outcome, 0) + 1
    return counts


def _handle(conversation_id: int, now: datetime) -> list[str]:
    """All waiting replies of one conversation; none where it fails: they are tried again."""
    try:
        with transaction.atomic():
            conversation = _locked(conversation_id)
            return [_reply(conversation, reply, now) for reply in waiting_replies(conversation)] if conversation else []
    except (DatabaseError, LookupError, TypeError, ValueError):
        log.exception("The replies of conversation %s could not be handled; they are tried again.", conversation_id)
        return []


def _locked(conversation_id: int) -> Conversation | None:
    """The conversation with its invitation, in nobody else's hands; None where it has been erased meanwhile."""
    mine = Invitation.objects.filter(conversation=conversation_id)
    invitation = mine.select_related("customer", "run", "stage", "interaction", "version__survey").select_for_update(
        no_key=True, of=("self",)
    )
    found = invitation.first()
    rows = Conversation.objects.filter(pk=conversation_id).select_for_update(no_key=True)
    conversation = rows.first() if found else None
    if conversation is not None and found is not None:
        conversation.invitation = found
    return conversation


def _reply(conversation: Conversation, reply: Reply, now: datetime) -> str:
    """What this reply does; it is settled with its outcome."""
    asked = conversation.question
    outcome = _outcome(conversation, reply, now)
    if outcome not in (ReplyOutcome.OVER, ReplyOutcome.EARLY):
        conversation.heard_at = now
        conversation.expires_at = life_end(conversation.invitation, now)
    conversation.save(update_fields=MOVES)
    settle_reply(reply, asked, outcome, now)
    return outcome


def _outcome(conversation: Conversation, reply: Reply, now: datetime) -> ReplyOutcome:
    if conversation.state not in CONVERSATION_LIVE:
        return ReplyOutcome.OVER
    if reply.step < conversation.step:
        return ReplyOutcome.EARLY
    talk = Talk(conversation, now)
    with translation.override(interface_language(talk.language)):
        return _understood(talk, str(reply.callback.payload["text"]))


def _understood(talk: Talk, text: str) -> ReplyOutcome:
    """The value, the wish to skip, or neither. A paused conversation goes on by what is clear only."""
    spec = talk.spec
    if asks_to_skip(text) and not spec.required:
        return skip(talk)
    try:
        value = understand(text, spec)
    except NotUnderstood:
        if talk.conversation.state == ConversationState.PAUSED:
            return ReplyOutcome.NOT_UNDERSTOOD
        return stumble(talk)
    return answer(talk, value)
