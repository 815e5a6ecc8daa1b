"""How fast messages leave, per provider and recipient domain: token buckets, rows that all workers share.

They live in the database and not in the broker, which may be away. What finds no token goes back to the queue until its
turn; that is no try.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from surveys.enums import Channel, DeliveryState
from surveys.models import Delivery, RateBucket
from surveys.policy.may_send import SEND, Decision
from surveys.policy.reasons import Reason

BURST_SECONDS: Final = 5.0  # so much of the rate may leave at once after a pause
ANY: Final = "*"


def take_tokens(deliveries: Sequence[Delivery], now: datetime) -> dict[int, Decision]:
    """SEND for those that may leave now, in their order; for the others when their turn comes."""
    keys = {each.pk: _keys(each) for each in deliveries}
    rates = {key: rate for found in keys.values() for key, rate in found.items()}
    if not rates:
        return {}
    wanted = Counter(key for found in keys.values() for key in found)
    granted = _take(wanted, rates, now)
    taken: Counter[str] = Counter()
    decisions = {}
    for each in deliveries:
        found = keys[each.pk]
        taken.update(found.keys())
        wait = max(((taken[key] - granted[key]) / rate for key, rate in found.items()), default=0.0)
        until = now + timedelta(seconds=wait)
        decisions[each.pk] = SEND if wait <= 0 else Decision(DeliveryState.QUEUED, Reason.DELAYED, until)
    return decisions


def _keys(delivery: Delivery) -> dict[str, float]:
    """The buckets that a message takes a token from, with their rates a second."""
    rates: Mapping[str, float] = settings.SEND_RATES
    email = delivery.channel == Channel.EMAIL
    provider = settings.EMAIL_PROVIDER if email else settings.SMS_PROVIDER
    found = {f"provider:{provider}": rates[provider]} if provider in rates else {}
    if email and any("." in name or name == ANY for name in rates):
        domain = delivery.invitation.customer.email.rpartition("@")[2]
        rate = rates.get(domain, rates.get(ANY))
        found |= {f"domain:{domain}": rate} if rate else {}
    return found


def _take(wanted: Mapping[str, int], rates: Mapping[str, float], now: datetime) -> dict[str, int]:
    """Fill the buckets up to now and take what is there, at most what is wanted; two statements and one lock."""
    full: Callable[[str], float] = lambda key: max(1.0, rates[key] * BURST_SECONDS)  # noqa: E731
    granted: dict[str, int] = defaultdict(int)
    with transaction.atomic():
        new = [RateBucket(key=key, tokens=full(key), filled_at=now) for key in sorted(wanted)]
        RateBucket.objects.bulk_create(new, ignore_conflicts=True)
        rows = list(RateBucket.objects.filter(key__in=wanted).order_by("key").select_for_update())
        for row in rows:
            filled = row.tokens + rates[row.key] * max((now - row.filled_at).total_seconds(), 0.0)
            granted[row.key] = min(wanted[row.key], int(min(filled, full(row.key))))
            row.tokens = min(filled, full(row.key)) - granted[row.key]
            row.filled_at = max(now, row.filled_at)
        RateBucket.objects.bulk_update(rows, ["tokens", "filled_at"])
    return granted
