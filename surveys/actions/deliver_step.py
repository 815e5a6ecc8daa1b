"""One step of sending (reliability R2): what came back is recorded, what goes next is marked, what follows is taken.

All of it is one statement and one commit, for as many messages as there are at that moment: a commit waits for the
disk, and so costs the same for one as for eight. Whatever this statement has marked may leave; nothing else may.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from surveys.actions.deliver_moves import CAUSE_LENGTH, Claim
from surveys.actions.deliver_prepared import Prepared


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

    payload: Mapping[str, Any] = field(default_factory=dict)
    provider: str = ""
    segments: int | None = None


class Record(NamedTuple):
    """sending -> what became of it. Refused where somebody else has moved the message meanwhile: its lease was over."""

    held: Claim
    outcome: Outcome


class Mark(NamedTuple):
    """claimed -> sending, payload frozen. Refused where the message is no longer ours, or no longer allowed."""

    held: Claim
    frozen: Frozen


class Done(NamedTuple):
    """The messages of which each part came through, by id."""

    recorded: frozenset[int]
    marked: frozenset[int]
    taken: frozenset[int]


# A message is taken in hand before it is made: should its worker die over it, that death is already counted.
# The last look at what may forbid a message is part of the very statement that lets it go (reliability R3).
# Rows are found by their keys, whatever the statistics say: `was` keeps the planner from the index by state, through
# which all messages pass and leave dead entries; OFFSET 0 keeps what is asked of one message from joining all.
_STEP: Final = Prepared(
    "cxsurvey_step",
    (
        *("bigint[]", "integer[]", "text[]", "text[]", "double precision[]", "text[]", "smallint[]"),
        *("bigint[]", "integer[]", "integer[]", "text[]", "smallint[]", "jsonb", "double precision"),
        *("bigint[]", "integer[]"),
    ),
    """
WITH result AS MATERIALIZED (
    SELECT *, 'sending' AS was FROM unnest($1, $2, $3, $4, $5, $6, $7)
        AS r (id, claim_no, state, error, wait, provider_id, segments)
), recorded AS (
    UPDATE surveys_delivery d
    SET state = r.state, error = r.error, provider_id = r.provider_id, lease_until = NULL,
        updated_at = clock_timestamp(), segments = COALESCE(r.segments, d.segments),
        next_at = CASE WHEN r.wait IS NULL THEN d.next_at
                       ELSE clock_timestamp() + make_interval(secs => r.wait) END,
        sent_at = CASE WHEN r.state = 'sent' THEN clock_timestamp() ELSE d.sent_at END
    FROM result r
    WHERE d.id = r.id AND d.state = r.was AND d.claim_no = r.claim_no
    RETURNING d.id, d.claim_no, d.invitation_id, d.state, d.error
), live AS (
    UPDATE surveys_invitation i SET state = 'live' FROM recorded
    WHERE i.id = recorded.invitation_id AND i.state = 'planned' AND recorded.state IN ('sent', 'unknown')
), ledger AS (
    UPDATE surveys_askdecision a SET outcome = 'sent' FROM recorded
    WHERE a.invitation_id = recorded.invitation_id AND a.outcome = 'planned' AND recorded.state = 'sent'
), mark AS MATERIALIZED (
    SELECT *, 'claimed' AS was FROM unnest($8, $9, $10, $11, $12) AS m (id, claim_no, words, provider, segments)
), free AS MATERIALIZED (
    SELECT m.*, allowed.basis
    FROM mark m JOIN surveys_delivery d ON d.id = m.id
    CROSS JOIN LATERAL (
        SELECT CASE d.channel WHEN 'email' THEN c.basis_email ELSE c.basis_sms END AS basis
        FROM surveys_invitation i
        JOIN surveys_customer c ON c.id = i.customer_id JOIN surveys_survey q ON q.id = i.survey_id
        WHERE i.id = d.invitation_id AND i.expires_at > clock_timestamp()
          AND (i.state IN ('planned', 'live') OR (d.closing AND i.state = 'answered'))
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
        OFFSET 0) allowed
    WHERE NOT EXISTS (SELECT 1 FROM surveys_dispatchswitch w WHERE w.paused AND w.scope IN ('', d.channel))
      AND NOT EXISTS (
        SELECT 1 FROM surveys_campaign k WHERE k.id = d.campaign_id AND k.state <> 'running' OFFSET 0)
), marked AS (
    UPDATE surveys_delivery d
    SET state = 'sending', attempts = d.attempts + 1, deaths = GREATEST(d.deaths, 1) - 1,
        updated_at = clock_timestamp(),
        payload = $13 -> m.words, segments = m.segments, provider = m.provider, basis = m.basis,
        lease_until = clock_timestamp() + make_interval(secs => $14)
    FROM free m
    WHERE d.id = m.id AND d.state = m.was AND d.claim_no = m.claim_no
    RETURNING d.id, d.claim_no
), told AS (
    INSERT INTO surveys_deliveryevent (delivery_id, from_state, to_state, claim_no, at, cause)
    SELECT id, 'sending', state, claim_no, clock_timestamp(), error FROM recorded
    UNION ALL
    SELECT id, 'claimed', 'sending', claim_no, clock_timestamp(), '' FROM marked
), take AS MATERIALIZED (
    SELECT *, 'claimed' AS was FROM unnest($15, $16) AS t (id, claim_no)
), taken AS (
    UPDATE surveys_delivery d SET deaths = d.deaths + 1 FROM take t
    WHERE d.id = t.id AND d.state = t.was AND d.claim_no = t.claim_no RETURNING d.id
)
SELECT ARRAY(SELECT id FROM recorded), ARRAY(SELECT id FROM marked), ARRAY(SELECT id FROM taken)
""",
)


def step(
    records: Sequence[Record] = (), marks: Sequence[Mark] = (), takes: Sequence[Claim] = (), *, limit: float = 0.0
) -> Done:
    """Record, mark and take these, all in one commit or none. `limit`: seconds after which `sending` is given up."""
    said = [each.outcome for each in records]
    payloads = {id(each.frozen.payload): each.frozen.payload for each in marks}  # shared by many: told once
    numbers = {key: number for number, key in enumerate(payloads)}
    (row,) = _STEP.run(
        *_names([each.held for each in records]),
        [str(each.state) for each in said],
        [each.error[:CAUSE_LENGTH] for each in said],
        [each.wait for each in said],
        [each.provider_id for each in said],
        [each.segments for each in said],
        *_names([each.held for each in marks]),
        [numbers[id(each.frozen.payload)] for each in marks],
        [each.frozen.provider for each in marks],
        [each.frozen.segments for each in marks],
        json.dumps(list(payloads.values())),
        limit,
        *_names(takes),
    )
    return Done(*map(frozenset, row))


def _names(claims: Sequence[Claim]) -> tuple[list[int], list[int]]:
    return [each.id for each in claims], [each.claim_no for each in claims]
