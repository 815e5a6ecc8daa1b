"""Writes a step down, trying again over a lost connection or a deadlock: what has left cannot be undone (R2)."""

import time
from collections.abc import Sequence
from typing import Final

from django.db import IntegrityError, InterfaceError, OperationalError, connection

from surveys.actions import deliver_step
from surveys.actions.deliver_moves import Claim
from surveys.actions.deliver_step import Done, Mark, Outcome, Record
from surveys.enums import DeliveryState

PAUSES: Final = (0.0, 0.5, 2.0, 5.0, 10.0)  # seconds before each try
NOT_LEFT: Final = Outcome(DeliveryState.QUEUED, "the database was lost before it left", wait=0.0)


def write(records: Sequence[Record], marks: Sequence[Mark], takes: Sequence[Claim], limit: float) -> tuple[Done, bool]:
    """What came through; and whether the marks were tried. Where not, none of them may leave.

    After a failure nobody knows whether they are marked: those that are go back to the queue, and count as `recorded`;
    the others are still as they were.
    """
    lost: list[Record] = []
    for number, pause in enumerate(PAUSES, start=1):
        if pause:  # even sleeping for no time gives the processor away
            time.sleep(pause)
        try:
            return deliver_step.step([*records, *lost], () if lost else marks, takes, limit=limit), not lost
        except (OperationalError, InterfaceError):
            if number == len(PAUSES):
                raise
            connection.close()
            lost = [Record(each.held, NOT_LEFT) for each in marks]
        except IntegrityError:  # the carrier gave an id that it has given before: to whom, one by one shows
            return Done(frozenset(key for each in records for key in _alone(each)), frozenset(), frozenset()), False
    raise AssertionError("unreachable")


def _alone(record: Record) -> frozenset[int]:
    try:
        return deliver_step.step([record]).recorded
    except IntegrityError:
        said = record.outcome
        bare = Outcome(said.state, "provider id given twice", provider_id="", segments=said.segments)
        return deliver_step.step([Record(record.held, bare)]).recorded
