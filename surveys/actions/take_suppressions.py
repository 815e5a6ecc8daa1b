"""Suppressions told from outside, many at a time; the claim checks them again before every send."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.db import transaction

from cxsurvey.lib.addresses import AddressError, lookup_hash, normalise_email, normalise_phone
from cxsurvey.lib.refusals import Refused
from surveys.models import Suppression

Done = Literal["created", "changed", "unchanged"]
Key = tuple[bytes, str, str]


@dataclass(frozen=True)
class SuppressionIn:
    """An address (e-mail or phone), the channel ("" = all) and why; without `until` for ever."""

    address: str
    channel: str
    reason: str
    since: datetime
    until: datetime | None = None


@transaction.atomic
def take_suppressions(rows: Sequence[SuppressionIn], now: datetime) -> list[Done | Refused]:
    """Write the suppressions; of two for one address, channel and reason the longer holds. Results in order."""
    hashes = [_address_hash(row.address) for row in rows]
    known = _known([digest for digest in hashes if isinstance(digest, bytes)])
    fresh: dict[Key, Suppression] = {}
    changed: dict[Key, Suppression] = {}
    results: list[Done | Refused] = []
    for row, digest in zip(rows, hashes, strict=True):
        if isinstance(digest, Refused):
            results.append(digest)
            continue
        key = (digest, row.channel, row.reason)
        found = known.get(key) or fresh.get(key)
        if found is None:
            fresh[key] = _row(row, digest)
            results.append("created")
        elif _lengthened(found, row, now):
            changed |= {} if key in fresh else {key: found}
            results.append("changed")
        else:
            results.append("unchanged")
    Suppression.objects.bulk_create(fresh.values())
    Suppression.objects.bulk_update(changed.values(), ["until"])
    return results


def _lengthened(found: Suppression, row: SuppressionIn, now: datetime) -> bool:
    """Whether the row holds longer than what is known, which it then does. One that is over stays over."""
    if found.until is None or (row.until is not None and row.until <= found.until):
        return False
    if found.until <= now and row.since <= found.until:
        return False
    found.until = row.until
    return True


def _row(row: SuppressionIn, digest: bytes) -> Suppression:
    return Suppression(
        address_hash=digest,
        channel=row.channel,
        reason=row.reason,
        source="import",
        since=row.since,
        until=row.until,
    )


def _known(hashes: Sequence[bytes]) -> dict[Key, Suppression]:
    rows = Suppression.objects.filter(address_hash__in=hashes).select_for_update().order_by("pk")
    return {(bytes(row.address_hash), row.channel, row.reason): row for row in rows}


def _address_hash(address: str) -> bytes | Refused:
    try:
        key = settings.ADDRESS_KEY.encode()
        if "@" in address:
            return lookup_hash("email", normalise_email(address), key)
        return lookup_hash("phone", normalise_phone(address, settings.PHONE_REGION or None), key)
    except AddressError as trouble:
        return Refused(str(trouble), "address", address)
