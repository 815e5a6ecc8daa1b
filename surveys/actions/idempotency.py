"""Requests with an Idempotency-Key: one effect and one answer, however often they come (reliability B3)."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from surveys.models import IdempotentRequest

KEPT: Final = timedelta(days=7)
PRUNED_AT_ONCE: Final = 100


class KeyInFlight(Exception):
    """The first request with this key is not finished."""


class KeyOfAnotherRequest(Exception):
    """The key came before with another body."""


@dataclass(frozen=True)
class Answer:
    """Status and body as sent; replayed where the work was not done again."""

    status: int
    body: str
    replayed: bool = False


def request_hash(what: str, data: Any) -> bytes:
    """Tells requests apart: the operation and its body, whatever the order of keys."""
    text = json.dumps([what, data], sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


@transaction.atomic
def answer_once(user_id: int, key: str, digest: bytes, work: Callable[[], Answer]) -> Answer:
    """Do the work and store its answer in one transaction; for a known key only give that answer again.

    What the work raises (a refusal, a crash) undoes both, so that nothing is stored and the key stays free.
    Raises KeyInFlight and KeyOfAnotherRequest.
    """
    if not _lock(user_id, key):
        raise KeyInFlight
    known = IdempotentRequest.objects.filter(user_id=user_id, key=key).first()
    if known is None:
        answer = work()
        IdempotentRequest.objects.create(
            user_id=user_id, key=key, request_hash=digest, status=answer.status, body=answer.body
        )
        _prune()
        return answer
    if bytes(known.request_hash) != digest:
        raise KeyOfAnotherRequest
    return Answer(known.status or 200, str(known.body), replayed=True)


def _lock(user_id: int, key: str) -> bool:
    """Hold the key until the end of the transaction; False where somebody else holds it."""
    number = int.from_bytes(hashlib.sha256(f"idempotency:{user_id}:{key}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def _prune() -> None:
    """Forget a few answers that are older than a week."""
    old = IdempotentRequest.objects.filter(created_at__lt=timezone.now() - KEPT).order_by("created_at")
    IdempotentRequest.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:PRUNED_AT_ONCE])).delete()
