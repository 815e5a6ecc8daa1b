"""Free replies by SMS as values of questions: numbers in figures and words, labels, yes and no, words of praise."""

from surveys.replies.understanding import NotUnderstood, can_be_asked, understand

__all__ = ["NotUnderstood", "can_be_asked", "understand"]
