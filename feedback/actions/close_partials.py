"""What customers saved and never sent: it counts as an incomplete response once the link has ended.

Counted is every answer that a person has saved by going on from its page, and that can be read; nothing typed and left,
nothing held back in doubt. Whoever leaves at the second question so still gives the score that he came for.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from feedback.actions.check_answers import on_path
from feedback.actions.count_hour import forget_counts
from feedback.actions.occasions import Occasion
from feedback.actions.store_answers import ResponseIn, store_within
from feedback.enums import ResponseSource
from feedback.models import PartialResponse
from feedback.queries.partials import given_of
from surveys.enums import InvitationState

MANY: Final = 500
OPEN_LINK_RESTS: Final = timedelta(days=1)  # without an end of its own, it is over when nobody has saved for so long
KEPT: Final = timedelta(days=1)  # so that a repeated post is recognised


def close_partials(now: datetime) -> dict[str, int]:
    """Store what has ended, five hundred a transaction, and forget what is long done; how many of each."""
    counts = {"stored": 0, "empty": 0}
    while rows := _close_some(now):
        stored = sum(rows)
        counts["stored"] += stored
        counts["empty"] += len(rows) - stored
    counts["forgotten"] = PartialResponse.objects.filter(done_at__lt=now - KEPT).delete()[0]
    counts["counters"] = forget_counts(now)
    return counts


@transaction.atomic
def _close_some(now: datetime) -> list[bool]:
    """For each row closed, whether there was anything in it to store."""
    over = Q(invitation__state=InvitationState.EXPIRED) | Q(invitation=None, saved_at__lt=now - OPEN_LINK_RESTS)
    rows = PartialResponse.objects.filter(over, done_at__isnull=True).select_for_update(skip_locked=True, of=("self",))
    related = ("version__survey", "invitation__customer", "invitation__run", "invitation__stage", "open_link")
    chosen = list(rows.select_related(*related, "invitation__interaction").order_by("pk")[:MANY])
    items = [item for item in map(_response, chosen) if item.given]
    store_within(items)
    PartialResponse.objects.filter(pk__in=_ids(chosen)).update(done_at=now)
    keys = {item.occasion_key for item in items}
    return [row.occasion_key in keys for row in chosen]


def _ids(rows: Iterable[PartialResponse]) -> list[int]:
    return [row.pk for row in rows]


def _response(row: PartialResponse) -> ResponseIn:
    asked, occasion = row.invitation, Occasion(row.occasion_key, row.version, row.invitation, row.open_link, row.hidden)
    return ResponseIn(
        occasion_key=row.occasion_key,
        version=row.version,
        values=on_path(occasion, given_of(row)),
        answered_at=row.saved_at,
        customer=asked.customer if asked else None,
        invitation=asked,
        run=asked.run if asked else None,
        stage=asked.stage if asked else None,
        interaction=asked.interaction if asked else None,
        source=ResponseSource.LINK if asked else ResponseSource.OPEN_LINK,
        channel=asked.channel if asked else "",
        language=row.language,
        asked_at=asked.due_at if asked else None,
        complete=False,
        open_link=row.open_link,
        hidden=row.hidden,
        order=row.order,
    )
