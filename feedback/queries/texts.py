"""Free texts that wait to be scored."""

from feedback.models import FreeText


def claim_unscored(limit: int) -> list[FreeText]:
    """The oldest texts without a score, locked for the caller's transaction; those in another worker's hand are not."""
    waiting = FreeText.objects.filter(scored_at__isnull=True).order_by("pk")
    return list(waiting.select_for_update(skip_locked=True).only("pk", "text", "language")[:limit])
