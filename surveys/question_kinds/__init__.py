"""Kinds of question: valid specifications, form field, reading a value, its 0-100 score, export, template."""

from surveys.question_kinds.base import Choice, QuestionKind, QuestionSpec, RawValue, pomp
from surveys.question_kinds.registry import KINDS, kind

__all__ = ["KINDS", "Choice", "QuestionKind", "QuestionSpec", "RawValue", "kind", "pomp"]
