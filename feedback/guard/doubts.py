"""The rules of the scanner guard (reliability R9, D9): evidence in, reasons for doubt out.

Mail scanners fetch every link of a message, run scripts, and some submit every form that they meet. What they do not do
is choose something on a page. So whoever has chosen or written anything himself is never doubted; the rules below look
only at posts that say nothing but what the link in the message had chosen already.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from feedback.enums import Doubt

LEAST_ON_PAGE: Final = timedelta(seconds=2)
AFTER_MESSAGE: Final = timedelta(seconds=10)
BETWEEN_SCORES: Final = timedelta(seconds=10)
BETWEEN_ADDRESSES: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Sent:
    """What one post tells about who sent it."""

    chosen_by_link_only: bool  # it says what the link had chosen, and nothing else
    on_page: timedelta | None = None  # since the page was made; None: it does not say
    pressed: bool = True  # the name of the button came along, as it does when somebody presses it
    trap_filled: bool = False  # a field that no person sees has a value


@dataclass(frozen=True, slots=True)
class Hit:
    """One fetch of a link of the message."""

    at: datetime
    given: str = ""  # the answer in the link
    address: bytes = b""
    trap: bool = False  # the link that no person sees


def doubts(sent: Sent, hits: Iterable[Hit] = (), accepted_at: datetime | None = None) -> tuple[Doubt, ...]:
    """Why a person may not have sent this; none for whoever has chosen something on the page.

    `accepted_at` is when a mail server took the message, where that is known.
    """
    found = [Doubt.TRAP_FIELD] if sent.trap_filled else []
    if sent.chosen_by_link_only:
        found += _of_post(sent) + _of_hits(sorted(hits, key=lambda hit: hit.at), accepted_at)
    return tuple(found)


def _of_post(sent: Sent) -> list[Doubt]:
    found = [] if sent.pressed else [Doubt.NOT_PRESSED]
    if sent.on_page is not None and sent.on_page < LEAST_ON_PAGE:
        found.append(Doubt.TOO_FAST)
    return found


def _of_hits(hits: Sequence[Hit], accepted_at: datetime | None) -> list[Doubt]:
    """`hits` in the order of time."""
    found = [Doubt.TRAP_LINK] if any(hit.trap for hit in hits) else []
    if accepted_at and any(hit.at < accepted_at + AFTER_MESSAGE for hit in hits[:1]):
        found.append(Doubt.FIRST_HIT)
    scores = [hit for hit in hits if not hit.trap]
    if any(a.given != b.given and b.at - a.at <= BETWEEN_SCORES for a, b in pairwise(scores)):
        found.append(Doubt.MANY_SCORES)
    if any(a.address != b.address and b.at - a.at <= BETWEEN_ADDRESSES for a, b in pairwise(hits)):
        found.append(Doubt.MANY_ADDRESSES)
    return found
