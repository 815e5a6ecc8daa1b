"""Small cells: what may be shown of how many answers, and hiding a second cell so that none can be worked out."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal, TypeVar

LEAST, INDICATIVE_BELOW = 5, 30
COMMENTS_FROM, AGENT_CONTACTS_FROM, AGENT_ANSWERS_FROM = 10, 20, 10

CellState = Literal["hidden", "indicative", "shown"]
Record = TypeVar("Record")


_raised = LEAST


def small_cell() -> int:
    """The fewest customers that any number may be of; fewer are hidden (method 3.12)."""
    return _raised


def raise_small_cell(least: int) -> int:
    """Ask for more from now on in this process, as the installation's setting says; what was asked for before.

    Raises ValueError below 5: it may only go up.
    """
    global _raised
    if least < LEAST:
        raise ValueError(f"SMALL_CELL is {least}: numbers of fewer than {LEAST} customers are always hidden.")
    before, _raised = _raised, least
    return before


def too_few() -> str:
    """Why a cell is hidden, as `suppressed` says it to programs."""
    return f"fewer than {small_cell()}"


def few_for_agents() -> str:
    """Why an agent is not shown, as `suppressed` says it to programs."""
    contacts, answers = agent_limits()
    return f"fewer than {contacts} contacts or {answers} answers"


def cell_state(n: int) -> CellState:
    """hidden below the limit, indicative (hollow, labelled) up to 29, else shown."""
    if n < small_cell():
        return "hidden"
    return "indicative" if n < INDICATIVE_BELOW else "shown"


def comments_shown(n: int) -> bool:
    """Whether comments of a cell of n answers may be read."""
    return n >= max(COMMENTS_FROM, small_cell())


def agent_limits() -> tuple[int, int]:
    """Contacts and answers from which an agent's figures may be shown: 20 and 10, more where small cells are larger."""
    return max(AGENT_CONTACTS_FROM, small_cell()), max(AGENT_ANSWERS_FROM, small_cell())


def agent_shown(contacts: int, answers: int) -> bool:
    """Whether an agent's figures may be shown."""
    least_contacts, least_answers = agent_limits()
    return contacts >= least_contacts and answers >= least_answers


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


def complementary(counts: Sequence[int], at_least: int = 0) -> tuple[bool, ...]:
    """Which cells of one published margin to hide, in the order given; its total is taken as public.

    The limit is that of small cells, or at_least where that is more. Hidden: cells of 1 to limit - 1, and while the
    hidden ones could be worked out (one alone, or together fewer than the limit) also the next smallest that is not
    empty. Empty cells hold nobody and give no cover.
    """
    least = max(small_cell(), at_least)
    hidden = [0 < n < least for n in counts]
    while any(hidden) and (sum(hidden) < 2 or sum(n for n, h in zip(counts, hidden, strict=True) if h) < least):
        rest = [(n, i) for i, n in enumerate(counts) if n > 0 and not hidden[i]]
        if not rest:
            break
        hidden[min(rest)[1]] = True
    return tuple(hidden)


def pooled(counts: Sequence[int], most: int) -> tuple[bool, ...]:
    """Which cells stand alone when all others are shown as one: `most` at most, in the order given, none too small.

    What is pooled holds nobody or at least the limit, so that neither it nor a part of it tells of too few.
    """
    alone = [n >= small_cell() for n in counts]
    for place in [place for place, stands in enumerate(alone) if stands][most:]:
        alone[place] = False
    while 0 < sum(n for n, stands in zip(counts, alone, strict=True) if not stands) < small_cell():
        smallest = [(n, -place) for place, n in enumerate(counts) if alone[place]]
        if not smallest:
            break
        alone[-min(smallest)[1]] = False
    return tuple(alone)
