"""The arrows of a delivery's state machine (reliability R2): one conditional statement each, its event row included.

Written as SQL because the move, its event and what hangs on it must be one statement and one commit: two such
statements are the whole price of a message. All values are bound parameters.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection

from surveys.actions.deliver_prepared import Prepared
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

# The last look at what may forbid the message is part of the very statement that lets it go (reliability R3).
_MARK = Prepared(
    "cxsurvey_mark_sending",
    ("bigint", "integer", "jsonb", "smallint", "text", "double precision"),
    """
WITH moved AS (
    UPDATE surveys_delivery d
    SET state = 'sending', attempts = d.attempts + 1, deaths = GREATEST(d.deaths, 1) - 1,
        updated_at = clock_timestamp(),
        payload = $3, segments = $4, provider = $5,
        basis = CASE d.channel WHEN 'email' THEN c.basis_email ELSE c.basis_sms END,
        lease_until = clock_timestamp() + make_interval(secs => $6)
    FROM surveys_invitation i JOIN surveys_customer c ON c.id = i.customer_id
         JOIN surveys_survey q ON q.id = i.survey_id
    WHERE d.id = $1 AND d.state = 'claimed' AND d.claim_no = $2 AND i.id = d.invitation_id
      AND (i.state IN ('planned', 'live') OR (d.closing AND i.state = 'answered')) AND i.expires_at > clock_timestamp()
      AND CASE d.channel WHEN 'email' THEN c.consent_email AND c.basis_email <> '{}'
                         ELSE c.consent_sms AND c.basis_sms <> '{}' END
      AND (c.paused_until IS NULL OR c.paused_until <= clock_timestamp())
      AND NOT d.channel || ':' || q.kind = ANY(c.refuses)
      AND NOT EXISTS (
        SELECT 1 FROM surveys_neverask n
        WHERE n.customer_id = c.id AND (n.until IS NULL OR n.until > clock_timestamp()))
      AND NOT EXISTS (
        SELECT 1 FROM surveys_suppression s
        WHERE s.address_hash IN (c.email_hash, c.phone_hash) AND s.channel IN ('', d.channel)
          AND (s.until IS NULL OR s.until > clock_timestamp()))
      AND NOT EXISTS (SELECT 1 FROM surveys_dispatchswitch w WHERE w.paused AND w.scope IN ('', d.channel))
      AND NOT EXISTS (SELECT 1 FROM surveys_campaign k WHERE k.id = d.campaign_id AND k.state <> 'running')
    RETURNING d.id, d.claim_no
), told AS (
    INSERT INTO surveys_deliveryevent (delivery_id, from_state, to_state, claim_no, at, cause)
    SELECT id, 'claimed', 'sending', claim_no, clock_timestamp(), '' FROM moved
)
SELECT id FROM moved
""",
)

# Records one message and takes the next one in hand: a death is counted before it can happen, and taken back after.
_RECORD = Prepared(
    "cxsurvey_record",
    ("bigint", "integer", "text", "text", "double precision", "text", "smallint", "bigint", "integer"),
    """
WITH moved AS (
    UPDATE surveys_delivery d
    SET state = $3, error = $4, provider_id = $6, lease_until = NULL,
        updated_at = clock_timestamp(), segments = COALESCE($7, d.segments),
        next_at = CASE WHEN $5 IS NULL THEN d.next_at
                       ELSE clock_timestamp() + make_interval(secs => $5) END,
        sent_at = CASE WHEN $3 = 'sent' THEN clock_timestamp() ELSE d.sent_at END
    WHERE d.id = $1 AND d.state = 'sending' AND d.claim_no = $2
    RETURNING d.id, d.claim_no, d.invitation_id
), told AS (
    INSERT INTO surveys_deliveryevent (delivery_id, from_state, to_state, claim_no, at, cause)
    SELECT id, 'sending', $3, claim_no, clock_timestamp(), $4 FROM moved
), live AS (
    UPDATE surveys_invitation i SET state = 'live' FROM moved
    WHERE i.id = moved.invitation_id AND i.state = 'planned' AND $3 IN ('sent', 'unknown')
), ledger AS (
    UPDATE surveys_askdecision a SET outcome = 'sent' FROM moved
    WHERE a.invitation_id = moved.invitation_id AND a.outcome = 'planned' AND $3 = 'sent'
), taken AS (
    UPDATE surveys_delivery d SET deaths = d.deaths + 1
    WHERE d.id = $8 AND d.state = 'claimed' AND d.claim_no = $9 RETURNING d.id
)
SELECT (SELECT count(*) FROM moved), (SELECT count(*) FROM taken)
""",
)

_RENEW = """
UPDATE surveys_delivery SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE id = ANY(%(ids)s) AND state = 'claimed' AND worker = %(worker)s RETURNING id
"""

_TAKE = """
UPDATE surveys_delivery SET deaths = deaths + 1
WHERE id = %(id)s AND state = 'claimed' AND claim_no = %(claim_no)s RETURNING id
"""


@dataclass(frozen=True)
class Claim:
    """The right to send one message, as long as nobody has claimed it after us."""

    id: int
    claim_no: int


@dataclass(frozen=True)
class Outcome:
    """What became of one send: the state it leads to, and for a retry the seconds to wait."""

    state: str
    error: str = ""
    wait: float | None = None
    provider_id: str = ""
    segments: int | None = None


@dataclass(frozen=True)
class Frozen:
    """The message as it leaves, but for its tokens, and who carries it."""

    payload: dict[str, Any] = field(default_factory=dict)
    provider: str = ""
    segments: int | None = None


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


def take(held: Claim) -> bool:
    """Take one claimed message in hand; should the process die with it, that death is already counted."""
    return bool(_run(_TAKE, id=held.id, claim_no=held.claim_no))


def mark_sending(held: Claim, frozen: Frozen, limit_seconds: float) -> bool:
    """claimed -> sending, payload frozen. False: no longer ours, or no longer allowed. Nothing may be sent then."""
    payload = json.dumps(frozen.payload)
    return bool(_MARK.run(held.id, held.claim_no, payload, frozen.segments, frozen.provider, limit_seconds))


def record(held: Claim, outcome: Outcome, following: Claim | None = None) -> tuple[bool, bool]:
    """sending -> what became of it, and take the following message in hand, in one statement.

    (False, _): someone else has moved it meanwhile (the lease was over), so this record is refused.
    (_, False): the following one is not in hand.
    """
    rows = _RECORD.run(
        held.id,
        held.claim_no,
        str(outcome.state),
        outcome.error[:CAUSE_LENGTH],
        outcome.wait,
        outcome.provider_id,
        outcome.segments,
        following.id if following else 0,
        following.claim_no if following else 0,
    )
    return bool(rows[0][0]), bool(rows[0][1])


def _run(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
