"""Tables of the leanest page that could take the same answers (`leanest_app`), and its one statement."""

import secrets
from typing import Final

import psycopg

TABLES: Final = """
    CREATE SCHEMA lean;
    CREATE TABLE lean.invitation (id bigserial PRIMARY KEY, token text UNIQUE NOT NULL, state text NOT NULL);
    CREATE TABLE lean.response (id bigserial PRIMARY KEY,
        invitation_id bigint UNIQUE NOT NULL REFERENCES lean.invitation,
        public_id uuid UNIQUE NOT NULL, submitted_at timestamptz NOT NULL DEFAULT now());
    CREATE TABLE lean.answer (id bigserial PRIMARY KEY, response_id bigint NOT NULL REFERENCES lean.response,
        question text NOT NULL, number double precision, words text, UNIQUE (response_id, question));
"""
STATEMENT: Final = """
    WITH claimed AS (
        UPDATE lean.invitation SET state = 'answered' WHERE token = %s AND state = 'live' RETURNING id
    ), response AS (
        INSERT INTO lean.response (invitation_id, public_id) SELECT id, %s FROM claimed RETURNING id
    ), answers AS (
        INSERT INTO lean.answer (response_id, question, number, words)
        SELECT response.id, given.* FROM response,
            (VALUES ('recommend', %s::float, NULL), ('satisfied', %s, NULL), ('easy', %s, NULL),
                ('why', NULL, %s), ('solved', NULL, %s)) AS given (question, number, words)
    )
    SELECT id FROM response
"""


def prepare(database_url: str, count: int) -> list[str]:
    """Make the tables and so many open invitations; their tokens."""
    tokens = [secrets.token_urlsafe(16) for _ in range(count)]
    with psycopg.connect(database_url) as link:
        link.execute(TABLES)
        with link.cursor() as cursor, cursor.copy("COPY lean.invitation (token, state) FROM STDIN") as copy:
            for token in tokens:
                copy.write_row((token, "live"))
        link.execute("ANALYZE lean.invitation")
    return tokens
