"""Asks that count from a date (of the customer, his run or contact) follow it when it changes, until they have left."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from surveys.actions.decide import decide
from surveys.actions.decide_candidates import due_rule, facts_of, of_delayed
from surveys.actions.withdraw import cancel_open
from surveys.models import AskDecision, Rule
from surveys.policy.due import moment_of
from surveys.policy.modes import DELAYED
from surveys.policy.reasons import Reason
from surveys.queries.history import asks_by_date, lock_customers

CHANGED: Final = "its date has changed"


@transaction.atomic
def follow_dates(customers: Collection[int], runs: Collection[int], now: datetime) -> int:
    """Decide anew on the unsent asks of these customers or runs whose date is another one now; how many.

    An ask whose date has gone is withdrawn (no_date), one whose date lies too far back for its rule is too_old, any
    other one is planned for the new date, under all rules and limits. What has left or is leaving stays as it is.
    """
    if not (customers or runs) or not Rule.objects.exclude(delay_after="").exists():
        return 0
    lock_customers(set(asks_by_date(customers, runs).values_list("customer_id", flat=True)))
    rows = asks_by_date(customers, runs).select_related("rule__survey", "customer", "run", "stage", "interaction")
    moved = {row: at for row in rows if (at := _due_at(row)) != (None if row.outcome == Reason.NO_DATE else row.due_at)}
    if not moved:
        return 0
    cancel_open([row.invitation_id for row in moved if row.invitation_id], CHANGED)
    for row, at in moved.items():
        _note(row, at, now)
    decide([found for row in moved if row.outcome == DELAYED and (found := of_delayed(row))], now)
    return len(moved)


def _due_at(ask: AskDecision) -> datetime | None:
    """When the ask is due by the date as it is known now."""
    rule, contact = due_rule(ask.rule), ask.interaction  # type: ignore[arg-type]  # the query asks for one with a rule
    facts = facts_of(ask.customer, ask.run)
    facts |= {f"attr.{name}": value for name, value in contact.attributes.items()} if contact else {}
    begin = moment_of(facts.get(f"attr.{rule.delay_after}"), ask.customer.time_zone, settings.TIME_ZONE)
    return begin + rule.delay if begin else None


def _note(ask: AskDecision, at: datetime | None, now: datetime) -> None:
    """Into the ledger, so that it is decided once more, or what has become of it."""
    ask.retry_at = None
    if at is None:
        ask.outcome = Reason.NO_DATE
    elif ask.rule and now - at > ask.rule.max_age:
        ask.outcome, ask.due_at = Reason.TOO_OLD, at
    else:
        ask.outcome, ask.due_at, ask.retry_at = DELAYED, at, now
    ask.detail = CHANGED
    ask.save(update_fields=["outcome", "due_at", "retry_at", "detail"])
