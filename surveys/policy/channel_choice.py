"""Through which channel: the first wanted one with an address and a consent, and without a suppression."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from surveys.policy.reasons import Reason, reason_of_suppression, strongest


@dataclass(frozen=True)
class Reachable:
    """What is known of one customer: channels with an address, with a consent, and those suppressed.

    `suppressed` maps a channel, or "" for all channels, to the suppression's reason (SuppressionReason value).
    `never_ask` is the reason of a flag on the person, `refuses` holds what was refused as channel:kind.
    """

    addresses: frozenset[str] = frozenset()
    consents: frozenset[str] = frozenset()
    suppressed: Mapping[str, str] = field(default_factory=dict)
    prefers: str = ""
    never_ask: str = ""
    paused: bool = False
    refuses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ChannelChoice:
    """The channel, or "" with the reason; `refused` says for each channel tried before why not."""

    channel: str
    reason: Reason | None = None
    refused: tuple[tuple[str, Reason], ...] = ()


def choose_channel(wanted: Sequence[str], customer: Reachable, kind: str = "") -> ChannelChoice:
    """The customer's preferred channel if the rule allows it, else the rule's order; `kind` is the survey's."""
    order = sorted(dict.fromkeys(wanted), key=lambda channel: channel != customer.prefers)
    refused: list[tuple[str, Reason]] = []
    for channel in order:
        obstacle = obstacle_to(channel, customer, kind)
        if obstacle is None:
            return ChannelChoice(channel, refused=tuple(refused))
        refused.append((channel, obstacle))
    reasons = [reason for _channel, reason in refused]
    return ChannelChoice("", strongest(reasons) if reasons else Reason.NO_ADDRESS, tuple(refused))


def obstacle_to(channel: str, customer: Reachable, kind: str = "") -> Reason | None:
    """Why the customer cannot be asked through this channel; None where nothing is in the way."""
    if customer.never_ask:
        return Reason.NEVER_ASK
    obstacles = [reason_of_suppression(customer.suppressed[key]) for key in ("", channel) if key in customer.suppressed]
    if obstacles:
        return strongest(obstacles)
    if channel not in customer.addresses:
        return Reason.NO_ADDRESS
    if channel not in customer.consents:
        return Reason.NO_CONSENT
    if customer.paused:
        return Reason.PAUSED
    return Reason.NOT_WANTED if f"{channel}:{kind}" in customer.refuses else None
