"""The customer's page within the designer: the real one, page by page, and nothing of it stored."""

import re

import pytest
from django.test import Client

from feedback.models import PartialResponse, Response
from surveys.actions.drafts import start_draft
from surveys.models import SurveyVersion
from tests.factories import SurveyFactory

pytestmark = pytest.mark.django_db

RATING = {
    "code": "overall",
    "kind": "csat",
    "metric": "csat",
    "measures": "journey",
    "scale": [1, 5],
    "headline": True,
    "required": True,
    "text": {"en": "How was it?", "de": "Wie war es?"},
}
WHY = {
    "code": "why",
    "kind": "text",
    "metric": "free_text",
    "measures": "journey",
    "text": {"en": "What went wrong?"},
    "show_if": {"question": "overall", "at_most": 2},
}
LAST = {"code": "last", "kind": "text", "metric": "free_text", "measures": "journey", "text": {"en": "Anything else?"}}


@pytest.fixture
def client_of(designer) -> Client:
    client = Client()
    client.force_login(designer)
    return client


@pytest.fixture
def address() -> str:
    document = {"languages": ["en", "de"], "layout": "question_per_page", "questions": [RATING, WHY, LAST]}
    draft = start_draft(SurveyFactory(code="whole"), None, document)
    return f"/design/{SurveyVersion.objects.select_related('survey').get(pk=draft.pk).survey.code}/preview/"


def test_first_page_is_the_customers_own_in_the_language(client_of, address):
    page = client_of.get(f"{address}?lang=de")
    assert "Wie war es?" in page.content.decode()
    assert "What went wrong?" not in page.content.decode()
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]


@pytest.mark.parametrize(("answer", "next_words"), [("1", "What went wrong?"), ("5", "Anything else?")])
def test_logic_is_followed_and_nothing_is_stored(client_of, address, answer, next_words):
    data = {"_page": "overall", "_go": "on", "overall": answer}
    page = client_of.post(address, data, follow=True)
    assert next_words in page.content.decode()
    thanks = client_of.post(address, {"_page": "last", "_go": "send", "last": "No"}, follow=True)
    assert "Thank you" in thanks.content.decode()
    assert (Response.objects.count(), PartialResponse.objects.count()) == (0, 0)


def test_mistake_is_shown_as_the_customer_sees_it(client_of, address):
    page = client_of.post(address, {"_page": "overall", "_go": "on"})
    assert page.status_code == 422
    assert "Please look at this again" in page.content.decode()


def test_question_that_is_shown_to_few_can_be_looked_at(client_of, address):
    assert "What went wrong?" in client_of.get(f"{address}?q=why").content.decode()


def test_nobody_else_sees_a_draft(address, outsider):
    client = Client()
    assert client.get(address).status_code == 302
    client.force_login(outsider)
    assert client.get(address).status_code == 302


def test_survey_without_words_is_not_found(client_of):
    assert client_of.get("/design/no-such/preview/").status_code == 404


def test_question_that_waits_on_its_page_waits_in_the_preview_too(client_of):
    document = {"languages": ["en"], "layout": "one_page", "questions": [RATING, WHY, LAST]}
    start_draft(SurveyFactory(code="at-once"), None, document)
    html = client_of.get("/design/at-once/preview/").content.decode()
    assert re.findall(r'data-code="(\w+)"( data-when=\S+)?( hidden disabled)?>', html) == [
        ("overall", "", ""),
        ("why", ' data-when="[&quot;overall&quot;,[&quot;1&quot;,&quot;2&quot;]]"', " hidden disabled"),
        ("last", "", ""),
    ]
    assert html.count("surveys/follow.js") == 1


def test_first_page_says_who_asks_about_what_in_whole_sentences(client_of, settings):
    settings.SENDER_NAME = "Example Bank"
    document = {"languages": ["en"], "about": {"en": "opening your account"}, "questions": [RATING, LAST]}
    start_draft(SurveyFactory(code="told"), None, document)
    page = " ".join(client_of.get("/design/told/preview/").content.decode().split())
    assert "<p> Example Bank asks you about opening your account. 2 questions, about 30 seconds. </p>" in page
    assert '<a href="#">Choose how we may ask you, or stop it</a>' in page
