"""Submit one survey: claim the invitation, store the response, settle its messages; twice is once (reliability R8)."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from feedback.actions.claim_and_store import claim_and_store
from feedback.actions.note_consents import may_grant, note_consents
from feedback.actions.occasions import of_invitation
from feedback.actions.store_answers import ResponseIn, content_hash
from feedback.actions.take_places import take_places
from feedback.enums import ResponseSource
from feedback.models import Response
from feedback.queries.asked_invitation import invitation_by_token
from surveys.actions.answered import settle_messages
from surveys.actions.conversations import close
from surveys.enums import ConversationState
from surveys.logic.quotas import limits
from surveys.models import Invitation
from surveys.queries.known import occasion_key
from surveys.question_kinds import RawValue
from surveys.rendering.pager import order_of
from surveys.replies import by_conversation


class Gone(LookupError):
    """No such token, or its invitation is over without an answer: nothing can be submitted."""


class AnsweredOtherwise(ValueError):
    """The invitation already has a response, and it says something else. The first one stays."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the customer is told, the same however often the same answers are posted."""

    reference: str
    answered_at: datetime


def submit(
    token: str,
    values: Mapping[str, RawValue],
    *,
    language: str = "",
    source: str = ResponseSource.LINK,
    channel: str = "",
    now: datetime | None = None,
) -> Receipt:
    """Store the answers of the invitation that this token opens, in one transaction.

    Posting the same answers again gives the same receipt. Gone when the token opens nothing (any more),
    AnsweredOtherwise when other answers are there. `channel` is where the person answered; default: the invitation's.
    """
    invitation = invitation_by_token(token)
    if invitation is None:
        raise Gone
    return submit_invitation(
        invitation, values, language=language, source=source, channel=channel, now=now or timezone.now()
    )


def submit_invitation(
    invitation: Invitation,
    values: Mapping[str, RawValue],
    *,
    language: str,
    now: datetime,
    source: str = ResponseSource.LINK,
    channel: str = "",
    seconds: int | None = None,
) -> Receipt:
    """submit() for a caller that has already looked up the invitation by its token.

    `seconds`: how long answering took.
    """
    item = item_of(invitation, values, language=language, now=now, source=source, channel=channel, seconds=seconds)
    with _whole(item):
        claimed = claim_and_store(item)
        if claimed is None or not claimed.stored:
            return _receipt_again(invitation, values)
        note_consents(item, now)
        take_places(of_invitation(invitation), values, now)
        if by_conversation(invitation.version.document):
            close([invitation.pk], ConversationState.DONE, now)
    if claimed.unsettled:  # in a transaction of its own: whoever sends looks at the invitation, which is answered now
        with transaction.atomic():
            settle_messages(invitation.pk)
    return _receipt(claimed.public_id, now)


def item_of(
    invitation: Invitation,
    values: Mapping[str, RawValue],
    *,
    language: str,
    now: datetime,
    source: str = ResponseSource.LINK,
    channel: str = "",
    seconds: int | None = None,
) -> ResponseIn:
    """What is stored of the answers to an invitation."""
    key = occasion_key(invitation)
    return ResponseIn(
        occasion_key=key,
        version=invitation.version,
        values=values,
        answered_at=now,
        customer=invitation.customer,
        invitation=invitation,
        run=invitation.run,
        stage=invitation.stage,
        interaction=invitation.interaction,
        source=source,
        channel=channel or invitation.channel,
        language=language,
        asked_at=invitation.due_at,
        seconds=seconds,
        order=order_of(invitation.version, key).as_json(),
    )


def _whole(item: ResponseIn) -> AbstractContextManager[object]:
    """A transaction where more is written than the one statement, which needs none."""
    document = item.version.document
    alone = not (limits(document) or by_conversation(document) or may_grant(item.version))
    return nullcontext() if alone else transaction.atomic()


def _receipt_again(invitation: Invitation, values: Mapping[str, RawValue]) -> Receipt:
    """The receipt of the response that is there, if it says the same."""
    mine = Q(invitation_id=invitation.pk) | Q(occasion_key=occasion_key(invitation))
    response = Response.objects.filter(mine).first()
    if response is None:
        raise Gone
    if bytes(response.content_hash) != content_hash(invitation.version_id, values):
        raise AnsweredOtherwise
    return receipt_of(response)


def receipt_of(response: Response) -> Receipt:
    """What the customer is told of a response."""
    return _receipt(response.public_id, response.answered_at)


def _receipt(public_id: UUID, answered_at: datetime) -> Receipt:
    return Receipt(reference=str(public_id)[:8].upper(), answered_at=answered_at)
