"""The words of the ledger."""

import pytest

from surveys.enums import SuppressionReason
from surveys.policy.reasons import Reason, reason_of_suppression, strongest


def test_reason_codes_are_the_contract_and_fit_the_column() -> None:
    assert Reason.values == [
        *("sent", "delayed", "no_consent", "opted_out", "bounced", "complaint", "never_ask", "paused", "not_wanted"),
        *("policy", "room_for_journey", "not_sampled", "no_address", "expired", "withdrawn", "quiet_hours_over_life"),
        *("too_old", "duplicate", "e2e_only", "reopened", "no_date", "shadow", "not_in_test", "over_ramp"),
        *("not_mobile", "country_closed", "held", "budget", "in_conversation", "failed"),
    ]
    assert max(len(code) for code in Reason.values) == 21


@pytest.mark.parametrize("reason", SuppressionReason.values)
def test_reason_of_suppression_every_reason_has_a_word(reason: str) -> None:
    own = {"opt_out": Reason.OPTED_OUT, "bounce": Reason.BOUNCED, "complaint": Reason.COMPLAINT}
    assert reason_of_suppression(reason) == own.get(reason, Reason.NEVER_ASK)


def test_strongest_is_the_persons_will_before_what_we_lack() -> None:
    assert strongest([Reason.NO_ADDRESS, Reason.OPTED_OUT, Reason.BOUNCED]) == Reason.OPTED_OUT
