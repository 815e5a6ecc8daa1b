"""Follow-ups of a journey: what is open, what is late, and how closing the loop goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback.models import FollowUp
from feedback.queries.columns import key_of


@dataclass(frozen=True, slots=True)
class Case:
    """One follow-up with the run that it is about (its id) and the customer (his key)."""

    rule: str
    state: str
    run: int
    customer: int
    opened_at: datetime
    due_at: datetime | None
    contacted_at: datetime | None
    closed_at: datetime | None
    root_cause: str


def cases_of(journey_id: int, end: datetime | None = None) -> list[Case]:
    """Every follow-up of a journey opened before `end`, in order of time, in one query."""
    found = FollowUp.objects.filter(run__journey_id=journey_id)
    if end:
        found = found.filter(opened_at__lt=end)
    rows: Sequence[tuple[str, str, int, int, datetime, datetime | None, datetime | None, datetime | None, str]]
    rows = found.order_by("opened_at", "run__external_id", "rule", "closed_at", "pk").values_list(
        "rule",
        "state",
        "run_id",
        key_of("run__customer__external_id"),
        "opened_at",
        "due_at",
        "contacted_at",
        "closed_at",
        "root_cause",
    )  # type: ignore[assignment]
    return [Case(*row) for row in rows]
