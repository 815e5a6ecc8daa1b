"""A database that may forget what it confirmed is refused."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from cxsurvey.checks import check_durability, problems

pytestmark = pytest.mark.django_db


def test_problems_test_database_every_switch_named() -> None:
    """The throw-away server of this test run is fast, not durable: a real example."""
    found = [(message.id, message.msg) for message in problems(connection)]
    assert found == [
        ("cxsurvey.E001", f"PostgreSQL runs with {name}=off: a crash can lose answers that were confirmed.")
        for name in ("fsync", "full_page_writes", "synchronous_commit")
    ]


def test_problems_role_override_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER ROLE CURRENT_USER SET synchronous_commit = off")
    assert [message.id for message in problems(connection)].count("cxsurvey.E002") == 1


def test_check_durability_debug_skipped(settings) -> None:
    settings.DEBUG = True
    assert check_durability(None) == []


def test_check_deploy_not_durable_fails(settings) -> None:
    settings.DEBUG = False
    with pytest.raises(SystemCheckError, match="fsync=off"):
        call_command("check", deploy=True, tags=["durability"])
