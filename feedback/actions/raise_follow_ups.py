"""Raise a follow-up where a run needs somebody, once per run and rule; open it again when the customer comes back."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from feedback.enums import CLOSED_STATES, FollowUpState
from feedback.insights.alerts import CONTACT_HOURS, REOPEN_DAYS, Rule, alerts_due, owner_of
from feedback.models import FollowUp
from feedback.queries.alert_inputs import Watched, journeys_to_watch, owners_by_place, raised_before, watched_runs
from feedback.queries.journey_definition import journey_definition
from surveys.models import Interaction

WHOLE = ("journey", "")  # answers where no stage or wait is to blame, or nobody owns it
FIRST_CONTACT = timedelta(hours=CONTACT_HOURS)


def raise_follow_ups(now: datetime) -> dict[str, int]:
    """Judge the runs of the last weeks by the rules of method 3.13; counts of raised and reopened.

    Twice is once: what was raised before, open or closed, is not raised again, and the database holds one open
    follow-up per run and rule.
    """
    raised = 0
    for code in journeys_to_watch(now):
        definition = journey_definition(code)
        if definition is None:
            continue
        owners = owners_by_place(definition)
        for batch in watched_runs(definition, now):
            raised += _raise(batch, owners, now)
    return {"raised": raised, "reopened": reopen_follow_ups(now)}


def _raise(batch: list[Watched], owners: Mapping[tuple[str, str], int], now: datetime) -> int:
    before = raised_before([item.run for item in batch])
    rows = [
        FollowUp(
            rule=rule,
            run_id=item.run,
            department_id=owners.get(_place(item, rule), owners.get(WHOLE)),
            opened_at=now,
            due_at=now + FIRST_CONTACT,
        )
        for item in batch
        for rule in alerts_due(item.facts)
        if (item.run, rule) not in before
    ]
    # Another worker may raise the same at this moment: the constraint decides, and his row stays.
    FollowUp.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _place(item: Watched, rule: Rule) -> tuple[str, str]:
    """What it is about: the lowest stage or the wait furthest over its promise; ("journey", "") where neither."""
    owner = owner_of(item.facts, rule)
    return owner.kind, owner.place


def reopen_follow_ups(now: datetime) -> int:
    """Closed ones whose customer got in touch within 7 days of the closing are open again, due once more."""
    again = Interaction.objects.filter(
        customer_id=OuterRef("run__customer_id"),
        initiator="customer",
        started_at__gt=OuterRef("closed_at"),
        started_at__lte=OuterRef("closed_at") + timedelta(days=REOPEN_DAYS),
    )
    closed = FollowUp.objects.filter(state__in=CLOSED_STATES, closed_at__gte=now - 2 * timedelta(days=REOPEN_DAYS))
    ids = list(closed.filter(Exists(again)).values_list("pk", flat=True))
    return FollowUp.objects.filter(pk__in=ids, state__in=CLOSED_STATES).update(
        state=FollowUpState.OPEN,
        closed_at=None,
        contacted_at=None,
        opened_at=now,
        due_at=now + FIRST_CONTACT,
    )
