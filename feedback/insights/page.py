"""A page as a whole: which findings stand when all families are read together, month after month."""

from collections.abc import Sequence
from dataclasses import dataclass

from feedback.insights.comparison import FINDING_Q
from feedback.insights.multiple import benjamini_hochberg

# A page is judged when a month closes: so often a year it may cry wolf.
LOOKS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class PageTest:
    """One test of any family: its p (the larger one where two must hold), and whether its effect passes the gate."""

    family: str
    name: str
    p: float | None
    gate: bool


def standing(tests: Sequence[PageTest], looks: int = LOOKS_A_YEAR) -> tuple[PageTest, ...]:
    """The tests that stand on the page: q over all of its tests < .05 / looks, and the gate passed (method 4.4).

    Benjamini-Hochberg over every family at once keeps one look at 5 % when nothing is there; dividing by the looks
    keeps the year there, however the looks go together. `finding` of a single result (its own family at .05) is the
    weaker claim, for who looks once. A permutation test can only stand with B >= 5 m looks / .05 (`permutations_for`).
    """
    q_values = benjamini_hochberg([test.p for test in tests])
    bound = FINDING_Q / max(1, looks)
    return tuple(t for t, q in zip(tests, q_values, strict=True) if q is not None and q < bound and t.gate)


def permutations_for(tests: int, looks: int = LOOKS_A_YEAR) -> int:
    """B that lets one permutation test among so many stand on the page: 5 m / q (method 2.15)."""
    return int(5 * max(1, tests) * max(1, looks) / FINDING_Q) - 1
