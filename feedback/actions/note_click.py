"""Note that a link of a message was fetched. It is no answer; it only helps to tell people from mail scanners."""

from datetime import datetime
from typing import Final

from feedback.models import Click
from surveys.models import Invitation

MOST: Final = 40  # of one invitation and kind; a scanner that goes on tells nothing new


def note_click(
    invitation: Invitation, kind: str, given: str, *, method: str, address: bytes, agent: str, now: datetime
) -> None:
    """Keep the fetch of an answer's link (ClickKind.SCORE) or of the link that no person sees (TRAP)."""
    if Click.objects.filter(invitation=invitation, kind=kind).count() >= MOST:
        return
    Click.objects.create(
        invitation=invitation,
        kind=kind,
        given=given[:130],
        method=method[:8],
        address_hash=address,
        agent=agent,
        at=now,
    )
