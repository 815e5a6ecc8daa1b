"""How often customers were asked before, and which runs were asked about the whole only: columns, no row by row."""

from datetime import timedelta
from typing import Any

import numpy as np
from django.db.models import Case, Count, Exists, Expression, IntegerField, OuterRef, Q, QuerySet, Value, When

from feedback.insights.arrays import Ints
from feedback.insights.calls import MICROSECOND
from feedback.models import Response, RunScore
from feedback.queries.columns import Column, key_of, micros, read_columns
from surveys.enums import INVITATION_OPEN, SurveyKind
from surveys.models import AskDecision
from surveys.policy.reasons import Reason

ASKED = ("planned", "sent")
MEMORY = timedelta(days=90) // MICROSECOND


def asks_with_history(run_ids: QuerySet[RunScore, int], runs: Ints, journey_id: int) -> dict[str, Column]:
    """Asks about these runs that had their time: customer, earlier (asks of the 90 days before, of any kind), answered.

    Each of shape (asks,), in order of these, in one query. runs: the ids that run_ids gives, in any order.
    """
    people = RunScore.objects.filter(run_id__in=run_ids).order_by().values("customer_id")
    rows = AskDecision.objects.filter(customer__in=people, outcome__in=ASKED)
    over = ~Q(invitation__state__in=INVITATION_OPEN)
    wholes: dict[str, str | Expression] = {
        "customer": key_of("customer__external_id"),
        "run": "run_id",
        "at": micros("decided_at"),
        "own": _flag(Q(survey__journey_id=journey_id, run__isnull=False) & over),
        "answered": _flag(Q(invitation__answered_at__isnull=False) | Exists(_responses())),
    }
    found = read_columns(rows, wholes, {})
    customer = np.unique(found.pop("customer"), return_inverse=True)[1]
    earlier = _earlier(customer, found["at"])
    own = (found["own"] > 0) & np.isin(found["run"], runs)
    asks = {"customer": customer[own], "earlier": earlier[own].astype(np.float64), "answered": found["answered"][own]}
    order = np.lexsort((asks["answered"], asks["earlier"], asks["customer"]))
    return {name: column[order] for name, column in asks.items()}


def _earlier(customer: Ints, at: Ints) -> Ints:
    """How many asks of the same customer were decided in the 90 days before each; customer: small numbers from 0."""
    if not len(at):
        return at
    since = at - at.min()
    whole = int(since.max()) + MEMORY + 1  # so that the 90 days before never reach the customer before
    moments = customer * whole + since
    ordered = np.sort(moments)
    found: Ints = np.searchsorted(ordered, moments) - np.searchsorted(ordered, moments - np.minimum(since, MEMORY))
    return found


def _responses() -> QuerySet[Response]:
    """Answers to an imported ask: the survey's about the same run, and the same contact where it names one."""
    same = Q(interaction=OuterRef("interaction")) | Q(interaction__isnull=True)
    return Response.objects.filter(same, run=OuterRef("run"), survey=OuterRef("survey"))


def _flag(condition: Any) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def touchpoint_asks(run_ids: QuerySet[RunScore, int], journey_id: int) -> dict[str, Column]:
    """For each run with a touchpoint ask due: run, sent, held_out (end-to-end only, by run), not_sampled, other.

    Each of shape (runs,), in no order, in one query.
    """
    counts = {
        "due": Count("pk"),
        "sent": Count("pk", filter=Q(outcome__in=ASKED)),
        "held_out": Count("pk", filter=Q(outcome=Reason.E2E_ONLY)),
        "not_sampled": Count("pk", filter=Q(outcome=Reason.NOT_SAMPLED)),
    }
    rows = AskDecision.objects.filter(
        survey__journey_id=journey_id, survey__kind=SurveyKind.TOUCHPOINT, run_id__in=run_ids
    )
    found = read_columns(
        rows.order_by().values("run_id").annotate(**counts), {"run": "run_id"} | {n: n for n in counts}, {}
    )
    return found | {"other": found["due"] - found["sent"] - found["held_out"] - found["not_sampled"]}
