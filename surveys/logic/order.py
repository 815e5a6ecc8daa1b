"""Random order of questions, choices and rows: drawn once from a seed, recorded, and the same for the same seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.logic.document import Document, Question, choice_codes, code_of, items_of, questions


@dataclass(frozen=True)
class Order:
    """What was drawn: the order of all questions, and of the choices and rows of those that vary. Codes only."""

    questions: tuple[str, ...] = ()
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rows: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """To be recorded; empty where nothing was drawn."""
        drawn: dict[str, Any] = {"questions": list(self.questions)} if self.questions else {}
        for name, orders in (("choices", self.choices), ("rows", self.rows)):
            if orders:
                drawn[name] = {code: list(order) for code, order in orders.items()}
        return drawn

    @classmethod
    def from_json(cls, drawn: Any) -> "Order":
        """What as_json() gave; anything else is no order."""
        if not isinstance(drawn, dict):
            return cls()
        return cls(
            tuple(map(str, drawn.get("questions") or ())),
            {str(code): tuple(map(str, order)) for code, order in (drawn.get("choices") or {}).items()},
            {str(code): tuple(map(str, order)) for code, order in (drawn.get("rows") or {}).items()},
        )


AS_WRITTEN = Order()


def shuffled(document: Document, seed: str) -> Order:
    """The order for one customer. Each part has its own stream, so that one more question moves no other's choices."""
    choices, rows = {}, {}
    for question in questions(document):
        if not question.get("random_order"):
            continue
        code = code_of(question)
        if items_of(question):
            rows[code] = _drawn(items_of(question), question, f"{seed}/{code}/rows")
        elif question.get("choices"):
            choices[code] = _drawn(choice_codes(question["choices"]), question, f"{seed}/{code}/choices")
    return Order(_blocks(document, seed), choices, rows)


def _drawn(codes: Sequence[str], question: Question, seed: str) -> tuple[str, ...]:
    """All codes, those of keep_last at the end in their own order ("None of these", "Other")."""
    last = [code for code in codes if code in (question.get("keep_last") or ())]
    first = [code for code in codes if code not in last]
    random.Random(seed).shuffle(first)  # noqa: S311 - no secret
    return (*first, *last)


def _blocks(document: Document, seed: str) -> tuple[str, ...]:
    """The codes of all questions, those of each random block changing places among themselves; empty without blocks."""
    codes = [code_of(question) for question in questions(document)]
    blocks = document.get("random_blocks") or ()
    for number, block in enumerate(blocks):
        places = [place for place, code in enumerate(codes) if code in block]
        drawn = [codes[place] for place in places]
        random.Random(f"{seed}/block/{number}").shuffle(drawn)  # noqa: S311 - no secret
        for place, code in zip(places, drawn, strict=True):
            codes[place] = code
    return tuple(codes) if blocks else ()


def in_order(codes: Sequence[str], order: Sequence[str]) -> list[int]:
    """Places of the codes as drawn; codes that the order does not know keep their place among the last."""
    rank = {code: place for place, code in enumerate(order)}
    return sorted(range(len(codes)), key=lambda place: rank.get(codes[place], len(rank)))
