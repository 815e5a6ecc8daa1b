"""Which metrics used for pay drive people the wrong way when nothing beside them asks whether the issue was solved."""

from collections.abc import Collection
from typing import Final

# Quicker, more, or a better mark for oneself: each can be had at the customer's cost (method C40, C96).
ONE_SIDED: Final = ("aht", "calls_per_hour", "own_score")
# What tells whether it was solved, for the customer and for good.
BALANCING: Final = ("tht", "recontact", "fcr", "experience")
PAID: Final = (*ONE_SIDED, *BALANCING, "team_score", "other")


def paid_alone(paid: Collection[str]) -> tuple[str, ...]:
    """The one-sided metrics among those used for pay, where no balancing one is; in the order of ONE_SIDED."""
    if set(paid) & set(BALANCING):
        return ()
    return tuple(metric for metric in ONE_SIDED if metric in paid)


def misaligned(wanted: Collection[str], paid: Collection[str]) -> tuple[str, ...]:
    """Speed per call that is paid or aimed at while a faster journey is wanted: shorter calls are no shorter journey.

    wanted: the measures of outcomes; a wait is written `a->b`.
    """
    faster = any(measure in ("elapsed_days", "waiting") or "->" in measure for measure in wanted)
    return tuple(metric for metric in ("aht", "calls_per_hour") if faster and metric in {*wanted, *paid})
