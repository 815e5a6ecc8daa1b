"""Refused: why a row from outside was not taken, in words for whoever must mend it."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Refused(ValueError):
    """One row was refused; `column` and `value` say where, the text says why and how to mend it."""

    def __init__(self, reason: str, column: str = "", value: object = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.value = str(value)[:200]


def or_raise(results: Sequence[T | Refused]) -> list[T]:
    """The results of a batch when all of it was taken, else the first refusal raised."""
    taken: list[T] = []
    for result in results:
        if isinstance(result, Refused):
            raise result
        taken.append(result)
    return taken
