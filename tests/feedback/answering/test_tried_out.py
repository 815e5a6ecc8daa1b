"""Looking at a questionnaire and sending it to oneself leaves no trace in what is asked, answered and compared."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feedback.dashboards.comparison import Query, build_comparison
from feedback.models import Answer, Click, FreeText, HeldResponse, PartialResponse, Response
from surveys.models import AskDecision, Conversation, Customer, Delivery, Invitation, OpenLink, Survey
from surveys.standins.inbox import Inbox
from tests.designing import client_of_fixture, post, survey_fixture  # noqa: F401 - fixtures
from tests.factories.answering import open_invitation

pytestmark = pytest.mark.django_db
ROWS = (
    *(Response, Answer, FreeText, PartialResponse, HeldResponse, Click),
    *(AskDecision, Invitation, Delivery, Conversation, Customer, OpenLink),
)


def rows() -> dict[str, list[Any]]:
    """Everything that asking and answering keep, value by value."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in ROWS}


def compared() -> dict[str, Any]:
    return {key: value for key, value in build_comparison(Query("account")).items() if key != "generated_at"}


def test_preview_filled_in_and_sent_changes_no_row_and_no_figure(client: Client, client_of, survey: Survey):
    post(client_of, "publish-now", survey, now="1")
    client.post(f"/s/{_asked(survey)}/", {"overall": 4, "reason": "Quick", "_go": "send"})
    before, figures = rows(), compared()
    assert len(before["Response"]) == 1
    address = reverse("design:editor", args=[survey.code]) + "preview/"
    assert client_of.get(address).status_code == 200
    sent = client_of.post(address, {"overall": 1, "reason": "Only a try", "_page": "overall reason", "_go": "send"})
    assert sent.status_code == 302
    assert "TEST" in client_of.get(address + sent["Location"]).content.decode()
    assert (rows(), compared()) == (before, figures)


@pytest.mark.usefixtures("smtp_inbox", "sms_provider")
@pytest.mark.parametrize(("channel", "to"), [("email", "dana@example.org"), ("sms", "+491711234567")])
def test_test_message_changes_no_row_and_its_links_are_inert(
    client, client_of, survey, inbox: Inbox, settings, channel, to
):
    settings.SMS_COUNTRIES = ["DE"]
    post(client_of, "publish-now", survey, now="1")
    client.post(f"/s/{_asked(survey)}/", {"overall": 4, "_go": "send"})
    before, figures = rows(), compared()
    data = {"channel": channel, "address": to, "lang": "en"}
    page = client_of.post(reverse("design:test-send", args=[survey.code]), data, follow=True).content.decode()
    assert f"Sent to {to}. Its links lead to the preview." in page
    [message] = inbox.messages()
    preview = f"{settings.PUBLIC_BASE_URL}/design/{survey.code}/preview/"
    words = message.text.split()
    assert [word for word in words if word.startswith("http") and not word.startswith(preview)] == []
    assert [word for word in words if word.startswith(preview)] != []
    for word in words:
        if word.startswith(preview):
            client_of.get(word.removeprefix(settings.PUBLIC_BASE_URL))
            client_of.post(word.removeprefix(settings.PUBLIC_BASE_URL), {"overall": 1, "_go": "send"})
    assert (rows(), compared()) == (before, figures)


@pytest.mark.usefixtures("sms_provider")
def test_test_message_of_a_conversation_is_its_first_question_and_opens_none(client_of, survey, inbox: Inbox, settings):
    settings.SMS_COUNTRIES = ["DE"]
    post(
        client_of, "words", survey, **{"words-languages": "en", "words-about": "your call", "words-sms": "conversation"}
    )
    before = rows()
    data = {"channel": "sms", "address": "+491711234567", "lang": "en"}
    page = client_of.post(reverse("design:test-send", args=[survey.code]), data, follow=True).content.decode()
    assert "Sent to +491711234567. A reply to it is not counted." in page
    [message] = inbox.messages()
    assert message.text.endswith("Answer from 1 (Not at all satisfied) to 5 (Very satisfied). STOP to end.")
    assert rows() == before


def _asked(survey: Survey) -> str:
    return open_invitation(survey.versions.get(state="published"))[1]
