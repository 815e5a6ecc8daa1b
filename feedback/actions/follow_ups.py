"""What people do with follow-ups: get in touch."""

from collections.abc import Sequence
from datetime import datetime

from feedback.enums import FollowUpState
from feedback.models import FollowUp


def mark_contacted(ids: Sequence[int], now: datetime) -> int:
    """Open ones that somebody has got in touch about; how many moved."""
    return FollowUp.objects.filter(pk__in=ids, state=FollowUpState.OPEN).update(
        state=FollowUpState.CONTACTED, contacted_at=now
    )
