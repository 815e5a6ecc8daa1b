"""Callbacks of providers: stored once, raw but for addresses, and processed from the row (reliability R11)."""

import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError, transaction

from surveys.actions.handled import Handled
from surveys.actions.inbound import address_hash_of, handle_inbound
from surveys.actions.mail_events import handle_bounce, handle_mail
from surveys.actions.status_reports import handle_status
from surveys.channels.email.anymail import REFERENCE
from surveys.channels.email.dsn import read_report
from surveys.channels.sms.base import Inbound
from surveys.channels.sms.providers import PROVIDERS
from surveys.models import ProviderCallback

log = logging.getLogger(__name__)

PATIENCE: Final = timedelta(minutes=10)  # a receipt may come before we have recorded the send that it is about
HANDLERS: Final = {
    "inbound": handle_inbound,
    "status": handle_status,
    "mail": handle_mail,
    "bounce": handle_bounce,
}
_ADDRESS: Final = re.compile(r"\S+@\S+")
_NUMBER: Final = re.compile(r"(?:\w+:)?\+\d{7,15}")
_ABOUT_ADDRESSES: Final = ("From", "To", "Caller", "Called", "WaId", "msisdn", "to", "from")


def store_sms_callback(provider: str, form: Mapping[str, str], reference: str, now: datetime) -> tuple[int, str, bool]:
    """Keep the callback; returns the row's id, who wrote ("" for a receipt) and whether it is new (a replay is not).

    ValueError where it names no message. Telephone numbers are not kept: an inbound message keeps the sender's hash.
    """
    told = PROVIDERS[provider].read(form, reference)
    if isinstance(told, Inbound):
        payload: dict[str, Any] = {"text": _storable(told.text), "address_hash": address_hash_of(told.sender).hex()}
        pk, created = _store(provider, "inbound", told.provider_id, payload, now)
        return pk, told.sender, created
    event_id = f"{told.provider_id}:{told.status}:{told.error_code}"
    payload = {"form": _without_addresses(form), "ref": reference}
    pk, created = _store(provider, "status", event_id, payload, now)
    return pk, "", created


def store_mail_event(provider: str, event: Any, now: datetime) -> bool:
    """Keep an event of a mail provider as anymail reads it, without addresses; whether it is new."""
    metadata = event.metadata if isinstance(event.metadata, Mapping) else {}
    payload = {
        "type": str(event.event_type or ""),
        "reason": str(event.reject_reason or ""),
        "message_id": _storable(str(event.message_id or ""))[:120],
        "ref": _uuid(metadata.get(REFERENCE)),
        "words": _ADDRESS.sub("(address)", _storable(str(event.mta_response or event.description or "")))[:200],
    }
    at = event.timestamp.isoformat() if event.timestamp else ""
    event_id = str(event.event_id or f"{payload['message_id']}:{at}")
    return _store(provider, "mail", f"{payload['type']}:{event_id}", payload, now)[1]


def store_bounce(raw: bytes, now: datetime) -> bool:
    """Keep a bounce message about a mail of ours; whether it is one, and new."""
    report = read_report(raw)
    if report is None:
        return False
    payload = {"type": report.kind, "hard": report.hard, "ref": str(report.delivery), "reason": report.status,
               "words": _storable(report.words)}  # fmt: skip
    return _store("bounces", "bounce", report.id, payload, now)[1]


def _store(provider: str, kind: str, event_id: str, payload: Mapping[str, Any], now: datetime) -> tuple[int, bool]:
    row, created = ProviderCallback.objects.get_or_create(
        provider=provider,
        event_id=_storable(event_id)[:200],
        defaults={"kind": kind, "payload": payload, "received_at": now},
    )
    return row.pk, created


def _uuid(text: Any) -> str:
    try:
        return str(UUID(str(text)))
    except ValueError:
        return ""


def _without_addresses(form: Mapping[str, str]) -> dict[str, str]:
    kept = {key: value for key, value in form.items() if not key.startswith(_ABOUT_ADDRESSES)}
    return {_storable(key): "(number)" if _NUMBER.fullmatch(value) else _storable(value) for key, value in kept.items()}


def _storable(text: str) -> str:
    """PostgreSQL keeps neither NUL nor half a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def process_callbacks(limit: int, now: datetime) -> dict[str, int]:
    """Process waiting callbacks, those that wait for something after the fresh ones; counts by what became of them."""
    waiting = ProviderCallback.objects.filter(processed_at__isnull=True).order_by("note", "pk")
    counts = {"processed": 0, "waiting": 0, "failed": 0}
    for pk in waiting.values_list("pk", flat=True)[:limit]:
        handled = process_callback(pk, now)
        counts["failed" if handled is None else "processed" if handled.done else "waiting"] += 1
    return counts


def process_callback(pk: int, now: datetime) -> Handled | None:
    """Process one callback once, in one transaction with its effects; None: failed or in somebody else's hands."""
    try:
        with transaction.atomic():
            row = ProviderCallback.objects.select_for_update(skip_locked=True).filter(pk=pk, processed_at=None).first()
            return _process(row, now) if row else None
    except (DatabaseError, LookupError, TypeError, ValueError):
        log.exception("Callback %s could not be processed; it is tried again.", pk)
        ProviderCallback.objects.filter(pk=pk, processed_at=None).update(note="failed, see the log; is tried again")
        return None


def _process(row: ProviderCallback, now: datetime) -> Handled:
    handled = HANDLERS[row.kind](row, now, patient=now - row.received_at < PATIENCE)
    row.note = handled.note[:200]
    row.processed_at = now if handled.done else None
    row.save(update_fields=["note", "processed_at"])
    return handled
