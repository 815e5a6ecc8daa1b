"""A conversation with real parts: hooks over HTTP, the provider's API, and a worker that is replaced in the middle."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from cxsurvey.celery import app
from cxsurvey.lib.nudge import Breaker, publish
from feedback.models import Response
from surveys.models import Conversation
from surveys.standins.inbox import Inbox
from surveys.standins.sms import SmsProvider, post_form
from tests.conversing import NUMBER, asked
from tests.e2e.test_main_job import SMS, WORKER
from tests.processes import running, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def provider(tmp_path: Path, settings, live_server: LiveServer) -> Iterator[SmsProvider]:
    Breaker.closed_until = 0.0
    settings.PUBLIC_BASE_URL = live_server.url
    for name, value in SMS.items():
        setattr(settings, name, value)
    hook = f"{live_server.url}/hooks/twilio/"
    with SmsProvider(SMS["SMS_ACCOUNT"], SMS["SMS_SECRET"], Inbox(tmp_path), hook, post=post_form) as made:
        settings.SMS_API_URL = made.url
        yield made


def comes(provider: SmsProvider, number: int) -> str:
    """The message of this number, 1 for the first, once it has come."""
    assert wait_until(lambda: len(provider.messages) >= number) is True
    return provider.messages[number - 1].text


def test_conversation_goes_on_from_its_rows_with_another_worker(provider: SmsProvider, live_server: LiveServer) -> None:
    asked()
    parts = {"SMS_API_URL": provider.url, "PUBLIC_BASE_URL": live_server.url, "SMS_COUNTRIES": "DE", **SMS}
    with running(*WORKER, **parts):
        publish("surveys.deliver_due")
        assert comes(provider, 1).endswith("STOP to end.")
        assert provider.write_in(NUMBER, "very good") == (200, "")
        assert comes(provider, 2) == "Is it done? Answer Yes or No."
    assert provider.write_in(NUMBER, "yes") == (200, "")
    app.control.purge()  # the broker forgets everything, the rows do not
    with running(*WORKER, **parts):
        publish("feedback.converse")  # as beat does every half minute
        assert comes(provider, 3) == "What should we do better? Reply SKIP to skip."
        assert provider.write_in(NUMBER, "Nothing, thank you") == (200, "")
        assert comes(provider, 4) == "Thank you. Your answers have arrived."
    response = Response.objects.get()
    assert list(response.answers.order_by("question__order").values_list("value", flat=True)) == [5.0, 1.0, None]
    assert (response.source, Conversation.objects.get().state) == ("sms", "done")
