"""One message from the hand to the carrier and into the record (reliability R2, R3)."""

import logging
import time
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from cxsurvey.lib.failpoints import failpoint
from cxsurvey.lib.signals import uninterrupted
from surveys.actions import deliver_moves as moves
from surveys.actions.deliver_batch import PAUSE, Batch
from surveys.actions.deliver_check import facts_of
from surveys.actions.deliver_compose import compose
from surveys.actions.deliver_moves import Outcome
from surveys.actions.deliver_outcome import LONGEST_WAIT, not_sent, sent
from surveys.actions.deliver_paid import give_back
from surveys.actions.deliver_refuse import FAILED, end_unsent, refuse
from surveys.actions.suppress import hard_bounce, opt_out_address
from surveys.channels.base import Channel as Carrier
from surveys.channels.base import Message, PermanentFailure, TemporaryFailure
from surveys.enums import Channel, DeliveryState
from surveys.models import Delivery
from surveys.policy.may_send import Decision, may_send
from surveys.queries.dispatch import held_by
from surveys.queries.due import claimed_messages

log = logging.getLogger(__name__)

LATE: Final = "late"
RECORD_PAUSES: Final = (0.0, 0.5, 2.0, 5.0, 10.0)  # seconds before each try to write down what has already happened


def deliver_one(batch: Batch, delivery: Delivery) -> str:
    """Send one waiting message of the batch; the state it came to, or LATE where it is no longer ours."""
    batch.keep_lease()
    if not batch.take(delivery):
        return LATE
    failpoint("after_claim")
    decision = may_send(batch.facts[delivery.pk], batch.now())
    if not decision.ok:
        refuse([delivery], decision, in_hand=True)
        return str(decision.state)
    try:
        carrier = batch.carriers.get(delivery.channel)
    except (TemporaryFailure, ValueError) as failure:  # away, or not set up: an operator's matter, not the message's
        return _channel_down(batch, delivery, str(failure))
    try:
        message, frozen = compose(delivery, carrier.name)
    except Exception as trouble:  # noqa: BLE001 - a text that cannot be rendered must not stop the others
        return _cannot_be_made(delivery, trouble)
    with uninterrupted():  # a worker told to end here would leave a message of unknown fate
        if not moves.mark_sending(batch.claims[delivery.pk], frozen, settings.DELIVERY_SENDING_LIMIT_SECONDS):
            return _forbidden_meanwhile(batch, delivery)
        failpoint("after_sending_mark")
        return _send_and_record(batch, delivery, carrier, message)


def _send_and_record(batch: Batch, delivery: Delivery, carrier: Carrier, message: Message) -> str:
    """Hand it over and write down what became of it; the next message is taken in hand by the same statement."""
    failure: Exception | None = None
    try:
        outcome = sent(carrier.send(message))
        failpoint("after_250")
        batch.faults[delivery.channel] = 0
    except Exception as trouble:  # noqa: BLE001 - whatever breaks here, the message may have left
        failure, outcome = trouble, not_sent(trouble, delivery.attempts + 1)
    failpoint("before_record_commit")
    recorded = _record(batch, delivery, outcome)
    failpoint("after_record_commit")
    if not recorded:
        log.warning("Delivery %s: its lease was over, the record is refused.", delivery.public_id)
        return LATE
    if failure is not None:
        _after_failure(batch, delivery, failure, outcome)
    return str(outcome.state)


def _record(batch: Batch, delivery: Delivery, outcome: Outcome) -> bool:
    """Write the outcome, trying again over a lost connection or a deadlock: the message itself cannot be undone."""
    for number, pause in enumerate(RECORD_PAUSES, start=1):
        if pause:  # even sleeping for no time gives the processor away
            time.sleep(pause)
        try:
            recorded, taken = moves.record(batch.claims[delivery.pk], outcome, batch.following())
        except (OperationalError, InterfaceError):
            if number == len(RECORD_PAUSES):
                raise
            connection.close()
        except IntegrityError:  # the carrier gave an id that it has given before
            outcome = Outcome(outcome.state, "provider id given twice", provider_id="", segments=outcome.segments)
        else:
            following = batch.following()
            batch.in_hand = following.id if following and taken else None
            return recorded
    return False


def _after_failure(batch: Batch, delivery: Delivery, failure: Exception, outcome: Outcome) -> None:
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


def _channel_down(batch: Batch, delivery: Delivery, cause: str) -> str:
    """The carrier cannot be reached at all: nothing was tried, so nothing counts as an attempt."""
    batch.waiting.appendleft(delivery)
    batch.put_back_channel(delivery.channel, cause)
    log.warning("The carrier of %s cannot be reached: %s", delivery.channel, cause)
    return str(DeliveryState.QUEUED)


def _cannot_be_made(delivery: Delivery, trouble: Exception) -> str:
    log.error("Delivery %s cannot be made into a message: %s", delivery.public_id, trouble, exc_info=trouble)
    with transaction.atomic():
        cause = f"cannot be made into a message: {type(trouble).__name__}: {trouble}"
        if moves.move([delivery.pk], DeliveryState.FAILED, cause, came=DeliveryState.CLAIMED, in_hand=True):
            end_unsent([delivery.invitation_id], FAILED)
    return str(DeliveryState.FAILED)


def _forbidden_meanwhile(batch: Batch, delivery: Delivery) -> str:
    """The last look said no: somebody said stop a moment ago, the link has run out, or it is no longer ours."""
    ours = batch.claims[delivery.pk].claim_no
    fresh = [each for each in claimed_messages([delivery.pk]) if (each.state, each.claim_no) == ("claimed", ours)]
    if not fresh:
        return LATE
    if cause := held_by(fresh[0]):
        return _held(batch, delivery, cause)
    decision = may_send(facts_of(fresh, batch.now())[delivery.pk], batch.now())
    if decision.ok:
        decision = Decision(DeliveryState.QUEUED, decision.reason, batch.now() + PAUSE)
    refuse(fresh, decision, in_hand=True)
    return str(decision.state)


def _held(batch: Batch, delivery: Delivery, cause: str) -> str:
    """Somebody has paused the whole, the channel or the campaign: give back whatever of it is in this batch."""
    batch.waiting.appendleft(delivery)
    held = {each.pk for each in batch.waiting if held_by(each)}
    batch.put_back(cause, lambda each: each.pk in held)
    return str(DeliveryState.QUEUED)
