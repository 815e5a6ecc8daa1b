"""Conversations by text message: whose turn it is, what is said, when one is over, and the replies handed over.

One survey at a time for a number: the database lets only one live conversation have it (`conversation_one_per_number`).
What replies mean is the other half's matter: they wait as rows, and a task by name finds them.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from cxsurvey.lib.nudge import nudge
from surveys.enums import (
    CONVERSATION_LIVE,
    DELIVERY_LEFT_US,
    INVITATION_OPEN,
    Channel,
    ConversationState,
    DeliveryPurpose,
    DeliveryState,
    InvitationState,
)
from surveys.models import Conversation, Delivery, Invitation, ProviderCallback, Reply
from surveys.policy.may_send import SEND, Decision
from surveys.policy.reasons import Reason
from surveys.queries.known import context_of, occasion_key
from surveys.question_kinds import QuestionSpec
from surveys.rendering.pager import askable, order_of, pages_of, personal
from surveys.rendering.specs import specs_of
from surveys.replies import by_conversation, can_be_asked, life_of

LISTEN: Final = "feedback.converse"
SEND_TASK: Final = "surveys.deliver_due"
LOOK_AGAIN: Final = timedelta(hours=1)  # at the latest; whoever ends a conversation wakes those who wait for it
NEVER_SENT: Final = (DeliveryState.FAILED, DeliveryState.SUPPRESSED, DeliveryState.CANCELLED, DeliveryState.EXPIRED)
ON_ITS_WAY: Final = (*DELIVERY_LEFT_US, DeliveryState.SENDING)


def language_of(invitation: Invitation) -> str:
    """The language that a conversation is held in."""
    return str(invitation.customer.language or settings.LANGUAGE_CODE)


def first_question(invitation: Invitation) -> QuestionSpec | None:
    """What the first message of a conversation asks; None where a link must do instead.

    Where conditions or words of the first question look at the customer, this reads the customer's row.
    """
    version = invitation.version
    if not by_conversation(version.document):
        return None
    known = invitation if invitation.pk else None  # a test sent to oneself knows nobody
    context, order = context_of(known, {}), order_of(version, occasion_key(invitation))
    codes = [code for page in pages_of(version, {}, context, order) for code in askable(version, page)]
    by_code = {spec.code: spec for spec in specs_of(version, language_of(invitation))}
    if not codes or not can_be_asked(by_code[codes[0]]):
        return None
    return personal([by_code[codes[0]]], context, {}, order)[0]


def take_turns(deliveries: Sequence[Delivery], now: datetime) -> dict[int, Decision]:
    """SEND for the asks by SMS whose turn it is, with their conversations opened; for the others when to look again."""
    asks = [each for each in deliveries if each.purpose != DeliveryPurpose.CONVERSATION]
    if not asks:
        return {}
    numbers = {_number(each.invitation) for each in asks}
    at_these = Conversation.objects.filter(phone_hash__in=numbers, state__in=CONVERSATION_LIVE)
    at_these.filter(expires_at__lte=now).update(state=ConversationState.EXPIRED)
    _open([each.invitation for each in asks if each.purpose == DeliveryPurpose.FIRST], now)
    live = {bytes(row.phone_hash): row for row in at_these.all()}
    return {each.pk: _turn(each, live.get(_number(each.invitation)), now) for each in asks}


def _open(invitations: Sequence[Invitation], now: datetime) -> None:
    """A row for each that begins now; the database refuses it where the number has another one."""
    asked = {each.pk: spec.code for each in invitations if (spec := first_question(each))}
    if not asked:
        return
    Conversation.objects.filter(invitation__in=asked, state=ConversationState.EXPIRED, heard_at=None).delete()
    rows = [
        Conversation(
            invitation=each,
            phone_hash=_number(each),
            question=asked[each.pk],
            started_at=now,
            expires_at=life_end(each, now),
        )
        for each in invitations
        if each.pk in asked
    ]
    Conversation.objects.bulk_create(rows, ignore_conflicts=True)


def life_end(invitation: Invitation, now: datetime) -> datetime:
    """Until when a reply is waited for from now on; never longer than the link lives."""
    return min(now + life_of(invitation.version.document), invitation.expires_at)


def _turn(delivery: Delivery, live: Conversation | None, now: datetime) -> Decision:
    mine = live is not None and live.invitation_id == delivery.invitation_id
    if live is None or (mine and delivery.purpose == DeliveryPurpose.FIRST):
        return SEND
    until = min(live.expires_at, delivery.invitation.expires_at, now + LOOK_AGAIN)
    return Decision(DeliveryState.QUEUED, Reason.IN_CONVERSATION, until)


def say(conversation: Conversation, text: str, now: datetime, *, closing: bool = False) -> None:
    """Queue the next message of the conversation; `closing` ones may leave after the answer. Call it under its lock."""
    conversation.step += 1
    Delivery.objects.create(
        invitation_id=conversation.invitation_id,
        channel=Channel.SMS,
        purpose=DeliveryPurpose.CONVERSATION,
        step=conversation.step,
        closing=closing,
        payload={"text": text, "subject": "", "html": ""},
        next_at=now,
    )
    nudge(SEND_TASK)


def hand_over(row: ProviderCallback, address_hash: bytes, now: datetime) -> bool:
    """Keep the message as a reply where its sender is in a conversation that has begun; whether it is one."""
    live = Conversation.objects.filter(phone_hash=address_hash, state__in=CONVERSATION_LIVE, expires_at__gt=now)
    conversation = live.first()
    step = _last_step(conversation) if conversation else None
    if conversation is None or step is None:
        return False
    Reply.objects.create(conversation=conversation, callback=row, step=step)
    nudge(LISTEN)
    return True


def _last_step(conversation: Conversation) -> int | None:
    """The number of the newest message that the person may have; None where there is none yet."""
    purposes = (DeliveryPurpose.FIRST, DeliveryPurpose.CONVERSATION)
    sent = Delivery.objects.filter(
        invitation_id=conversation.invitation_id, channel=Channel.SMS, purpose__in=purposes, state__in=ON_ITS_WAY
    )
    last: int | None = sent.aggregate(last=Max("step"))["last"]
    return last


def pause(address_hash: bytes) -> None:
    """A person has to look at what somebody wrote: nothing is asked meanwhile. A clear answer goes on by itself."""
    rows = Conversation.objects.filter(phone_hash=address_hash, state=ConversationState.OPEN)
    rows.update(state=ConversationState.PAUSED)


def close(invitations: Collection[int], state: ConversationState, now: datetime) -> None:
    """End the conversations of these invitations, and let go on who waited for their numbers."""
    rows = Conversation.objects.filter(invitation__in=invitations)
    if rows.filter(state__in=CONVERSATION_LIVE).update(state=state):
        release([bytes(number) for number in rows.values_list("phone_hash", flat=True)], now)


def release(numbers: Collection[bytes], now: datetime) -> None:
    """After the commit, make asks due that waited for these numbers; a hint, as they look again by themselves."""
    transaction.on_commit(partial(_release, list(numbers), now), robust=True)


def _release(numbers: Collection[bytes], now: datetime) -> None:
    waiting = Delivery.objects.filter(
        invitation__customer__phone_hash__in=numbers,
        channel=Channel.SMS,
        purpose__in=(DeliveryPurpose.FIRST, DeliveryPurpose.REMINDER),
        state=DeliveryState.QUEUED,
        next_at__gt=now,
    )
    if waiting.update(next_at=now):
        nudge(SEND_TASK)


def expire_conversations(now: datetime) -> dict[str, int]:
    """End what nobody has replied to in time, and what can go on no more; how many of each."""
    live = Conversation.objects.filter(state__in=CONVERSATION_LIVE)
    answered = live.filter(invitation__state=InvitationState.ANSWERED)
    over = live.exclude(invitation__state__in=INVITATION_OPEN)
    unsent = live.filter(
        invitation__deliveries__purpose=DeliveryPurpose.FIRST, invitation__deliveries__state__in=NEVER_SENT
    )
    kinds = {"done": answered, "ended": over, "never_sent": unsent, "expired": live.filter(expires_at__lte=now)}
    ends = {"done": ConversationState.DONE, "expired": ConversationState.EXPIRED}
    counts = {}
    for name, rows in kinds.items():
        ids = list(rows.values_list("invitation_id", flat=True))
        counts[name] = len(ids)
        close(ids, ends.get(name, ConversationState.ENDED), now)
    return counts


def _number(invitation: Invitation) -> bytes:
    return bytes(invitation.customer.phone_hash or b"")
