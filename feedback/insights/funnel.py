"""Coverage: from all runs to the answered ones, from all customers to those heard, with sums that hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from feedback.insights.arrays import Bools
from feedback.insights.shares import Share, wilson

Heard = Literal["never_contacted", "never_invited", "never_answered", "answered"]
HEARD: tuple[Heard, ...] = ("never_contacted", "never_invited", "never_answered", "answered")


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One cell (segment, phase, channel ..., or all): counts of each step within the last, shares by Wilson.

    invited_share: of eligible; response, touchpoint_response: answered of delivered.
    """

    cell: str
    runs: int
    eligible: int
    invited: int
    delivered: int
    answered_touchpoint: int
    answered_end_to_end: int
    invited_share: Share
    touchpoint_response: Share
    response: Share


@dataclass(frozen=True, slots=True)
class HeardRow:
    """Customers of one cell by how far they were heard; the four counts add up to customers."""

    cell: str
    customers: int
    never_contacted: int
    never_invited: int
    never_answered: int
    answered: int
    answered_share: Share


@dataclass(frozen=True, slots=True)
class Steps:
    """For every run whether it got this far, arrays of shape (runs,). Who was delivered was invited, and so on."""

    eligible: Bools
    invited: Bools
    delivered: Bools
    answered_touchpoint: Bools
    answered_end_to_end: Bools


def funnel(steps: Steps, cells: Sequence[str]) -> tuple[FunnelRow, ...]:
    """One row per cell in sorted order; every run has one cell, so the rows add up to `funnel(steps, [""] * n)`.

    An answer proves its own delivery, invitation and eligibility, whatever the logs say.
    """
    labels = np.asarray(cells, dtype=object)
    delivered = steps.delivered | steps.answered_touchpoint | steps.answered_end_to_end
    invited = steps.invited | delivered
    whole = Steps(steps.eligible | invited, invited, delivered, steps.answered_touchpoint, steps.answered_end_to_end)
    return tuple(_row(name, whole, labels == name) for name in sorted(set(labels.tolist())))


def _row(cell: str, steps: Steps, inside: Bools) -> FunnelRow:
    eligible, invited, delivered = (
        int((flags & inside).sum()) for flags in (steps.eligible, steps.invited, steps.delivered)
    )
    touchpoint = int((steps.answered_touchpoint & inside).sum())
    end_to_end = int((steps.answered_end_to_end & inside).sum())
    return FunnelRow(
        cell,
        int(inside.sum()),
        eligible,
        invited,
        delivered,
        touchpoint,
        end_to_end,
        wilson(invited, eligible),
        wilson(touchpoint, delivered),
        wilson(end_to_end, delivered),
    )


def heard(contacted: Bools, invited: Bools, answered: Bools, cells: Sequence[str]) -> tuple[HeardRow, ...]:
    """Customers by cell: never contacted service; contacted, never invited; invited, never answered; answered (C80).

    Arrays of shape (customers,). An invited customer without contact counts by his invitation.
    """
    state = np.select([answered, invited, contacted], [3, 2, 1], default=0)
    labels = np.asarray(cells, dtype=object)
    return tuple(_heard(name, state[labels == name]) for name in sorted(set(labels.tolist())))


def _heard(cell: str, state: np.ndarray[tuple[int], np.dtype[np.int64]]) -> HeardRow:
    silent, unasked, unanswered, answered = (int((state == place).sum()) for place in range(len(HEARD)))
    n = len(state)
    return HeardRow(cell, n, silent, unasked, unanswered, answered, wilson(answered, n))


def not_invited(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Why customers were not asked (no consent, fatigue rule, sampling, no address), most frequent first."""
    known = [(reason, n) for reason, n in counts.items() if reason and n]
    return tuple(sorted(known, key=lambda item: (-item[1], item[0])))


def share_bounds(k: int, n: int, population: int) -> tuple[float, float]:
    """A share of the whole population whatever the silent would have said: [k/N, (k + N - n)/N] (method 2.12)."""
    if not 0 <= k <= n <= population or population == 0:
        raise ValueError(f"k <= n <= population is needed, got {k}, {n}, {population}")
    return k / population, (k + population - n) / population
