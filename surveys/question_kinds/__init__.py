"""Kinds of question: valid specifications, form field, reading a value, its 0-100 score, export, template."""

from surveys.question_kinds.base import Choice, QuestionKind, QuestionSpec, RawValue, pomp
from surveys.question_kinds.registry import (
    KINDS,
    SEALED,
    initial,
    kind,
    read,
    rows_of,
    rows_shown,
    shown,
    with_ends,
    words,
)

__all__ = [
    "KINDS",
    "SEALED",
    "Choice",
    "QuestionKind",
    "QuestionSpec",
    "RawValue",
    "initial",
    "kind",
    "pomp",
    "read",
    "rows_of",
    "rows_shown",
    "shown",
    "with_ends",
    "words",
]
