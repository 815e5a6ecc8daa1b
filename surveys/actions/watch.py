"""Holds a channel by itself when too many addresses bounce or people complain (reliability G8)."""

import logging
from datetime import datetime
from typing import Final

from surveys.actions.alerts import tell_complaints
from surveys.actions.dispatch import hold
from surveys.enums import HoldCause
from surveys.queries.dispatch import troubles

log = logging.getLogger(__name__)

ENOUGH: Final = 200  # messages tried before a rate says anything
MANY_BOUNCES: Final = 0.05
COMPLAINTS_ALARM: Final = 0.001
MANY_COMPLAINTS: Final = 0.003  # what the large mailbox providers bear


def watch(channel: str, now: datetime) -> bool:
    """Look at the channel's bounces and complaints of the last day; whether it is held because of them now."""
    seen = troubles(channel, now)
    if seen.tried < ENOUGH:
        return False
    bounced, complained = seen.share(seen.bounced), seen.share(seen.complained)
    if bounced >= MANY_BOUNCES:
        words = f"{seen.bounced} of {seen.tried} messages bounced ({bounced:.1%}): clean the list, then resume"
        return hold(channel, HoldCause.BOUNCES, words, "", now)
    if complained >= MANY_COMPLAINTS:
        words = f"{seen.complained} of {seen.tried} messages were called spam ({complained:.1%})"
        return hold(channel, HoldCause.COMPLAINTS, words, "", now)
    if complained >= COMPLAINTS_ALARM:
        log.error("Complaints about %s: %d of %d messages (%.2f %%).", channel, seen.complained, seen.tried,
                  100 * complained)  # fmt: skip
        tell_complaints(channel, seen.complained, seen.tried, now)
    return False
