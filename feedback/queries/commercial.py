"""What customers did afterwards, as rows beside the runs that they follow."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from feedback.models import CommercialRecord, RunScore


@dataclass(frozen=True, slots=True)
class Record:
    """One customer's behaviour in one period; run: the one that it follows, None where the file names none."""

    customer: int
    run: int | None
    start: date
    end: date
    retained: bool | None
    spend: float | None
    margin: float | None
    referrals: int | None


def records_of(journey_id: int) -> list[Record]:
    """Records of the customers of a journey, those of other journeys' runs left out, in order of time; one query."""
    people = RunScore.objects.filter(journey_id=journey_id).values("customer_id")
    rows = (
        CommercialRecord.objects.filter(customer_id__in=people)
        .filter(Q(run__isnull=True) | Q(run__journey_id=journey_id))
        .order_by("customer_id", "period_start", "pk")
        .values_list("customer_id", "run_id", "period_start", "period_end", "retained", "spend", "margin", "referrals")
    )
    return [Record(*row) for row in rows]
