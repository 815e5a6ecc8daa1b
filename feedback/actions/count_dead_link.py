"""Count the links that open nothing: whoever tries out links is refused for the rest of the minute (reliability D11).

Only such links are counted and refused, never one that works: people who share a network with somebody who guesses go
on answering. What keeps a guess from ever opening anything is the length of a token, not this count; it keeps guessing
from costing more than a look-up, and shows it (Counts of hours, in the admin).
"""

from datetime import datetime
from typing import Final

from feedback.actions.count_hour import count_minute

PER_ADDRESS: Final = 20  # a minute
FROM_ALL: Final = 300


def count_dead_link(address: bytes, now: datetime) -> bool:
    """Whether this one is still within the limits of its network address (hashed) and of everybody together."""
    mine = count_minute(f"dead link:{address.hex()[:32]}", now, PER_ADDRESS)
    # Those refused for their address do not use up what everybody shares.
    return mine and count_minute("dead link:all", now, FROM_ALL)
