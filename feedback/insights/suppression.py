"""Small cells: what may be shown of how many answers, and hiding a second cell so that none can be worked out."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal, TypeVar

HIDDEN_BELOW, INDICATIVE_BELOW = 5, 30
COMMENTS_FROM, AGENT_CONTACTS_FROM, AGENT_ANSWERS_FROM = 10, 20, 10

CellState = Literal["hidden", "indicative", "shown"]
Record = TypeVar("Record")


def limit(minimum: int = HIDDEN_BELOW) -> int:
    """The smallest cell that may be shown: a setting can raise it above 5, never lower it (method 3.12)."""
    return max(HIDDEN_BELOW, minimum)


def cell_state(n: int, minimum: int = HIDDEN_BELOW) -> CellState:
    """hidden below the limit, indicative (hollow, labelled) up to 29, else shown."""
    if n < limit(minimum):
        return "hidden"
    return "indicative" if n < INDICATIVE_BELOW else "shown"


def comments_shown(n: int, minimum: int = HIDDEN_BELOW) -> bool:
    """Whether comments of a cell of n answers may be read."""
    return n >= max(COMMENTS_FROM, limit(minimum))


def agent_shown(contacts: int, answers: int) -> bool:
    """Whether an agent's figures may be shown: 20 contacts and 10 answers."""
    return contacts >= AGENT_CONTACTS_FROM and answers >= AGENT_ANSWERS_FROM


def withheld(record: Record) -> Record:
    """The same frozen record without what a small cell may not tell: numbers and parts None, counts 0, verdicts False.

    Text (labels, notes) stays, so that the page can say why. Works on every result dataclass of this package.
    """
    blank: dict[str, Any] = {}
    for field in dataclasses.fields(record):  # type: ignore[arg-type]
        value = getattr(record, field.name)
        if not isinstance(value, str):
            blank[field.name] = _blank(value)
    return dataclasses.replace(record, **blank)  # type: ignore[type-var]


def _blank(value: object) -> object:
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return 0
    if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
        return value
    return None


def complementary(counts: Sequence[int], minimum: int = HIDDEN_BELOW) -> tuple[bool, ...]:
    """Which cells of one published margin to hide, in the order given; its total is taken as public.

    Hidden: cells of 1 to limit - 1, and while the hidden ones could be worked out (one alone, or together fewer than
    the limit) also the next smallest that is not empty. Empty cells hold nobody and give no cover.
    """
    least = limit(minimum)
    hidden = [0 < n < least for n in counts]
    while any(hidden) and (sum(hidden) < 2 or sum(n for n, h in zip(counts, hidden, strict=True) if h) < least):
        rest = [(n, i) for i, n in enumerate(counts) if n > 0 and not hidden[i]]
        if not rest:
            break
        hidden[min(rest)[1]] = True
    return tuple(hidden)


def pooled(counts: Sequence[int], most: int, minimum: int = HIDDEN_BELOW) -> tuple[bool, ...]:
    """Which cells stand alone when all others are shown as one: `most` at most, in the order given, none too small.

    What is pooled holds nobody or at least the limit, so that neither it nor a part of it tells of too few.
    """
    alone = [n >= limit(minimum) for n in counts]
    for place in [place for place, stands in enumerate(alone) if stands][most:]:
        alone[place] = False
    while 0 < sum(n for n, stands in zip(counts, alone, strict=True) if not stands) < limit(minimum):
        smallest = [(n, -place) for place, n in enumerate(counts) if alone[place]]
        if not smallest:
            break
        alone[-min(smallest)[1]] = False
    return tuple(alone)
