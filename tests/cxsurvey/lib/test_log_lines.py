"""No line of the log opens a survey."""

import io
import logging
import logging.config

import pytest
from django.conf import settings
from django.test import Client

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
