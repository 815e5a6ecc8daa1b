"""Reads for sending: claimed messages with all that decides about them, a constant number of queries a batch."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from surveys.enums import DELIVERY_IN_HAND, DELIVERY_LEFT_US, DELIVERY_MAY_SEND, DeliveryPurpose, DeliveryState
from surveys.models import ContactPolicy, Delivery, Interaction, JourneyRun, NeverAsk, Suppression

REMINDER: Final = DeliveryPurpose.REMINDER
UNKNOWN: Final = DeliveryState.UNKNOWN


def claimed_messages(ids: Collection[int]) -> list[Delivery]:
    """These deliveries with invitation, customer, rule and what the message speaks of; what they share loaded once."""
    own = ("invitation__customer", "invitation__interaction", "invitation__run")
    shared = ("invitation__version", "invitation__rule", "invitation__survey__journey")
    rows = Delivery.objects.filter(pk__in=ids).select_related(*own).defer(*_unread()).prefetch_related(*shared)
    return list(rows.order_by("next_at", "pk"))


@cache
def _unread() -> list[str]:
    """Columns that no message needs: reading them all is most of what loading costs.

    Of contact and run it only says when they were.
    """
    read = {
        "invitation__interaction": (Interaction, ("id", "started_at")),
        "invitation__run": (JourneyRun, ("id", "ended_at", "last_event_at")),
    }
    unread = [
        f"{path}__{field.name}"
        for path, (model, wanted) in read.items()
        for field in model._meta.concrete_fields
        if field.name not in wanted
    ]
    unread += ["worker", "lease_until", "error", "sent_at", "updated_at"]
    unread += [f"invitation__{name}" for name in ("token_hash", "preferences_hash", "answered_at", "created_at")]
    return unread + [f"invitation__customer__{name}" for name in ("attributes", "segment", "created_at")]


def suppressed_channels(hashes: Iterable[bytes], now: datetime) -> dict[bytes, dict[str, str]]:
    """Per address hash, the channels ("" for all) that must not be used, with the reason."""
    rows = Suppression.objects.filter(Q(until__isnull=True) | Q(until__gt=now), address_hash__in=set(hashes))
    found: dict[bytes, dict[str, str]] = defaultdict(dict)
    for row in rows.order_by("pk"):
        found[bytes(row.address_hash)].setdefault(row.channel, row.reason)
    return dict(found)


def never_ask_flags(customers: Collection[int], now: datetime) -> dict[int, str]:
    """Per customer id, the reason of a never-ask flag that holds now."""
    rows = NeverAsk.objects.filter(Q(until__isnull=True) | Q(until__gt=now), customer__in=customers)
    return dict(rows.order_by("-pk").values_list("customer_id", "reason"))


@dataclass(frozen=True)
class LeftRow:
    """One message of an ask that stands in the ledger: when it was to leave, and when it did (None: it has not).

    `in_hand`: some worker has claimed it, so that it may leave at any moment.
    """

    customer: int
    invitation: int
    kind: str
    planned_at: datetime
    sent_at: datetime | None
    reminder: bool
    in_hand: bool


def asks_that_left(customers: Collection[int], besides: Collection[int], since: datetime) -> list[LeftRow]:
    """Messages to these customers that left since then or may be leaving, and those of the ids `besides`.

    Asks of the ledger only. What is unknown may have arrived: it counts as of the moment at which that was noted.
    """
    left = Q(sent_at__gt=since, state__in=DELIVERY_LEFT_US) | Q(state=UNKNOWN, updated_at__gt=since)
    rows = Delivery.objects.filter(
        left | Q(state__in=DELIVERY_IN_HAND) | Q(pk__in=besides),
        invitation__customer__in=customers,
        invitation__decision__isnull=False,
    ).exclude(purpose=DeliveryPurpose.CONVERSATION)
    told = rows.values_list(
        "invitation__customer_id", "invitation_id", "invitation__survey__kind", "invitation__due_at", "next_at",
        "sent_at", "purpose", "pk", "state", "updated_at",
    )  # fmt: skip
    return [
        LeftRow(
            customer=customer,
            invitation=invitation,
            kind=kind,
            planned_at=next_at if purpose == REMINDER else due_at,
            sent_at=sent_at or (updated_at if state == UNKNOWN else None),
            reminder=purpose == REMINDER,
            in_hand=state in DELIVERY_IN_HAND and pk not in besides,
        )
        for customer, invitation, kind, due_at, next_at, sent_at, purpose, pk, state, updated_at in told
    ]


def contact_policies(journeys: Collection[int | None]) -> dict[int | None, dict[str, object]]:
    """The limits of these journeys and, under None, of the installation, where somebody has set them."""
    rows = ContactPolicy.objects.filter(Q(journey__in=[each for each in journeys if each]) | Q(journey__isnull=True))
    return {row.journey_id: row.limits for row in rows}


def overdue_for() -> timedelta:
    """For how long the oldest message has been due; zero when none is."""
    oldest = (
        Delivery.objects.filter(state__in=DELIVERY_MAY_SEND, next_at__lte=Now())
        .order_by("next_at")
        .values_list("next_at", flat=True)
        .first()
    )
    return timezone.now() - oldest if oldest else timedelta()


def lost_messages(limit: int) -> dict[str, list[tuple[int, int]]]:
    """Messages in hand whose lease is over, by state: (id, deaths)."""
    rows = Delivery.objects.filter(state__in=DELIVERY_IN_HAND, lease_until__lt=Now()).order_by("lease_until")
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for pk, state, deaths in rows.values_list("pk", "state", "deaths")[:limit]:
        found[state].append((pk, deaths))
    return dict(found)
