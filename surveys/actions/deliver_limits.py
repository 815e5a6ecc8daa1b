"""The recheck of limits at the send: messages that left later than planned may stand in the way of this one (R3)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from surveys.enums import DeliveryPurpose
from surveys.models import Delivery
from surveys.policy.frequency import ALLOWED, DEFAULTS, Asked, Limits, Verdict, check, check_reminder
from surveys.queries.due import asks_that_left, contact_policies

# So much later than planned is as planned: the places were given out by the plan.
ON_TIME: Final = timedelta(hours=1)
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
    known: set[int] = set()
    for row in asks_that_left(customers, [each.pk for each in deliveries], now - longest - ON_TIME):
        if row.sent_at:
            history[row.customer].append(Asked(row.kind, moment(row.planned_at, row.sent_at), row.reminder))
        known.add(row.invitation)
    verdicts: dict[int, Verdict] = {}
    for each in deliveries:
        if each.invitation_id in known and each.purpose in HELD_TO_LIMITS:
            others = history[each.invitation.customer_id]
            verdicts[each.pk] = _verdict(each, others, limits[each.invitation.survey.journey_id], now)
            if verdicts[each.pk].allowed:
                others.append(_asked(each, now))
    return verdicts


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
