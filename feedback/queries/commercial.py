"""What customers did afterwards, as columns beside the runs that they follow."""

from dataclasses import dataclass

import numpy as np
from django.db.models import F, Func, IntegerField, Q
from django.db.models.functions import Cast

from feedback.insights.arrays import Floats, Ints
from feedback.models import CommercialRecord, RunScore
from feedback.queries.columns import key_of, read_columns


@dataclass(frozen=True, slots=True)
class Records:
    """What customers did in one period each, columns of shape (n,), in order of customer, time and run.

    customer: its key; run: the id of the one that it follows, 0 where the file names none; start, end: days since 1970;
    retained: 1 or 0; NaN where a number is not known.
    """

    customer: Ints
    run: Ints
    start: Floats
    end: Floats
    retained: Floats
    spend: Floats
    margin: Floats
    referrals: Floats

    def __len__(self) -> int:
        return len(self.customer)


def records_of(journey_id: int) -> Records:
    """Records of the customers of a journey, those of other journeys' runs left out; one query."""
    people = RunScore.objects.filter(journey_id=journey_id).values("customer_id")
    rows = CommercialRecord.objects.filter(customer_id__in=people)
    found = read_columns(
        rows.filter(Q(run__isnull=True) | Q(run__journey_id=journey_id)),
        {"customer": key_of("customer__external_id"), "run": "run_id", "key": key_of("run__external_id")},
        {
            "start": _days("period_start"),
            "end": _days("period_end"),
            "retained": Cast("retained", IntegerField()),
            "spend": "spend",
            "margin": "margin",
            "referrals": "referrals",
        },
    )
    order = np.lexsort((found.pop("key"), found["end"], found["start"], found["customer"]))
    return Records(**{name: column[order] for name, column in found.items()})


def _days(name: str) -> Func:
    """A date as days since 1970."""
    return Func(F(name), template="(%(expressions)s - date '1970-01-01')", output_field=IntegerField())
