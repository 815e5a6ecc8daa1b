"""Through which channel: the first wanted one with an address and a consent, and without a suppression."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from surveys.policy.reasons import Reason, reason_of_suppression, strongest


@dataclass(frozen=True)
class Reachable:
    """What is known of one customer: channels with an address, with a consent, and those suppressed.

    `suppressed` maps a channel, or "" for all channels, to the suppression's reason (SuppressionReason value).
    """

    addresses: frozenset[str] = frozenset()
    consents: frozenset[str] = frozenset()
    suppressed: Mapping[str, str] = field(default_factory=dict)
    prefers: str = ""


@dataclass(frozen=True)
class ChannelChoice:
    """The channel, or "" with the reason; `refused` says for each channel tried before why not."""

    channel: str
    reason: Reason | None = None
    refused: tuple[tuple[str, Reason], ...] = ()


def choose_channel(wanted: Sequence[str], customer: Reachable) -> ChannelChoice:
    """The customer's preferred channel if the rule allows it, else the rule's order."""
    order = sorted(dict.fromkeys(wanted), key=lambda channel: channel != customer.prefers)
    refused: list[tuple[str, Reason]] = []
    for channel in order:
        obstacle = obstacle_to(channel, customer)
        if obstacle is None:
            return ChannelChoice(channel, refused=tuple(refused))
        refused.append((channel, obstacle))
    reasons = [reason for _channel, reason in refused]
    return ChannelChoice("", strongest(reasons) if reasons else Reason.NO_ADDRESS, tuple(refused))


def obstacle_to(channel: str, customer: Reachable) -> Reason | None:
    """Why the customer cannot be asked through this channel; None where nothing is in the way."""
    obstacles = [reason_of_suppression(customer.suppressed[key]) for key in ("", channel) if key in customer.suppressed]
    if obstacles:
        return strongest(obstacles)
    if channel not in customer.addresses:
        return Reason.NO_ADDRESS
    return None if channel in customer.consents else Reason.NO_CONSENT
