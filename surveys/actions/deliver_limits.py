"""The recheck of limits at the send: messages that left later than planned may stand in the way of this one (R3).

Without a lock: a claim is committed before this looks, so of two workers with messages to one customer at least one
sees the other's in hand. It waits for a moment, rather than to count on either fate of the other one.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from surveys.enums import DeliveryPurpose
from surveys.models import Delivery
from surveys.policy.frequency import ALLOWED, DEFAULTS, Asked, Limits, Verdict, check, check_reminder
from surveys.queries.due import asks_that_left, contact_policies

# So much later than planned is as planned: the places were given out by the plan.
ON_TIME: Final = timedelta(hours=1)
WAIT_SECONDS: Final = (20.0, 90.0)  # for another worker's message: at random, so that two do not go on meeting
HELD_TO_LIMITS: Final = (DeliveryPurpose.FIRST, DeliveryPurpose.REMINDER)


def limits_now(deliveries: Sequence[Delivery], now: datetime) -> dict[int, Verdict]:
    """Whether the limits allow these messages now, by delivery id; a message that may leave counts for those after it.

    Only asks that stand in the ledger are held to limits: nothing is known of how others were decided.
    """
    limits = _limits(deliveries)
    longest = max((each.longest_period() for each in limits.values()), default=timedelta())
    if not longest:
        return {}
    customers = {each.invitation.customer_id for each in deliveries}
    history: dict[int, list[Asked]] = defaultdict(list)
    leaving: dict[int, list[Asked]] = defaultdict(list)
    known: set[int] = set()
    for row in asks_that_left(customers, {each.pk for each in deliveries}, now - longest - ON_TIME):
        if row.sent_at:
            history[row.customer].append(Asked(row.kind, moment(row.planned_at, row.sent_at), row.reminder))
        elif row.in_hand:
            leaving[row.customer].append(Asked(row.kind, moment(row.planned_at, now), row.reminder))
        known.add(row.invitation)
    verdicts: dict[int, Verdict] = {}
    for each in deliveries:
        if each.invitation_id in known and each.purpose in HELD_TO_LIMITS:
            customer, own = each.invitation.customer_id, limits[each.invitation.survey.journey_id]
            verdict = _verdict(each, history[customer], own, now)
            if verdict.allowed and leaving[customer]:
                verdict = _beside(_verdict(each, history[customer] + leaving[customer], own, now), now)
            if verdict.allowed:
                history[customer].append(_asked(each, now))
            verdicts[each.pk] = verdict
    return verdicts


def _beside(verdict: Verdict, now: datetime) -> Verdict:
    """Where only what another worker has in hand is in the way: look again in a moment."""
    if verdict.allowed:
        return verdict
    wait = random.uniform(*WAIT_SECONDS)  # noqa: S311 - parts two workers, guards nothing
    return replace(verdict, until=now + timedelta(seconds=wait))


def moment(planned: datetime, left: datetime) -> datetime:
    """When a message counts: as planned, unless it left much later."""
    return left if left - planned > ON_TIME else planned


def _verdict(delivery: Delivery, others: Sequence[Asked], limits: Limits, now: datetime) -> Verdict:
    asked = _asked(delivery, now)
    if not asked.reminder:
        return check(asked.kind, asked.at, others, limits)
    planned = delivery.invitation.due_at
    own = next((each for each in others if each.kind == asked.kind and each.at >= planned), None)
    return check_reminder(asked.kind, asked.at, others, own, limits) if own else ALLOWED


def _asked(delivery: Delivery, now: datetime) -> Asked:
    reminder = delivery.purpose == DeliveryPurpose.REMINDER
    planned = delivery.next_at if reminder else delivery.invitation.due_at
    return Asked(delivery.invitation.survey.kind, moment(planned, now), reminder)


def _limits(deliveries: Sequence[Delivery]) -> dict[int | None, Limits]:
    """The limits in force for the journeys of these messages."""
    journeys = {each.invitation.survey.journey_id for each in deliveries}
    policies = {code: Limits.from_document(document) for code, document in contact_policies(journeys).items()}
    return {journey: policies.get(journey, policies.get(None, DEFAULTS)) for journey in journeys}
