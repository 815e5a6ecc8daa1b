"""Answers of which it is doubted that a person sent them: held back, confirmed or set aside by whoever has the link."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F
from django.utils.crypto import salted_hmac

from feedback.actions.occasions import Occasion
from feedback.enums import HeldState
from feedback.models import HeldResponse
from feedback.queries.partials import lock

MOST: Final = 40  # rows of one occasion; more of the same tells nothing new


@dataclass(frozen=True, slots=True)
class Post:
    """What was posted, by whom: the answers as typed, the page that they stand on (None: the whole)."""

    given: Mapping[str, Sequence[str]]
    page: Sequence[str] | None
    language: str
    address: bytes
    agent: str

    def as_json(self) -> dict[str, Any]:
        return {"given": dict(self.given), "page": None if self.page is None else list(self.page)}


def hold(occasion: Occasion, post: Post, reasons: Collection[str], now: datetime) -> HeldResponse:
    """Keep the post apart. The same post again only counts up; what was decided of it stays decided."""
    said = json.dumps(post.as_json(), sort_keys=True)
    content = salted_hmac("feedback.held", said, algorithm="sha256").digest()
    mine = HeldResponse.objects.filter(occasion_key=occasion.key)
    found = mine.filter(content_hash=content).first()
    if found is None and mine.count() < MOST:
        HeldResponse.objects.bulk_create([_row(occasion, post, content, reasons, now)], ignore_conflicts=True)
        return mine.get(content_hash=content)
    again = found or mine.latest("pk")
    HeldResponse.objects.filter(pk=again.pk).update(times=F("times") + 1)
    return again


def confirm(occasion: Occasion, public_id: UUID, now: datetime) -> HeldResponse | None:
    """The person says that the answers are his; None where there is nothing held under this id for this occasion."""
    row = _decide(occasion, public_id, HeldState.CONFIRMED, now)
    return row if row and row.state == HeldState.CONFIRMED else None


def dismiss(occasion: Occasion, public_id: UUID, now: datetime) -> HeldResponse | None:
    """The person says that somebody else sent them."""
    return _decide(occasion, public_id, HeldState.DISMISSED, now)


def _decide(occasion: Occasion, public_id: UUID, state: str, now: datetime) -> HeldResponse | None:
    mine = HeldResponse.objects.filter(occasion_key=occasion.key, public_id=public_id)
    mine.filter(state__in=(HeldState.HELD, HeldState.DISMISSED)).update(state=state, decided_at=now)
    return mine.first()


def _row(occasion: Occasion, post: Post, content: bytes, reasons: Collection[str], now: datetime) -> HeldResponse:
    return HeldResponse(
        occasion_key=occasion.key,
        content_hash=content,
        survey_id=occasion.version.survey_id,
        version=occasion.version,
        invitation=occasion.invitation,
        open_link=occasion.link,
        posted={**post.as_json(), "given": lock(occasion.version, post.given)},
        hidden=dict(occasion.hidden),
        language=post.language,
        reasons=list(reasons),
        address_hash=post.address,
        agent=post.agent,
        held_at=now,
    )
