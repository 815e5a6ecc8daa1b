"""How many were asked and how many answered, from the ledger of asks."""

from collections.abc import Mapping

from django.db.models import Count, Q

from feedback.queries.run_table import Window
from surveys.models import Invitation


def asked_by_stage(journey_id: int, window: Window) -> Mapping[str, tuple[int, int]]:
    """(invited, answered) by stage code, "" for the whole journey; runs in the window, in one query."""
    rows = (
        Invitation.objects.filter(survey__journey_id=journey_id)
        .filter(runs_inside(window, "run__"))
        .values_list("survey__stage_code")
        .annotate(invited=Count("pk"), answered=Count("pk", filter=Q(state="answered")))
    )
    return {code: (invited, answered) for code, invited, answered in rows}


def runs_inside(window: Window, prefix: str) -> Q:
    """Runs by their end, open ones by their last event, as the run rows take them."""
    inside = Q()
    if window.start:
        inside &= Q(**{f"{prefix}ended_at__gte": window.start}) | Q(
            **{f"{prefix}ended_at__isnull": True, f"{prefix}last_event_at__gte": window.start}
        )
    if window.end:
        inside &= Q(**{f"{prefix}ended_at__lt": window.end}) | Q(
            **{f"{prefix}ended_at__isnull": True, f"{prefix}last_event_at__lt": window.end}
        )
    return inside
