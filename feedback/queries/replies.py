"""Replies by text message that nobody has handled yet."""

from collections.abc import Sequence

from surveys.models import Conversation, Reply


def waiting_conversations(limit: int) -> list[int]:
    """Ids of the conversations with replies that wait, the one that waits longest first."""
    waiting = Reply.objects.filter(handled_at=None).order_by("pk").values_list("conversation_id", flat=True)
    return list(dict.fromkeys(waiting[:limit]))


def waiting_replies(conversation: Conversation) -> Sequence[Reply]:
    """Those of one conversation in the order in which they came. Read under its lock."""
    rows = Reply.objects.filter(conversation=conversation, handled_at=None).select_related("callback")
    return list(rows.order_by("pk"))
