"""The arrows of a delivery's state machine (reliability R2): one conditional statement each, its event row included.

Written as SQL because the move, its event and what hangs on it must be one statement and one commit. All values are
bound parameters. What happens around the moment of sending is in deliver_step.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from surveys.enums import DeliveryState

CAUSE_LENGTH: Final = 300  # characters kept of an error or a cause
State = DeliveryState

# Where each state may be come to from. Provider callbacks only ever move forward (R11).
ARROWS: Final[dict[str, tuple[str, ...]]] = {
    State.QUEUED: (State.PLANNED, State.CLAIMED, State.SENDING, State.UNKNOWN),
    State.CLAIMED: (State.PLANNED, State.QUEUED),
    State.SENDING: (State.CLAIMED,),
    State.SENT: (State.SENDING, State.UNKNOWN, State.ASSUMED_SENT),
    State.DELIVERED: (State.SENT, State.UNKNOWN, State.ASSUMED_SENT, State.UNDELIVERED),
    State.BOUNCED: (State.SENT, State.DELIVERED, State.UNDELIVERED, State.UNKNOWN, State.ASSUMED_SENT),
    State.UNDELIVERED: (State.SENT, State.UNKNOWN, State.ASSUMED_SENT),
    State.COMPLAINED: (
        State.SENT,
        State.DELIVERED,
        State.UNDELIVERED,
        State.BOUNCED,
        State.UNKNOWN,
        State.ASSUMED_SENT,
    ),
    State.FAILED: (State.SENDING, State.CLAIMED),
    State.UNKNOWN: (State.SENDING,),
    State.ASSUMED_SENT: (State.UNKNOWN,),
    State.SUPPRESSED: (State.PLANNED, State.QUEUED, State.CLAIMED),
    State.CANCELLED: (State.PLANNED, State.QUEUED, State.CLAIMED),
    State.EXPIRED: (State.PLANNED, State.QUEUED, State.CLAIMED),
}

_MOVE = """
WITH old AS (
    SELECT id, state FROM surveys_delivery
    WHERE id = ANY(%(ids)s) AND state = ANY(%(from_states)s)
      AND (NOT %(lease_over)s OR lease_until < clock_timestamp()) ORDER BY id FOR UPDATE
), moved AS (
    UPDATE surveys_delivery d
    SET state = %(to_state)s, error = CASE WHEN %(error)s THEN %(cause)s ELSE d.error END,
        next_at = COALESCE(%(next_at)s, d.next_at), lease_until = NULL, updated_at = clock_timestamp(),
        deaths = CASE WHEN %(in_hand)s THEN GREATEST(d.deaths, 1) - 1 ELSE d.deaths END,
        sent_at = CASE WHEN %(sent)s THEN COALESCE(d.sent_at, clock_timestamp()) ELSE d.sent_at END
    FROM old WHERE d.id = old.id RETURNING d.id, old.state AS was, d.claim_no
), told AS (
    INSERT INTO surveys_deliveryevent (delivery_id, from_state, to_state, claim_no, at, cause)
    SELECT id, was, %(to_state)s, claim_no, clock_timestamp(), %(cause)s FROM moved
)
SELECT id FROM moved
"""

_CLAIM = """
WITH held AS (
    SELECT scope FROM surveys_dispatchswitch WHERE paused
), due AS (
    SELECT id, state FROM surveys_delivery
    WHERE state IN ('planned', 'queued') AND next_at <= clock_timestamp()
      AND NOT EXISTS (SELECT 1 FROM held WHERE scope = '') AND channel NOT IN (SELECT scope FROM held)
      AND (campaign_id IS NULL OR campaign_id NOT IN (SELECT id FROM surveys_campaign WHERE state <> 'running'))
    ORDER BY next_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), moved AS (
    UPDATE surveys_delivery d
    SET state = 'claimed', claim_no = d.claim_no + 1, worker = %(worker)s, updated_at = clock_timestamp(),
        lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
    FROM due WHERE d.id = due.id RETURNING d.id, due.state AS was, d.claim_no
), told AS (
    INSERT INTO surveys_deliveryevent (delivery_id, from_state, to_state, claim_no, at, cause)
    SELECT id, was, 'claimed', claim_no, clock_timestamp(), %(worker)s FROM moved
)
SELECT id, claim_no, clock_timestamp() FROM moved
"""

_RENEW = """
UPDATE surveys_delivery SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE id = ANY(%(ids)s) AND state = 'claimed' AND worker = %(worker)s RETURNING id
"""


@dataclass(frozen=True)
class Claim:
    """The right to send one message, as long as nobody has claimed it after us."""

    id: int
    claim_no: int


def move(
    ids: Iterable[int],
    to_state: str,
    cause: str,
    *,
    next_at: datetime | None = None,
    came: str = "",
    in_hand: bool = False,
    lease_over: bool = False,
) -> list[int]:
    """Move these deliveries along a legal arrow (only from `came`, if given); the ids that were moved come back.

    `in_hand`: their worker has taken them and is alive, so the death counted in advance is taken back.
    `lease_over`: only those whose lease has run out by the database's clock.
    """
    came_from = [came] if came else list(ARROWS[to_state])
    left = to_state in (State.SENT, State.DELIVERED, State.ASSUMED_SENT)
    rows = _run(
        _MOVE,
        ids=sorted(ids),
        from_states=came_from,
        to_state=str(to_state),
        cause=cause[:CAUSE_LENGTH],
        error=not left and to_state != State.QUEUED,
        next_at=next_at,
        sent=left,
        in_hand=in_hand,
        lease_over=lease_over,
    )
    return [row[0] for row in rows]


def claim(limit: int, worker: str, lease_seconds: float) -> tuple[list[Claim], datetime | None]:
    """Claim up to `limit` due messages, each for one lease; with the database's clock at that moment."""
    rows = _run(_CLAIM, limit=limit, worker=worker[:80], lease=lease_seconds)
    return [Claim(row[0], row[1]) for row in sorted(rows)], rows[0][2] if rows else None


def renew(claims: Iterable[Claim], worker: str, lease_seconds: float) -> None:
    """Keep the messages of a batch that wait for their turn."""
    _run(_RENEW, ids=[each.id for each in claims], worker=worker[:80], lease=lease_seconds)


def _run(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
