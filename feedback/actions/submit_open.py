"""Submit one survey through an open link: counted up to its limits, kept apart beyond them (reliability D11, D20)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from feedback.actions.count_hour import count_hour
from feedback.actions.hold import Post, hold
from feedback.actions.occasions import Occasion
from feedback.actions.save_page import finish
from feedback.actions.store_answers import ResponseIn, content_hash, store_within
from feedback.actions.submit_response import AnsweredOtherwise, Receipt, receipt_of
from feedback.actions.take_places import take_places
from feedback.enums import Doubt, ResponseSource
from feedback.models import HeldResponse, Response
from surveys.models import OpenLink
from surveys.question_kinds import RawValue

REFUSED_BEYOND: Final = 20  # times the limit; so many posts are no longer kept at all


class TooMany(RuntimeError):
    """More posts than are even kept apart; nothing was stored."""


@transaction.atomic
def submit_open(occasion: Occasion, values: Mapping[str, RawValue], post: Post, now: datetime) -> Receipt:
    """Store the answers, or keep them apart where the link's limits are reached; the person sees no difference.

    Twice is once: the same submission with the same answers gives the same receipt, AnsweredOtherwise with others.
    """
    done = receipt_again(occasion, values)
    if done:
        return done
    reasons = _over_limits(occasion, post, now)
    done = receipt_again(occasion, values)  # a parallel post, for whose count this one has waited
    if done:
        return done
    if reasons:
        return _receipt_of_held(hold(occasion, post, reasons, now))
    return store_open(occasion, values, post.language, now)


def store_open(occasion: Occasion, values: Mapping[str, RawValue], language: str, now: datetime) -> Receipt:
    """Store the answers whatever the limits say. Call it inside a transaction."""
    item = ResponseIn(
        occasion_key=occasion.key,
        version=occasion.version,
        values=values,
        answered_at=now,
        source=ResponseSource.OPEN_LINK,
        language=language,
        open_link=occasion.link,
        hidden=occasion.hidden,
        order=occasion.order.as_json(),
    )
    [stored] = store_within([item])
    finish(occasion, now)
    if stored.created:
        take_places(occasion, values, now)
    if not stored.created and bytes(stored.response.content_hash) != content_hash(occasion.version.pk, values):
        raise AnsweredOtherwise
    return receipt_of(stored.response)


def receipt_again(occasion: Occasion, values: Mapping[str, RawValue]) -> Receipt | None:
    """The receipt of what this submission has stored or had kept apart before; None for a new one."""
    response = Response.objects.filter(occasion_key=occasion.key).first()
    if response is not None:
        if bytes(response.content_hash) != content_hash(occasion.version.pk, values):
            raise AnsweredOtherwise
        return receipt_of(response)
    held = HeldResponse.objects.filter(occasion_key=occasion.key).first()
    return _receipt_of_held(held) if held else None


def _over_limits(occasion: Occasion, post: Post, now: datetime) -> list[Doubt]:
    """Which limits of the link this post is beyond. TooMany where it is far beyond that of its address."""
    link = occasion.link
    if link is None:
        return []
    mine = count_hour(_key(link, post.address.hex()[:32]), now)
    if mine > link.per_address * REFUSED_BEYOND:
        raise TooMany
    found = [Doubt.ONE_ADDRESS] if mine > link.per_address else []
    # Those held for their address do not use up what everybody shares.
    if not found and count_hour(_key(link, "all"), now) > link.per_hour:
        found.append(Doubt.FLOOD)
    return found


def _key(link: OpenLink, who: str) -> str:
    return f"open:{link.pk}:{who}"


def _receipt_of_held(held: HeldResponse) -> Receipt:
    return Receipt(reference=str(held.public_id)[:8].upper(), answered_at=held.held_at)
