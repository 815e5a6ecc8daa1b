"""The oracle O1-O8: what the API acknowledged, what carriers accepted and what the rows say, held against each other.

Pure: three histories in, a verdict out. Every rule has a planted fault in test_oracle.py that it must find.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from surveys.actions.deliver_moves import ARROWS
from surveys.enums import DELIVERY_IN_HAND, DELIVERY_MAY_SEND, DeliveryState

FIRST_STATES: Final = frozenset({DeliveryState.PLANNED, DeliveryState.QUEUED})
OPEN: Final = frozenset({*DELIVERY_MAY_SEND, *DELIVERY_IN_HAND})
PROVEN: Final = frozenset(
    {
        DeliveryState.SENT,
        DeliveryState.DELIVERED,
        DeliveryState.BOUNCED,
        DeliveryState.UNDELIVERED,
        DeliveryState.COMPLAINED,
    }
)
UNSURE: Final = frozenset({DeliveryState.UNKNOWN, DeliveryState.ASSUMED_SENT})


class Move(NamedTuple):
    """One event row: from, to, and the claim that it belongs to."""

    came: str
    to: str
    claim_no: int


@dataclass(frozen=True)
class Row:
    """One message as the database has it at the end; `id` is its public id, which carriers get as well."""

    id: str
    state: str
    moves: tuple[Move, ...] = ()
    error: str = ""


class Accepted(NamedTuple):
    """A carrier took a message over, at this time of the epoch."""

    id: str
    at: float


@dataclass(frozen=True)
class Histories:
    """What the oracle looks at. `asked` are keys that the API acknowledged; `found` how often each is kept."""

    rows: Sequence[Row]
    accepted: Sequence[Accepted]
    window_kills: int = 0  # deaths between the `sending` mark and the record
    injected: int = 0  # no reply after the body began to leave, by the stand-in's own count
    forbidden: Mapping[str, float] = field(default_factory=dict)  # id -> from when on nothing may leave
    asked: Collection[str] = ()
    found: Mapping[str, int] = field(default_factory=dict)
    also: Collection[tuple[str, str]] = ()  # arrows that only people or a restore take, where the scenario has them


@dataclass(frozen=True)
class Verdict:
    """What each rule found, by its number. O5: how often messages became `unknown`, settled since or not."""

    lost: tuple[str, ...]  # O1, and acknowledged events that are nowhere
    ghosts: tuple[str, ...]  # O2
    doubled: tuple[str, ...]  # O3, and acknowledged events that are there twice
    false_fails: tuple[str, ...]  # O4
    unknown: int  # O5
    expected: int
    unrecorded: tuple[str, ...]  # O6
    strays: tuple[str, ...]  # O7
    illegal: tuple[str, ...]  # O8

    @property
    def ok(self) -> bool:
        found = (self.lost, self.ghosts, self.doubled, self.false_fails, self.unrecorded, self.strays, self.illegal)
        return not any(found) and self.unknown == self.expected

    def trouble(self) -> dict[str, list[str]]:
        """Rules that found something, with up to five examples each."""
        names = ("lost", "ghosts", "doubled", "false_fails", "unrecorded", "strays", "illegal")
        told = {name: list(getattr(self, name))[:5] for name in names if getattr(self, name)}
        if self.unknown != self.expected:
            told["unknown"] = [f"{self.unknown} instead of {self.expected}"]
        return told


def judge(told: Histories) -> Verdict:
    """Apply all eight rules."""
    times = Counter(each.id for each in told.accepted)
    by_id = {row.id: row for row in told.rows}
    acknowledged = {key: told.found.get(key, 0) for key in told.asked}
    return Verdict(
        lost=_ids(row for row in told.rows if row.state in OPEN) + _keys(acknowledged, lambda n: n == 0),
        ghosts=_ids(row for row in told.rows if row.state in PROVEN and not times[row.id]),
        doubled=tuple(sorted(key for key, n in times.items() if n > 1)) + _keys(acknowledged, lambda n: n > 1),
        false_fails=_ids(row for row in told.rows if row.state == DeliveryState.FAILED and times[row.id]),
        unknown=sum(move.to == DeliveryState.UNKNOWN for row in told.rows for move in row.moves),
        expected=told.window_kills + told.injected,
        unrecorded=tuple(sorted(key for key in times if not _is_recorded(by_id.get(key)))),
        strays=tuple(sorted({each.id for each in told.accepted if each.at > told.forbidden.get(each.id, each.at)})),
        illegal=_ids(row for row in told.rows if is_illegal(row.moves, row.state, told.also)),
    )


def is_illegal(moves: Sequence[Move], state: str, also: Collection[tuple[str, str]] = ()) -> bool:
    """A gap, an arrow that does not exist or comes twice within one claim, or an end that is not the row's state."""
    if not moves:
        return state not in FIRST_STATES
    gaps = any(before.to != after.came for before, after in pairwise(moves))
    strange = any(each.came not in ARROWS.get(each.to, ()) and each[:2] not in also for each in moves)
    wrong_ends = moves[0].came not in FIRST_STATES or moves[-1].to != state
    return gaps or strange or wrong_ends or len(set(moves)) != len(moves)


def line(lost: int, doubled: int, unknown: int, kills: int, injected: int) -> str:
    """The sentence that every scenario and the whole run end with."""
    return f"lost {lost} doubled {doubled} unknown {unknown} = {kills} window kills + {injected} injected"


def _is_recorded(row: Row | None) -> bool:
    return row is not None and (row.state in PROVEN or row.state in UNSURE)


def _ids(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(sorted(row.id for row in rows))


def _keys(found: Mapping[str, int], wrong: Callable[[int], bool]) -> tuple[str, ...]:
    return tuple(sorted(key for key, n in found.items() if wrong(n)))
