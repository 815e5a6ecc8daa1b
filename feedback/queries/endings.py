"""Where runs end: how many got to each stage, and how many were given up there; counted by the database."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from feedback.models import RunScore
from surveys.enums import RunOutcome
from surveys.models import StageVisit

FEW = 200  # of so many runs it matters how many customers they are of


@dataclass(frozen=True, slots=True)
class Ending:
    """Ended runs that entered a stage, those given up with it as their last one, and customers that entered it.

    customers: the number of runs where there are so many that nobody can be pointed at.
    """

    entered: int
    given_up: int
    customers: int


def endings_of(run_ids: QuerySet[RunScore, int]) -> dict[str, Ending]:
    """By stage code, over runs that have ended, in three queries."""
    visits = StageVisit.objects.filter(run_id__in=run_ids).exclude(run__outcome=RunOutcome.OPEN).order_by()
    entered = _counts(visits.filter(visit=1), "pk")
    last = visits.filter(run__outcome=RunOutcome.ABANDONED).order_by("run_id", "-order").distinct("run_id")
    given_up = _counts(StageVisit.objects.filter(pk__in=last.values("pk")).order_by(), "pk")
    few = [code for code, n in entered.items() if n < FEW]
    people = _counts(visits.filter(stage__code__in=few), "run__customer_id")
    return {code: Ending(n, given_up.get(code, 0), people.get(code, n)) for code, n in entered.items()}


def _counts(visits: QuerySet[StageVisit], what: str) -> dict[str, int]:
    """Different `what` by stage code."""
    return dict(
        visits.values("stage__code").annotate(n=Count(what, distinct=what != "pk")).values_list("stage__code", "n")
    )
