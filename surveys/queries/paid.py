"""Reads about text messages that were let through: by number, by prefix, by day."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import UTC, datetime

from django.db.models import Sum

from surveys.enums import DeliveryPurpose
from surveys.models import DispatchSwitch, SmsPass


def earlier_passes(numbers: Collection[bytes], since: datetime) -> list[tuple[int, bytes, datetime, bool]]:
    """(delivery, number's hash, when, whether it counts in the caps) of what was let through to these numbers."""
    rows = SmsPass.objects.filter(phone_hash__in=numbers, at__gte=since)
    told = rows.values_list("delivery_id", "phone_hash", "at", "delivery__purpose")
    return [(each[0], bytes(each[1]), each[2], each[3] != DeliveryPurpose.CONVERSATION) for each in told]


def numbers_by_prefix(prefixes: Collection[str], since: datetime) -> dict[str, set[bytes]]:
    """The numbers that were written to lately, by how they start."""
    found: dict[str, set[bytes]] = defaultdict(set)
    rows = SmsPass.objects.filter(prefix__in=prefixes, at__gte=since).values_list("prefix", "phone_hash").distinct()
    for prefix, number in rows:
        found[prefix].add(bytes(number))
    return found


def prefix_switches(prefixes: Collection[str], since: datetime) -> tuple[set[str], set[str]]:
    """Of these prefixes: those that are held, and those that somebody has let go on since then."""
    rows = DispatchSwitch.objects.filter(scope__in=[f"sms:{prefix}" for prefix in prefixes])
    held = {row.scope.removeprefix("sms:") for row in rows if row.paused}
    released = {row.scope.removeprefix("sms:") for row in rows if not row.paused and row.changed_at >= since}
    return held, released


def segments_today(now: datetime) -> Counter[int | None]:
    """Segments let through since midnight UTC: of each journey, and under None of all."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = SmsPass.objects.filter(at__gte=midnight).order_by().values_list("journey").annotate(sum=Sum("segments"))
    spent: Counter[int | None] = Counter()
    for journey, segments in rows:
        spent[None] += segments
        if journey is not None:
            spent[journey] += segments
    return spent
