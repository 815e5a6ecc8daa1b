"""Slots of periodic jobs: whoever inserts the row runs the job, so two beats and a sweeper do no harm (R7)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils import timezone

from surveys.models import JobRun

KEPT: Final = timedelta(days=8)


def in_slot(job: str, every: int, work: Callable[[datetime], Mapping[str, int]]) -> dict[str, int]:
    """Do the work unless somebody has this slot already; with `every` 0 do it in any case. The work's counts."""
    now = timezone.now()
    if every and not take_slot(job, now, every):
        return {"skipped": 1}
    counts = {str(name): number for name, number in work(now).items() if number}
    if every:
        told = ", ".join(f"{name} {number}" for name, number in counts.items())
        JobRun.objects.filter(job=job, slot=slot_of(now, every)).update(result=told[:200] or "nothing to do")
    return counts


def take_slot(job: str, now: datetime, seconds: int) -> bool:
    """Whether this caller may run `job` in the slot of `seconds` that holds `now`; one caller per slot may.

    Missed slots are not made up for: the next run does all that is due.
    """
    _row, taken = JobRun.objects.get_or_create(job=job, slot=slot_of(now, seconds))
    if taken:
        JobRun.objects.filter(job=job, slot__lt=now - KEPT).delete()
    return taken


def slot_of(now: datetime, seconds: int) -> datetime:
    """The beginning of the slot that holds `now`."""
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)
