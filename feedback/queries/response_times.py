"""How long customers waited until somebody answered, by channel, added up by the database (C43)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Case, Count, F, FloatField, Func, Q, QuerySet, Value, When

from feedback.models import RunScore
from feedback.queries.contacts import of_journey, started_in
from feedback.queries.run_table import Window
from surveys.enums import Initiator
from surveys.models import Interaction


@dataclass(frozen=True, slots=True)
class Answering:
    """The attempts of customers by one channel; minutes until answered; within: None without a target.

    n counts attempts that were answered or given up; of others it is not known.
    """

    channel: str
    n: int
    customers: int
    unanswered: int
    median: float | None
    p90: float | None
    within: int | None


class Percentile(Aggregate):
    """A percentile as numpy's default gives it: between the two nearest values."""

    function = "percentile_cont"
    template = "percentile_cont(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def answering_by_channel(
    journey_id: int, window: Window, customers: QuerySet[RunScore, int] | None, targets: Mapping[str, float]
) -> list[Answering]:
    """Attempts started in the window by channel, in one query; targets: minutes by channel, "" for all others."""
    waited = Func(
        F("answered_at"),
        F("started_at"),
        template="(extract(epoch FROM %(expressions)s) / 60.0)",
        arg_joiner=" - ",
        output_field=FloatField(),
    )
    known = Q(answered_at__isnull=False) | Q(abandoned=True)
    rows = Interaction.objects.filter(of_journey(journey_id), started_in(window), known, initiator=Initiator.CUSTOMER)
    if customers is not None:
        rows = rows.filter(customer_id__in=customers)
    found = (
        rows.annotate(minutes=waited, wanted=_wanted(targets))
        .order_by()
        .values("channel")
        .annotate(
            n=Count("pk"),
            people=Count("customer_id", distinct=True),
            answered=Count("answered_at"),
            median=Percentile("minutes", share=0.5),
            p90=Percentile("minutes", share=0.9),
            within=Count("pk", filter=Q(minutes__lte=F("wanted"))),
            targets=Count("wanted"),
        )
    )
    return [_row(row) for row in found.order_by("channel")]


def _wanted(targets: Mapping[str, float]) -> Case:
    named = [When(channel=name, then=Value(minutes)) for name, minutes in sorted(targets.items()) if name]
    rest = Value(targets.get(""), output_field=FloatField())
    return Case(*named, default=rest, output_field=FloatField())


def _row(row: Mapping[str, Any]) -> Answering:
    return Answering(
        row["channel"],
        row["n"],
        row["people"],
        row["n"] - row["answered"],
        row["median"],
        row["p90"],
        row["within"] if row["targets"] else None,
    )
