"""What a journey's people want to become better, by when, and what they changed for it."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db.models import Prefetch

from feedback.models import Improvement, Outcome, PayMetric, Target


def outcomes_of_journey(journey_id: int) -> list[Outcome]:
    """The outcomes of a journey by code, with owner, targets by due day and improvements, in three queries."""
    rows = Outcome.objects.filter(journey_id=journey_id).select_related("owner").order_by("code")
    targets = Prefetch("targets", Target.objects.order_by("due", "value", "pk"))
    return list(rows.prefetch_related(targets, "improvements__comparison"))


def improvements_of(outcomes: Sequence[Outcome]) -> list[Improvement]:
    """Their improvements, the newest change first, without a further query."""
    found = [row for outcome in outcomes for row in outcome.improvements.all()]
    return sorted(found, key=lambda row: (row.changed_on, row.outcome.code, row.name), reverse=True)


def name_of(owner: User | None) -> str | None:
    """How a person is named on screens; None where nobody owns it."""
    return (owner.get_full_name() or owner.get_username()) if owner else None


def metrics_for_pay() -> list[tuple[str, str]]:
    """What pay of front-line staff depends on, with its note; in one query."""
    return list(PayMetric.objects.order_by("metric").values_list("metric", "note"))
