"""Contacts that would not have been needed: customers coming back about what an earlier contact left open (C72)."""

from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Bools
from feedback.insights.calls import Codes, Issues
from feedback.insights.shares import Share, share_of


@dataclass(frozen=True, slots=True)
class Avoidable:
    """Contacts of one reason that customers began: how many continued an issue (k of n, by customer), their minutes.

    minutes: handled, None where no contact of the reason has a handle time.
    """

    reason: str
    again: Share
    minutes: float | None
    customers: int


def avoidable_contacts(found: Issues, by_customer: Bools, handled: Bools, stage: Codes) -> tuple[Avoidable, ...]:
    """Reasons by how many contacts came back about them, most first; flags and stage codes in the issues' order.

    A contact that opens an issue may have been needed, and one at another stage than the one before is a step of the
    journey; one that follows at the same stage shows that the one before did not settle it. Contacts that the company
    began are no demand and are left out.
    """
    again, reasons = _came_back(found, stage), found.calls.reason
    rows = [
        _counted(found, name, by_customer & (reasons.codes == code), again, handled)
        for code, name in enumerate(reasons.names)
    ]
    return tuple(sorted((row for row in rows if row.again.n), key=lambda row: (-row.again.k, row.reason)))


def all_avoidable(found: Issues, by_customer: Bools, handled: Bools, stage: Codes) -> Avoidable:
    """The same over all reasons."""
    return _counted(found, "", by_customer, _came_back(found, stage), handled)


def _came_back(found: Issues, stage: Codes) -> Bools:
    """Contacts that continue an issue at the stage of the contact before."""
    again = np.ones(len(found.calls), dtype=bool)
    again[1:] = stage[1:] == stage[:-1]
    again[found.first] = False
    return again


def _counted(found: Issues, reason: str, inside: Bools, again: Bools, handled: Bools) -> Avoidable:
    calls = found.calls
    minutes = float(calls.seconds[inside & again & handled].sum()) / 60 if bool((inside & handled).any()) else None
    share = share_of(again[inside].astype(np.float64), calls.customer[inside])
    return Avoidable(reason, share, minutes, len(np.unique(calls.customer[inside])))
