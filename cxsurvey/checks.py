"""Refuses a database that may forget what it has confirmed: `manage.py check --deploy --database default`."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

WANTED = {"fsync": {"on"}, "full_page_writes": {"on"}, "synchronous_commit": {"on", "remote_apply"}}
OVERRIDES = """
    SELECT coalesce(d.datname, 'every database'), coalesce(r.rolname, 'every role'), setting
    FROM pg_db_role_setting s
    CROSS JOIN unnest(s.setconfig) AS setting
    LEFT JOIN pg_database d ON d.oid = s.setdatabase
    LEFT JOIN pg_roles r ON r.oid = s.setrole
    WHERE setting LIKE 'synchronous_commit=%%' AND (d.datname IS NULL OR d.datname = current_database())
"""


@register("durability", Tags.database, deploy=True)
def check_durability(*_: Any, databases: Sequence[str] | None = None, **__: Any) -> list[CheckMessage]:
    """Look at the server's settings as this very session gets them; nothing to do under DEBUG."""
    if settings.DEBUG:
        return []
    return [message for alias in databases or ["default"] for message in problems(connections[alias])]


def problems(connection: BaseDatabaseWrapper) -> list[CheckMessage]:
    """Return what could lose a committed answer in a crash (errors) or hide a damaged page (warning)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [[*WANTED, "data_checksums"]])
        found = dict(cursor.fetchall())
        cursor.execute(OVERRIDES)
        overrides = cursor.fetchall()
    messages: list[CheckMessage] = [
        _not_durable(name, found[name]) for name in WANTED if found[name] not in WANTED[name]
    ]
    messages += [_overridden(*row) for row in overrides if row[2].partition("=")[2] not in WANTED["synchronous_commit"]]
    if found["data_checksums"] != "on":
        hint = "Stop the server and run pg_checksums --enable, or make the data folder anew with initdb -k."
        messages.append(checks.Warning("PostgreSQL runs without data checksums.", hint=hint, id="cxsurvey.W001"))
    return messages


def _not_durable(name: str, value: str) -> CheckMessage:
    text = f"PostgreSQL runs with {name}={value}: a crash can lose answers that were confirmed."
    return Error(text, hint=f"Set {name} = on in postgresql.conf and reload.", id="cxsurvey.E001")


def _overridden(database: str, role: str, setting: str) -> CheckMessage:
    text = f"{setting} is set for {role} in {database}: a crash can lose answers that were confirmed."
    return Error(text, hint="ALTER ROLE … RESET synchronous_commit (or ALTER DATABASE …).", id="cxsurvey.E002")
