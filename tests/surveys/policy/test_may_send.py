"""The recheck at the claim."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cxsurvey.lib.periods import parse_window
from surveys.policy.channel_choice import Reachable
from surveys.policy.frequency import Verdict
from surveys.policy.may_send import SEND, Claimed, Decision, may_send
from surveys.policy.reasons import Reason

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
READY = Claimed("email", "live", NOW + 336 * HOUR, Reachable(frozenset({"email"}), frozenset({"email"})))


def test_may_send_nothing_in_the_way_is_ok() -> None:
    assert may_send(READY, NOW) == SEND
    assert (SEND.ok, SEND.state) == (True, "sending")
    assert may_send(replace(READY, invitation_state="planned"), NOW).ok is True


WAIT = Verdict(allowed=False, reason=Reason.POLICY, until=NOW + 4 * HOUR)


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        ({"invitation_state": "answered"}, Decision("cancelled", Reason.WITHDRAWN)),
        ({"invitation_state": "withdrawn"}, Decision("cancelled", Reason.WITHDRAWN)),
        ({"expires_at": NOW}, Decision("expired", Reason.EXPIRED)),
        ({"customer": Reachable()}, Decision("suppressed", Reason.NO_ADDRESS)),
        ({"customer": Reachable(frozenset({"email"}))}, Decision("suppressed", Reason.NO_CONSENT)),
        ({"customer": replace(READY.customer, suppressed={"": "opt_out"})}, Decision("suppressed", Reason.OPTED_OUT)),
        ({"customer": replace(READY.customer, suppressed={"sms": "opt_out"})}, SEND),
        ({"customer": replace(READY.customer, suppressed={"email": "bounce"})}, Decision("suppressed", Reason.BOUNCED)),
        ({"window": parse_window("13:00-14:00")}, Decision("queued", Reason.DELAYED, NOW + HOUR)),
        (
            {"window": parse_window("13:00-14:00"), "zone": "Europe/Berlin"},
            Decision("queued", Reason.DELAYED, NOW + 23 * HOUR),
        ),
        (
            {"window": parse_window("11:00-12:00"), "expires_at": NOW + 23 * HOUR},
            Decision("expired", Reason.QUIET_HOURS_OVER_LIFE),
        ),
        (
            {"frequency": WAIT},
            Decision("queued", Reason.DELAYED, NOW + 4 * HOUR),
        ),
        (
            {"frequency": WAIT, "window": parse_window("09:00-15:00")},
            Decision("queued", Reason.DELAYED, NOW + 21 * HOUR),
        ),
        (
            {"frequency": WAIT, "expires_at": NOW + 4 * HOUR},
            Decision("suppressed", Reason.POLICY),
        ),
        ({"frequency": Verdict(allowed=False, reason=Reason.POLICY)}, Decision("suppressed", Reason.POLICY)),
    ],
)
def test_may_send_decides_state_reason_and_time(changes: dict[str, object], decision: Decision) -> None:
    assert may_send(replace(READY, **changes), NOW) == decision  # type: ignore[arg-type]


def test_may_send_opt_out_counts_before_limits_and_hours() -> None:
    message = replace(
        READY,
        customer=replace(READY.customer, suppressed={"email": "opt_out"}),
        frequency=WAIT,
        window=parse_window("13:00-14:00"),
    )
    assert may_send(message, NOW) == Decision("suppressed", Reason.OPTED_OUT)
