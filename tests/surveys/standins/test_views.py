"""The pages of the local inbox: only in development, and nothing in a mail can act."""

import re
from email.message import EmailMessage

import pytest
from django.test import Client

from surveys.standins.inbox import Inbox, Stored

pytestmark = [pytest.mark.urls("tests.surveys.standins.urls_dev"), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _on(settings, inbox):
    settings.STANDINS = True


@pytest.fixture
def mail(inbox: Inbox) -> Stored:
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = "Two questions", "f@example.org", "anna@example.org"
    made.set_content("See http://testserver/s/abc/")
    made.add_alternative("<p>Hi</p><script>alert(1)</script>", subtype="html")
    return inbox.add_mail(made.as_bytes(), "f@example.org", ["anna@example.org"])


def test_pages_do_not_exist_outside_development(client: Client, settings, mail):
    settings.STANDINS = False
    paths = ("", f"{mail.id}/", f"{mail.id}/html/", f"{mail.id}/raw/")
    assert [client.get(f"/dev/inbox/{path}").status_code for path in paths] == [404] * 4
    assert client.post("/dev/inbox/clear/").status_code == 404


def test_empty_inbox_says_what_will_be_here(client: Client):
    assert "Messages appear here as soon as a survey is sent." in client.get("/dev/inbox/").content.decode()


def test_list_shows_and_searches(client: Client, inbox, mail):
    inbox.add_sms("+1555", "+491", "How was it?")
    everything = client.get("/dev/inbox/").content.decode()
    one = client.get("/dev/inbox/", {"q": "anna"}).content.decode()
    assert ("Two questions" in everything, "How was it?" in everything) == (True, True)
    assert ("Two questions" in one, "How was it?" in one) == (True, False)


def test_message_has_headers_links_and_a_frame(client: Client, mail):
    response = client.get(f"/dev/inbox/{mail.id}/")
    page = response.content.decode()
    assert "Subject: Two questions" in page
    assert '<a href="http://testserver/s/abc/" rel="nofollow">' in page
    assert "frame-src 'self'" in response["Content-Security-Policy"]
    assert "alert(1)" not in page.replace("&lt;", "<").split("<details>")[0].split("As plain text")[0]


def test_html_of_a_mail_cannot_act(client: Client, mail):
    response = client.get(f"/dev/inbox/{mail.id}/html/")
    policy = dict(each.strip().split(" ", 1) for each in response["Content-Security-Policy"].split(";"))
    allowed = {name: value for name, value in policy.items() if value != "'none'"}
    assert allowed == {"style-src": "'unsafe-inline'", "img-src": "data:", "frame-ancestors": "'self'"}
    assert policy["script-src"] == "'none'"
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_raw_is_plain_text(client: Client, mail, inbox):
    response = client.get(f"/dev/inbox/{mail.id}/raw/")
    assert (response["Content-Type"], response.content) == ("text/plain; charset=utf-8", inbox.raw(mail.id))


def test_reply_goes_to_the_provider(client: Client, inbox, sms_provider, settings):
    settings.STANDIN_SMS_PORT = sms_provider.port
    calls: list[dict[str, str]] = []

    def post(_url: str, form: dict[str, str], _headers: dict[str, str]) -> tuple[int, str]:
        calls.append(form)
        return 200, "<Response></Response>"

    sms_provider.post = post
    stored = inbox.add_sms("+15005550006", "+4915112345678", "How was it?")
    response = client.post(f"/dev/inbox/{stored.id}/reply/", {"body": "9"}, follow=True)
    assert response.redirect_chain == [(f"/dev/inbox/{stored.id}/", 302)]
    assert "Sent as +4915112345678. What we answer appears here within some seconds" in response.content.decode()
    assert [(form["From"], form["Body"]) for form in calls] == [("+4915112345678", "9")]


def test_reply_without_provider_says_how_to_start_it(client: Client, inbox, settings):
    settings.STANDIN_SMS_PORT = 1
    stored = inbox.add_sms("+15005550006", "+4915112345678", "How was it?")
    response = client.post(f"/dev/inbox/{stored.id}/reply/", {"body": "9"}, follow=True)
    assert "The SMS stand-in does not answer" in response.content.decode()


def test_reply_that_we_refuse_says_so(client: Client, inbox, sms_provider, settings):
    settings.STANDIN_SMS_PORT = sms_provider.port
    sms_provider.post = lambda _url, _form, _headers: (403, "")
    stored = inbox.add_sms("+15005550006", "+4915112345678", "How was it?")
    response = client.post(f"/dev/inbox/{stored.id}/reply/", {"body": "9"}, follow=True)
    assert "We refused the reply (403)" in response.content.decode()


def test_text_message_stands_among_all_of_its_number(client: Client, inbox):
    first = inbox.add_sms("+15005550006", "+4915112345678", "How was it?")
    inbox.add_sms("+4915112345678", "+15005550006", "9", direction="in")
    inbox.add_sms("+15005550006", "+49151", "Somebody else")
    inbox.add_sms("+15005550006", "+4915112345678", "Thank you")
    html = client.get(f"/dev/inbox/{first.id}/").content.decode()
    assert re.findall(r'<li class="(\w+)">.*?</p>\s*<p>(.*?)</p>', html, re.DOTALL) == [
        ("out", "How was it?"), ("in", "9"), ("out", "Thank you")
    ]  # fmt: skip


def test_clear_empties_the_inbox(client: Client, inbox, mail):
    response = client.post("/dev/inbox/clear/", follow=True)
    assert "1 messages deleted." in response.content.decode()
    assert list(inbox.messages()) == []


def test_unknown_message_is_not_found(client: Client):
    assert client.get("/dev/inbox/nothing/").status_code == 404
