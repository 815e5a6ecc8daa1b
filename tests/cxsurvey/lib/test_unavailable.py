"""What passes by itself, by the errors of a real database."""

import pytest
from django.db import DatabaseError, connection, transaction

from cxsurvey.lib.unavailable import is_unavailable


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "passes"),
    [
        ("DO $$BEGIN RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full'; END$$", True),
        ("DO $$BEGIN RAISE EXCEPTION 'many' USING ERRCODE = 'too_many_connections'; END$$", True),
        ("DO $$BEGIN RAISE EXCEPTION 'stop' USING ERRCODE = 'admin_shutdown'; END$$", True),
        ("DO $$BEGIN RAISE EXCEPTION 'lock' USING ERRCODE = 'deadlock_detected'; END$$", True),
        ("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)", True),
        ("SET LOCAL transaction_read_only = on; CREATE TABLE nowhere ()", True),
        ("SELECT 1 / 0", False),
        ("SELECT nothing", False),
        ("INSERT INTO auth_group VALUES (1, 'a'), (1, 'b')", False),
    ],
)
def test_error_of_the_database_passes_or_is_a_mistake(statement: str, passes: bool) -> None:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert is_unavailable(caught.value) is passes


def test_anything_else_is_a_mistake() -> None:
    assert [is_unavailable(each) for each in (None, ValueError("no"), OSError("gone"))] == [False, False, False]
