"""How far a rule is in force, and which decisions a rule that has come further may take again."""

from typing import Final

from surveys.enums import RuleMode
from surveys.policy.reasons import Reason

# A rule in one of these modes fills places of the clocks, and the journey's room is kept for it.
IN_FORCE: Final = (RuleMode.RAMP, RuleMode.LIVE)
# Of two rules about one occasion the one that is further in force decides.
RANK: Final = {RuleMode.LIVE: 0, RuleMode.RAMP: 1, RuleMode.TEST: 2, RuleMode.SHADOW: 3}
DELAYED: Final = "delayed"


def may_decide_again(outcome: str, mode: str, *, listed: bool = False, waited: bool = False) -> bool:
    """Whether an occasion that stands in the ledger with this outcome may be decided by a rule in this mode.

    What a trial noted never blocks the real ask, and an ask that was taken back because the customer came again may
    come again. `listed`: the customer is on the rule's test list. `waited`: it is the delayed ask's own next look.
    """
    if outcome == DELAYED:
        return waited
    if mode == RuleMode.SHADOW:
        return False
    if outcome == Reason.NOT_IN_TEST:
        return mode in IN_FORCE or listed
    return outcome in (Reason.SHADOW, Reason.REOPENED)


def trial_outcome(mode: str, *, listed: bool) -> Reason | None:
    """The outcome that a rule on trial writes whatever the policy says; None where the policy decides."""
    if mode == RuleMode.SHADOW:
        return Reason.SHADOW
    return Reason.NOT_IN_TEST if mode == RuleMode.TEST and not listed else None
