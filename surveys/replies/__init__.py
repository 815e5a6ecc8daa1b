"""Questions as text messages, and free replies as values: figures and words, labels, yes and no, words of praise."""

from surveys.replies.document import by_conversation, conversation_problems, life_of
from surveys.replies.understanding import NotUnderstood, asks_to_skip, can_be_asked, understand

__all__ = [
    "NotUnderstood",
    "asks_to_skip",
    "by_conversation",
    "can_be_asked",
    "conversation_problems",
    "life_of",
    "understand",
]
