"""Every condition of a document and where it stands; a problem and its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.logic.document import Document, questions

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing to mend, and where in the document."""

    path: Path
    text: str


@dataclass(frozen=True)
class Spot:
    """A condition of the document: where it stands, and the place of the question before which it is evaluated."""

    path: Path
    condition: Any
    before: int


def spots(document: Document) -> Iterator[Spot]:
    """Every condition in the document."""
    for place, question in enumerate(questions(document)):
        if question.get("show_if"):
            yield Spot(("questions", place, "show_if"), question["show_if"], place)
        for number, jump in enumerate(question.get("then") or ()):
            if isinstance(jump, Mapping) and jump.get("if"):
                yield Spot(("questions", place, "then", number), jump["if"], place + 1)
    for number, quota in enumerate(document.get("quotas") or ()):
        if isinstance(quota, Mapping) and quota.get("if"):
            yield Spot(("quotas", number), quota["if"], len(questions(document)))
