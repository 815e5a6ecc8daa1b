"""A year of asking, played through with the real rules of frequency: who is asked what under which policy.

Pure and quick: customers are independent of each other, so each is played alone, event by event.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from surveys.enums import SurveyKind
from surveys.policy.frequency import Asked, Limits, check, look_again
from surveys.policy.reasons import Reason
from surveys.policy.sampling import end_to_end_only

TOUCHPOINT: Final = SurveyKind.TOUCHPOINT
END_TO_END: Final = SurveyKind.END_TO_END
LIVES: Final = {TOUCHPOINT: timedelta(days=14), END_TO_END: timedelta(days=28)}
DELAYS: Final = {TOUCHPOINT: timedelta(hours=24), END_TO_END: timedelta(hours=12)}
OPEN_FOR: Final = timedelta(days=3)  # so long after its end a run's own survey may still come


@dataclass(frozen=True)
class Run:
    """One customer going once through a journey: its contacts and its end."""

    name: str
    contacts: tuple[datetime, ...]
    end: datetime


@dataclass(frozen=True)
class Policy:
    """Limits, and whether a blocked ask waits within its life, or is dropped at once as most tools do."""

    limits: Limits
    waits: bool = True


@dataclass
class Life:
    """What became of one customer's asks."""

    asked: list[Asked] = field(default_factory=list)
    about: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    outcomes: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def pairs(self) -> int:
        """Runs of which a stage and the whole were asked about."""
        return sum(kinds >= {TOUCHPOINT, END_TO_END} for kinds in self.about.values())


@dataclass(order=True)
class _Due:
    at: datetime
    rank: int  # at the same moment the journey's own survey goes first
    order: int
    kind: str = field(compare=False)
    run: Run = field(compare=False)
    due: datetime = field(compare=False)


def live_through(runs: Sequence[Run], policy: Policy) -> Life:
    """Decide on all asks of one customer in the order of time, delayed ones again."""
    life, decided = Life(), set[str]()
    waiting = list(_due(runs, policy.limits.e2e_only))
    heapq.heapify(waiting)
    number = len(waiting)
    while waiting:
        each = heapq.heappop(waiting)
        room = _room_wanted(each, decided)
        verdict = check(each.kind, each.at, life.asked, policy.limits, room_wanted=room)
        gives_up = each.due + LIVES[SurveyKind(each.kind)]
        again = look_again(verdict, each.at, gives_up) if policy.waits and not verdict.allowed else None
        if again:
            number += 1
            heapq.heappush(waiting, _Due(again, each.rank, number, each.kind, each.run, each.due))
            continue
        if verdict.allowed:
            life.asked.append(Asked(each.kind, each.at))
            life.about[each.run.name].add(each.kind)
        if each.kind == END_TO_END:
            decided.add(each.run.name)
        life.outcomes[Reason.SENT if verdict.allowed else verdict.reason or Reason.POLICY] += 1
    return life


def _due(runs: Sequence[Run], e2e_only: float) -> Iterator[_Due]:
    """Every ask that the runs make due; of the random share that is held out, only that about the whole."""
    number = 0
    for run in runs:
        for at in () if end_to_end_only(run.name, e2e_only) else run.contacts:
            yield _Due(at + DELAYS[TOUCHPOINT], 1, number, TOUCHPOINT, run, at + DELAYS[TOUCHPOINT])
            number += 1
        yield _Due(run.end + DELAYS[END_TO_END], 0, number, END_TO_END, run, run.end + DELAYS[END_TO_END])
        number += 1


def _room_wanted(each: _Due, decided: set[str]) -> bool:
    """Whether the run's own survey is still to come, as far as is known at that moment."""
    return each.run.name not in decided and each.at <= each.run.end + OPEN_FOR
