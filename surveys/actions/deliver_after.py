"""What follows for the ask, the address and the rest of the batch when a message is refused, or may not leave."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from surveys.actions import deliver_moves as moves
from surveys.actions.deliver_batch import LATE, PAUSE, Batch
from surveys.actions.deliver_check import facts_of
from surveys.actions.deliver_outcome import LONGEST_WAIT
from surveys.actions.deliver_paid import give_back
from surveys.actions.deliver_refuse import FAILED, end_unsent, refuse
from surveys.actions.deliver_step import Outcome
from surveys.actions.suppress import hard_bounce, opt_out_address
from surveys.channels.base import PermanentFailure
from surveys.enums import Channel, DeliveryState
from surveys.models import Delivery
from surveys.policy.may_send import Decision, may_send
from surveys.queries.dispatch import holds
from surveys.queries.due import claimed_messages

log = logging.getLogger(__name__)


def after_failure(batch: Batch, delivery: Delivery, failure: Exception, outcome: Outcome) -> None:
    """A certain refusal ends the ask, and perhaps the address; a fault of the carrier may pause its channel."""
    if pause := getattr(failure, "retry_after", None):  # said to us, not to this recipient: the others wait as well
        wait, slow = timedelta(seconds=min(pause, LONGEST_WAIT)), f"slowed down: {outcome.error}"
        batch.put_back(slow, lambda each: each.channel == delivery.channel, wait)
    if getattr(failure, "channel_fault", False):
        batch.note_fault(delivery.channel, outcome.error, account=getattr(failure, "account_fault", False))
    if outcome.state != DeliveryState.FAILED:
        return
    with transaction.atomic():
        if delivery.channel == Channel.SMS:
            give_back([delivery])
        if isinstance(failure, PermanentFailure) and failure.hard_bounce:
            hard_bounce(delivery, outcome.error, timezone.now())
        elif isinstance(failure, PermanentFailure) and failure.opted_out:
            number = bytes(delivery.invitation.customer.phone_hash or b"")
            opt_out_address(number, Channel.SMS, "carrier", timezone.now())
        end_unsent([delivery.invitation_id], FAILED)


def cannot_be_made(batch: Batch, delivery: Delivery, trouble: Exception) -> None:
    """Give up a message in hand whose words cannot be rendered."""
    log.error("Delivery %s cannot be made into a message: %s", delivery.public_id, trouble, exc_info=trouble)
    batch.drop({delivery.pk})
    with transaction.atomic():
        cause = f"cannot be made into a message: {type(trouble).__name__}: {trouble}"
        if moves.move([delivery.pk], DeliveryState.FAILED, cause, came=DeliveryState.CLAIMED, in_hand=True):
            end_unsent([delivery.invitation_id], FAILED)
    batch.counts[DeliveryState.FAILED] += 1


def forbidden(batch: Batch, refused: Sequence[Delivery]) -> None:
    """The last look said no: somebody said stop a moment ago, the link has run out, or they are no longer ours.

    What somebody has paused (the whole, the channel, the campaign) goes back, with whatever of it is in this batch.
    """
    fresh = [each for each in claimed_messages([each.pk for each in refused]) if _is_ours(batch, each)]
    batch.counts[LATE] += len(refused) - len(fresh)
    held = holds([*fresh, *batch.waiting])
    batch.take_back([each for each in fresh if each.pk in held])
    for cause in sorted({held[each.pk] for each in batch.waiting if each.pk in held}):
        batch.put_back(cause, partial(_is_held, held, cause))
    free = [each for each in fresh if each.pk not in held]
    facts = facts_of(free, batch.now())
    decisions: dict[Decision, list[Delivery]] = defaultdict(list)
    for each in free:
        decision = may_send(facts[each.pk], batch.now())
        if decision.ok:
            decision = Decision(DeliveryState.QUEUED, decision.reason, batch.now() + PAUSE)
        decisions[decision].append(each)
    for decision, rows in decisions.items():
        batch.counts[decision.state] += refuse(rows, decision, in_hand=True)


def _is_ours(batch: Batch, delivery: Delivery) -> bool:
    return delivery.state == DeliveryState.CLAIMED and delivery.claim_no == batch.claims[delivery.pk].claim_no


def _is_held(held: Mapping[int, str], cause: str, delivery: Delivery) -> bool:
    return held.get(delivery.pk) == cause
