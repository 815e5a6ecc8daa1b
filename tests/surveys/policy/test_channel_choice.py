"""Which channel, or why none."""

import pytest

from surveys.policy.channel_choice import ChannelChoice, Reachable, choose_channel
from surveys.policy.reasons import Reason

BOTH = frozenset({"email", "sms"})


def test_choose_channel_first_wanted_one_wins() -> None:
    assert choose_channel(["sms", "email"], Reachable(BOTH, BOTH)) == ChannelChoice("sms")


def test_choose_channel_customers_preference_wins_if_wanted() -> None:
    customer = Reachable(BOTH, BOTH, prefers="email")
    assert choose_channel(["sms", "email"], customer) == ChannelChoice("email")
    assert choose_channel(["sms"], customer) == ChannelChoice("sms")


def test_choose_channel_falls_to_the_next_and_says_why() -> None:
    customer = Reachable(BOTH, frozenset({"sms"}))
    expected = ChannelChoice("sms", refused=(("email", Reason.NO_CONSENT),))
    assert choose_channel(["email", "sms"], customer) == expected


@pytest.mark.parametrize(
    ("customer", "reason"),
    [
        (Reachable(frozenset(), BOTH), Reason.NO_ADDRESS),
        (Reachable(BOTH, frozenset()), Reason.NO_CONSENT),
        (Reachable(BOTH, BOTH, {"": "opt_out"}), Reason.OPTED_OUT),
        (Reachable(BOTH, BOTH, {"": "deceased"}), Reason.NEVER_ASK),
        (Reachable(BOTH, BOTH, {"email": "bounce", "sms": "opt_out"}), Reason.OPTED_OUT),
        (Reachable(BOTH, BOTH, {"email": "complaint", "": "opt_out"}), Reason.COMPLAINT),
        (Reachable(frozenset({"email"}), BOTH, {"email": "bounce"}), Reason.BOUNCED),
    ],
)
def test_choose_channel_none_gives_the_strongest_reason(customer: Reachable, reason: Reason) -> None:
    choice = choose_channel(["email", "sms"], customer)
    assert (choice.channel, choice.reason) == ("", reason)


def test_choose_channel_nothing_wanted_is_no_address() -> None:
    assert choose_channel([], Reachable(BOTH, BOTH)) == ChannelChoice("", Reason.NO_ADDRESS)
