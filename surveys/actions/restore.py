"""Notices that the database has been put back to an earlier state, and lets nothing leave by itself then (R19, E4).

Two witnesses: the identity of cluster, database and timeline, kept in a row; and the number of the last event, kept in
a file outside the database. Either may be missing; one is enough.
"""

import json
import logging
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from surveys.actions.deliver_moves import move
from surveys.actions.dispatch import hold
from surveys.actions.reconcile import make_live
from surveys.enums import DeliveryState, HoldCause
from surveys.models import Delivery, DeliveryEvent, DispatchMark

log = logging.getLogger(__name__)

WORDS: Final = "the database is older than what was sent: decide about the unknown messages, then let it go on"
CAUSE: Final = "due when the database was put back: may have left after the backup"
MANY: Final = 5000
_IDENTITY: Final = """
SELECT s.system_identifier || '/' || d.oid || '/' || c.timeline_id
FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database()
"""
_LAST_EVENT: Final = "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')::regclass)"


def notice_restore(now: datetime) -> bool:
    """Look at both witnesses; if either says "restored", hold everything and make what was due unknown."""
    identity = database_identity()
    mark, new = DispatchMark.objects.get_or_create(id=1, defaults={"identity": identity})
    if not mark.identity:  # could not be read when the mark was made
        DispatchMark.objects.update(identity=identity)
    other = bool(identity and mark.identity and mark.identity != identity)  # not told is no witness
    if new or not (other or _file_is_ahead(mark.installation)):
        return False
    with transaction.atomic():
        hold("", HoldCause.RESTORE, WORDS, "", now)
        count = sum(
            _doubt(state, now) for state in (DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.SENDING)
        )
        DispatchMark.objects.update(identity=identity)
    log.error("The database was restored: sending is held, %d messages are unknown.", count)
    remember(mark.installation, force=True)
    return True


def remember_sent() -> None:
    """Note outside the database how far sending has come."""
    installation = DispatchMark.objects.values_list("installation", flat=True).first()
    if settings.DISPATCH_MARK_FILE and installation:
        remember(installation)


def remember(installation: UUID, *, force: bool = False) -> None:
    """Write the file; a number only goes up, unless `force`."""
    if not settings.DISPATCH_MARK_FILE or (not force and _file_is_ahead(installation)):
        return
    path = Path(settings.DISPATCH_MARK_FILE)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".new")
        unfinished.write_text(json.dumps({"installation": str(installation), "event": _last_event()}), encoding="ascii")
        unfinished.replace(path)
    except OSError as problem:
        log.warning("DISPATCH_MARK_FILE cannot be written (%s): a restore is noticed by the cluster only.", problem)


def database_identity() -> str:
    """Cluster, database and timeline; "" where the server does not tell (then only the file is a witness)."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_IDENTITY)
            return str(cursor.fetchone()[0])
    except DatabaseError:
        return ""


def _file_is_ahead(installation: UUID) -> bool:
    if not settings.DISPATCH_MARK_FILE:
        return False
    try:
        told = json.loads(Path(settings.DISPATCH_MARK_FILE).read_text(encoding="ascii"))
        return told["installation"] == str(installation) and int(told["event"]) > _last_event()
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _last_event() -> int:
    """The sequence's own count: the erasure of a customer takes events away, but never turns it back."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_EVENT, [DeliveryEvent._meta.db_table])
        return int(cursor.fetchone()[0] or 0)


def _doubt(state: DeliveryState, now: datetime) -> int:
    """Messages of this state that were due are unknown; their links work, for they may have arrived."""
    due = Delivery.objects.filter(state=state, next_at__lte=now).order_by("pk").values_list("pk", flat=True)
    count = 0
    while ids := list(due[:MANY]):
        moved = move(ids, DeliveryState.UNKNOWN, CAUSE, came=state)
        make_live(list(Delivery.objects.filter(pk__in=moved).values_list("invitation_id", flat=True)))
        count += len(moved)
    return count
