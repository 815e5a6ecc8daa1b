"""Callbacks of providers: stored once, raw but for addresses, and processed from the row (reliability R11)."""

import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import DatabaseError, transaction

from surveys.actions.handled import Handled
from surveys.actions.inbound import address_hash_of, handle_inbound
from surveys.actions.status_reports import handle_status
from surveys.channels.sms.httpapi import parse_inbound, parse_status
from surveys.models import ProviderCallback

log = logging.getLogger(__name__)

PATIENCE: Final = timedelta(minutes=10)  # a receipt may come before we have recorded the send that it is about
_NUMBER: Final = re.compile(r"(?:\w+:)?\+\d{7,15}")
_ABOUT_ADDRESSES: Final = ("From", "To", "Caller", "Called", "WaId")


def store_sms_callback(provider: str, form: Mapping[str, str], reference: str, now: datetime) -> tuple[int, str, bool]:
    """Keep the callback; returns the row's id, its kind and whether it is new (a replay is not).

    ValueError where it names no message. Telephone numbers are not kept: an inbound message keeps the sender's hash.
    """
    if is_inbound(form):
        inbound = parse_inbound(form)
        kind, event_id = "inbound", inbound.provider_id
        extra: dict[str, Any] = {"address_hash": address_hash_of(inbound.sender).hex()}
    else:
        report = parse_status(form, reference)
        kind, event_id = "status", f"{report.provider_id}:{report.status}:{report.error_code}"
        extra = {"ref": reference}
    payload = {"form": _without_addresses(form), **extra}
    row, created = ProviderCallback.objects.get_or_create(
        provider=provider,
        event_id=_storable(event_id)[:200],
        defaults={"kind": kind, "payload": payload, "received_at": now},
    )
    return row.pk, kind, created


def is_inbound(form: Mapping[str, str]) -> bool:
    """Whether somebody has written to us; receipts carry a MessageStatus."""
    return "MessageStatus" not in form and ("Body" in form or form.get("SmsStatus") == "received")


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
    handler = handle_inbound if row.kind == "inbound" else handle_status
    handled = handler(row, now, patient=now - row.received_at < PATIENCE)
    row.note = handled.note[:200]
    row.processed_at = now if handled.done else None
    row.save(update_fields=["note", "processed_at"])
    return handled
