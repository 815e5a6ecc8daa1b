"""What the contacts of one run add up to: waits, steps, repeats, switches, handling (contract 3, one definition)."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

REPEAT_WITHIN = timedelta(days=7)
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Contact:
    """One interaction of a run; give them ordered by start, then reference."""

    stage: str
    reason: str
    channel: str
    started: datetime
    ended: datetime | None
    handle_seconds: float | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One passage through a stage, in the order of the path; owner: department, None where nobody owns the stage."""

    stage: str
    owner: int | None
    entered: datetime
    left: datetime
    bad_time: bool = False


@dataclass(frozen=True, slots=True)
class RunFacts:
    """waits: days by "a->b", summed where a transition was passed twice; bad_times: impossible ones, left out."""

    waits: dict[str, float]
    bad_times: int
    contacts: int
    steps: int
    switches: int
    repeats: int
    departments: int
    handled_seconds: float | None


def run_facts(contacts: Sequence[Contact], visits: Sequence[Visit]) -> RunFacts:
    """Everything derived from one run's contacts and passages.

    Steps are contacts that repeat nothing. A repeat has the stage and (not blank) reason of an earlier contact that
    ended at most 7 days before it started. handled_seconds is None where no contact told its handle time.
    """
    repeats = sum(_is_repeat(contact, contacts[:i]) for i, contact in enumerate(contacts))
    waits, bad_times = _waits(visits)
    channels = [contact.channel for contact in contacts if contact.channel]
    handled = [contact.handle_seconds for contact in contacts if contact.handle_seconds is not None]
    return RunFacts(
        waits=waits,
        bad_times=bad_times,
        contacts=len(contacts),
        steps=len(contacts) - repeats,
        switches=sum(a != b for a, b in itertools.pairwise(channels)),
        repeats=repeats,
        departments=len({visit.owner for visit in visits if visit.owner is not None}),
        handled_seconds=sum(handled) if handled else None,
    )


def _is_repeat(contact: Contact, earlier: Sequence[Contact]) -> bool:
    if not contact.reason:
        return False
    return any(
        before.stage == contact.stage
        and before.reason == contact.reason
        and before.ended is not None
        and timedelta(0) <= contact.started - before.ended <= REPEAT_WITHIN
        for before in earlier
    )


def _waits(visits: Sequence[Visit]) -> tuple[dict[str, float], int]:
    """Days between leaving one stage and entering the next; negative or flagged ones are counted, not summed."""
    waits: dict[str, float] = {}
    bad = 0
    for a, b in itertools.pairwise(visits):
        days = (b.entered - a.left).total_seconds() / DAY_SECONDS
        if days < 0 or a.bad_time or b.bad_time:
            bad += 1
            continue
        key = f"{a.stage}->{b.stage}"
        waits[key] = waits.get(key, 0.0) + days
    return waits, bad
