"""The one statement of a submission: the invitation is claimed, and all that its answers are is written with it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone
from encrypted_fields.fields import EncryptedTextField

from cxsurvey.lib.prepared import run_prepared
from feedback.actions.store_answers import (
    COLUMNS,
    Given,
    ResponseIn,
    Stages,
    answers_of,
    response_values,
    values_of,
    wake,
)
from feedback.models import Answer, FreeText, PartialResponse, Response, SealedText
from surveys.actions.answered import IN_DOUBT, WAITING
from surveys.enums import INVITATION_MAY_ANSWER, InvitationState
from surveys.models import Delivery, Invitation, JourneyRun

_RESPONSE: Final = [field.attname for field in Response._meta.concrete_fields if not field.primary_key]
_SEALED: Final[EncryptedTextField] = SealedText._meta.get_field("text")


def _names(columns: Sequence[str], table: str = "") -> str:
    return ", ".join(f'{table}"{column}"' for column in columns)


def _words(words: Sequence[str]) -> str:
    """Words of ours as a list of the statement."""
    return ", ".join(f"'{word}'" for word in sorted(words))


# One statement, because eight of them one after the other, begin and commit included, took five times as long, most of
# it on the way to the database and back. It is as good as a transaction: all of it happens, or nothing.
#
# The claim decides: of any number of parallel posts one changes the invitation, the others wait for it, see that it is
# no longer open, and everything else hangs on their claim and so writes nothing. All values come as one JSON document,
# which the tables' own column types read, so that it is the same statement to PostgreSQL whatever was answered.
STATEMENT: Final = f"""
    WITH said AS (
        SELECT %s::jsonb AS it
    ), claimed AS (
        UPDATE {Invitation._meta.db_table} invitation
        SET state = '{InvitationState.ANSWERED}', answered_at = (it->'response'->>'answered_at')::timestamptz
        FROM said WHERE invitation.id = (it->'response'->>'invitation_id')::bigint
            AND invitation.state IN ({_words(INVITATION_MAY_ANSWER)})
            AND invitation.expires_at > (it->'response'->>'answered_at')::timestamptz
        RETURNING invitation.id
    ), response AS (
        INSERT INTO {Response._meta.db_table} ({_names(_RESPONSE)})
        SELECT {_names(_RESPONSE, "new.")}
        FROM claimed, said, jsonb_populate_record(NULL::{Response._meta.db_table}, it->'response') AS new
        ON CONFLICT DO NOTHING RETURNING id
    ), answer AS (
        INSERT INTO {Answer._meta.db_table} ({_names(COLUMNS)})
        SELECT response.id, {_names(COLUMNS[1:], "new.")}
        FROM response, said, jsonb_populate_recordset(NULL::{Answer._meta.db_table}, it->'answers') AS new
        RETURNING id, question_id
    ), free_text AS (
        INSERT INTO {FreeText._meta.db_table} (answer_id, text, language)
        SELECT answer.id, new.text, it->'response'->>'language'
        FROM said, jsonb_to_recordset(it->'texts') AS new (question_id bigint, text text)
        JOIN answer USING (question_id)
    ), sealed_text AS (
        INSERT INTO {SealedText._meta.db_table} (answer_id, text)
        SELECT answer.id, new.text
        FROM said, jsonb_to_recordset(it->'sealed') AS new (question_id bigint, text text)
        JOIN answer USING (question_id)
    ), done AS (
        UPDATE {PartialResponse._meta.db_table} partial
        SET done_at = (it->'response'->>'answered_at')::timestamptz
        FROM claimed, said
        WHERE partial.occasion_key = it->'response'->>'occasion_key' AND partial.done_at IS NULL
    ), stale AS (
        UPDATE {JourneyRun._meta.db_table} run SET stale = true
        FROM claimed, said WHERE run.id = (it->'response'->>'run_id')::bigint
    )
    SELECT response.id IS NOT NULL, EXISTS (
        SELECT 1 FROM {Delivery._meta.db_table} delivery
        WHERE delivery.invitation_id = claimed.id AND delivery.state IN ({_words((*IN_DOUBT, *WAITING))})
    )
    FROM claimed LEFT JOIN response ON true
"""  # noqa: S608 - names of our own tables, words of our own enums


@dataclass(frozen=True, slots=True)
class Claimed:
    """What came of a claim that this call made."""

    public_id: UUID  # of the response
    stored: bool  # no: the occasion had a response already, which stays
    unsettled: bool  # messages of the invitation are in doubt, or wait to be sent


def claim_and_store(item: ResponseIn) -> Claimed | None:
    """Claim the item's invitation and store its response, answers and texts; mark the run stale, wake who follows.

    What was saved of the occasion on the way is done with. None where the invitation is not open (any more): then
    nothing is written. UnknownQuestion or UnknownStage (both ValueError) as store_each() raises them.
    """
    public_id, answers = uuid4(), list(answers_of(item, Stages([item])))
    rows = run_prepared(STATEMENT, [document(item, answers, public_id)])
    if not rows:
        return None
    [(stored, unsettled)] = rows
    wake(runs=item.run is not None, texts=stored and any(each.words and not each.sealed for each in answers))
    return Claimed(public_id, stored, unsettled)


def document(item: ResponseIn, answers: Sequence[Given], public_id: UUID) -> str:
    """What the statement reads: rows by the columns of their tables, as JSON."""
    said = {
        "response": response_values(item) | {"public_id": public_id, "created_at": timezone.now()},
        "answers": [values_of(each) for each in answers],
        "texts": [_text(each, each.words) for each in answers if each.words and not each.sealed],
        "sealed": [_text(each, _sealed(each.words)) for each in answers if each.words and each.sealed],
    }
    return json.dumps(said, default=_plain)


def _text(given: Given, words: str) -> Mapping[str, Any]:
    return {"question_id": given.question.pk, "text": words}


def _sealed(words: str) -> str:
    return str(_SEALED.get_db_prep_save(words, connection))


def _plain(value: Any) -> str:
    """What JSON has no word for, as PostgreSQL reads it."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"No column holds {value!r}.")
