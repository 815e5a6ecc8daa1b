"""No line of the log opens a survey."""

import io
import logging
import logging.config
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from feedback.models import Click
from tests.factories.answering import open_invitation

TOKEN = "Ab3_-" + "x" * 27


@pytest.fixture
def log(monkeypatch) -> io.StringIO:
    """What the handlers of the settings write."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    configured = logging.config.DictConfigurator(settings.LOGGING)
    handler.setFormatter(configured.configure_formatter(dict(settings.LOGGING["formatters"]["line"])))
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    wanted: dict[str, Any] = settings.LOGGING
    for name, logger in wanted["loggers"].items():
        filters = [configured.configure_filter(dict(wanted["filters"][each])) for each in logger["filters"]]
        monkeypatch.setattr(logging.getLogger(name), "filters", filters)
    return said


@pytest.mark.django_db
def test_refused_page_is_logged_without_its_token(log: io.StringIO, client: Client):
    _invitation, token = open_invitation()
    assert client.post(f"/s/{token}/", {"satisfied": "9"}).status_code == 422
    assert client.get(f"/p/{TOKEN}/").status_code == 404
    lines = log.getvalue().splitlines()
    assert [line.split("django.request ")[1] for line in lines] == [
        "Unprocessable Entity: /s/…/", "Not Found: /p/…/"
    ]  # fmt: skip


def test_traceback_is_logged_without_a_token(log: io.StringIO):
    try:
        raise ValueError(f"https://example.org/s/{TOKEN}/?a=recommend:9")
    except ValueError:
        logging.getLogger("surveys").exception("Failed")
    assert "ValueError: https://example.org/s/…/?a=recommend:9" in log.getvalue()
    assert TOKEN not in log.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "lines"), [("53100", 1), ("XX000", 20)])
def test_page_that_a_full_database_refused_takes_one_line_and_a_bug_its_traceback(
    log: io.StringIO, code: str, lines: int
):
    _invitation, token = open_invitation()
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION "
            f"'No space left on device' USING ERRCODE = '{code}'; END$$; "
            f"CREATE TRIGGER refuse BEFORE INSERT ON {Click._meta.db_table} EXECUTE FUNCTION refuse()"
        )
    Client(raise_request_exception=False).get(f"/s/{token}/?a=recommend:9")
    said = log.getvalue().splitlines()
    assert min(len(said), 20) == lines
    assert token not in log.getvalue()
    if lines == 1:
        assert said[0].split("django.request ")[1] == "Service Unavailable: /s/…/: No space left on device"
