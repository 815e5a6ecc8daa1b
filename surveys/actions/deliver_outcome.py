"""What a send comes to: the state for each answer of a carrier, and how long to wait before the next try (R2, A5)."""

import random
from typing import Final

from surveys.actions.deliver_step import Outcome
from surveys.channels.base import PermanentFailure, Receipt, TemporaryFailure
from surveys.enums import DeliveryState

BACK_OFF: Final = (60.0, 300.0, 900.0, 3600.0, 14_400.0)  # 1, 5, 15, 60, 240 minutes
JITTER: Final = 0.2
LONGEST_WAIT: Final = 86_400.0
MAX_ATTEMPTS: Final = len(BACK_OFF) + 1


def outcome_of(receipt: Receipt | None, failure: Exception | None, attempts: int) -> Outcome:
    """What one try came to: either there is a receipt or a failure."""
    return sent(receipt) if receipt else not_sent(failure or RuntimeError("neither receipt nor failure"), attempts)


def sent(receipt: Receipt) -> Outcome:
    """The carrier took it over."""
    return Outcome(DeliveryState.SENT, provider_id=receipt.provider_id, segments=receipt.segments)


def not_sent(failure: Exception, attempts: int) -> Outcome:
    """Where the carrier's answer leads; `attempts` counts this one.

    Whatever is neither a certain refusal nor a certain failure before the body left is unknown: never sent again by
    itself.
    """
    cause = _cause(failure)
    if isinstance(failure, PermanentFailure):
        return Outcome(DeliveryState.FAILED, cause)
    if not isinstance(failure, TemporaryFailure):
        return Outcome(DeliveryState.UNKNOWN, cause)
    if attempts >= MAX_ATTEMPTS:
        return Outcome(DeliveryState.FAILED, f"given up after {attempts} tries: {cause}")
    return Outcome(DeliveryState.QUEUED, cause, wait=wait_seconds(attempts, failure.retry_after))


def wait_seconds(attempts: int, retry_after: float | None = None) -> float:
    """Seconds until the next try: as long as the carrier says, else the table with 20 % jitter."""
    if retry_after is not None:
        return min(max(retry_after, 0.0), LONGEST_WAIT)
    base = BACK_OFF[min(max(attempts, 1), len(BACK_OFF)) - 1]
    return base * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, guards nothing


def _cause(failure: Exception) -> str:
    code = getattr(failure, "code", "")
    words = getattr(failure, "detail", "") or f"{type(failure).__name__}: {failure}"
    return f"{code} {words}".strip()
