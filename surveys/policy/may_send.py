"""The recheck when a message is claimed: what was true when it was planned may not be true now (reliability R3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cxsurvey.lib.periods import ALWAYS, Window
from surveys.enums import INVITATION_MAY_ANSWER, DeliveryState, InvitationState
from surveys.policy.channel_choice import Reachable, obstacle_to
from surveys.policy.frequency import ALLOWED, Verdict
from surveys.policy.reasons import Reason
from surveys.policy.window import NeverOpen, next_allowed


@dataclass(frozen=True)
class Claimed:
    """A message in hand, and what is true of it now."""

    channel: str
    invitation_state: str
    expires_at: datetime
    customer: Reachable
    kind: str = ""
    window: Window = ALWAYS
    zone: str = ""
    country: str = ""
    fallback_zone: str = "UTC"
    frequency: Verdict = ALLOWED
    closing: bool = False  # says thanks: the answer is what it waits for


@dataclass(frozen=True)
class Decision:
    """Send (state sending), or the state to move to, why, and for a delay until when (state queued)."""

    state: str
    reason: Reason
    until: datetime | None = None

    @property
    def ok(self) -> bool:
        return self.state == DeliveryState.SENDING


SEND: Final = Decision(DeliveryState.SENDING, Reason.SENT)


def may_send(message: Claimed, now: datetime) -> Decision:
    """Send now, later, or never. Refusals by the customer come before limits, limits before quiet hours."""
    answered = message.closing and message.invitation_state == InvitationState.ANSWERED
    if message.invitation_state not in INVITATION_MAY_ANSWER and not answered:
        return Decision(DeliveryState.CANCELLED, Reason.WITHDRAWN)
    if now >= message.expires_at:
        return Decision(DeliveryState.EXPIRED, Reason.EXPIRED)
    obstacle = obstacle_to(message.channel, message.customer, message.kind)
    if obstacle is not None:
        return Decision(DeliveryState.SUPPRESSED, obstacle)
    return _when(message, now)


def _when(message: Claimed, now: datetime) -> Decision:
    """The first instant that limits and quiet hours allow, if the link still lives then."""
    limit = message.frequency
    free = now if limit.allowed else limit.until
    if free is None or free >= message.expires_at:
        return Decision(DeliveryState.SUPPRESSED, limit.reason or Reason.POLICY)
    try:
        at = next_allowed(free, message.zone, message.window, message.country, message.fallback_zone)
    except NeverOpen:
        at = message.expires_at
    if at >= message.expires_at:
        return Decision(DeliveryState.EXPIRED, Reason.QUIET_HOURS_OVER_LIFE)
    return SEND if at <= now else Decision(DeliveryState.QUEUED, Reason.DELAYED, at)
