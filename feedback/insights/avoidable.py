"""Contacts that would not have been needed: customers coming back about what an earlier contact left open (C72)."""

from dataclasses import dataclass

import numpy as np

from feedback.insights.arrays import Bools
from feedback.insights.calls import Issues, Names
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


def avoidable_contacts(found: Issues, by_customer: Bools, handled: Bools) -> tuple[Avoidable, ...]:
    """Reasons by how many contacts came back about them, most first; flags: shape (contacts,), in the issues' order.

    A contact that opens an issue may have been needed; one that follows within the window shows that the one before
    did not settle it. Contacts that the company began are no demand and are left out.
    """
    reasons = found.calls.reason
    rows = [_reason(found, code, name, by_customer, handled) for code, name in enumerate(reasons.names)]
    return tuple(sorted((row for row in rows if row.again.n), key=lambda row: (-row.again.k, row.reason)))


def all_avoidable(found: Issues, by_customer: Bools, handled: Bools) -> Avoidable:
    """The same over all reasons."""
    one = Names(("",), np.zeros(len(found.calls), np.int32))
    return _reason(found, 0, "", by_customer, handled, one)


def _reason(
    found: Issues, code: int, name: str, by_customer: Bools, handled: Bools, names: Names | None = None
) -> Avoidable:
    calls = found.calls
    inside = by_customer & ((names or calls.reason).codes == code)
    again = np.ones(len(calls), dtype=bool)
    again[found.first] = False
    minutes = float(calls.seconds[inside & again & handled].sum()) / 60 if bool((inside & handled).any()) else None
    share = share_of(again[inside].astype(np.float64), calls.customer[inside])
    return Avoidable(name, share, minutes, len(np.unique(calls.customer[inside])))
