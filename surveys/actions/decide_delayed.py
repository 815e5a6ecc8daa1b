"""Looks again at asks that were delayed: asked now, delayed further within their life, or dropped with the reason."""

from collections import Counter
from datetime import datetime
from typing import Final

from surveys.actions.decide import CHUNK, decide
from surveys.actions.decide_candidates import of_delayed
from surveys.models import AskDecision
from surveys.policy.modes import DELAYED
from surveys.policy.reasons import Reason
from surveys.queries.history import delayed_asks, without_rule

MOST: Final = 100  # portions a run; what is left is looked at by the next one


def decide_delayed(now: datetime) -> Counter[str]:
    """Decide once more on the delayed asks whose time has come; how many of each outcome.

    Each has its next look ahead of it afterwards, or its end, so that no ask is looked at twice in one run.
    """
    counts: Counter[str] = Counter()
    if gone := drop_without_rule():
        counts[Reason.WITHDRAWN] += gone
    for _ in range(MOST):
        rows = delayed_asks(now, CHUNK)
        if not rows:
            break
        counts += decide([each for each in map(of_delayed, rows) if each], now)
    return counts


def drop_without_rule() -> int:
    """End the delayed asks whose rule or survey is no longer in force; how many."""
    detail = "its rule or survey is no longer in force"
    return AskDecision.objects.filter(without_rule(), outcome=DELAYED).update(
        outcome=Reason.WITHDRAWN, retry_at=None, detail=detail
    )
