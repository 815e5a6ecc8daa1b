"""RFC 8058 and RFC 2369 at their figures (reliability D10): both headers in every mail, one POST, at once."""

import re
import time
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.utils import timezone

from surveys.actions.deliver import deliver_due
from surveys.actions.links import preferences_url
from surveys.models import Customer, Delivery, Suppression
from tests.asking import queued
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
URLENCODED = "application/x-www-form-urlencoded"
MAILS = 100


def one_click(url: str, *, multipart: bool) -> tuple[int, float, Any]:
    """Status, seconds and answer of the POST that a mail program makes: no cookie, no token of a form, no referrer."""
    parts, client = urlsplit(url), Client(enforce_csrf_checks=True)
    kind = MULTIPART_CONTENT if multipart else URLENCODED
    body: Any = {"List-Unsubscribe": "One-Click"} if multipart else "List-Unsubscribe=One-Click"
    began = time.perf_counter()
    answer = client.post(parts.path, body, content_type=kind)
    return answer.status_code, time.perf_counter() - began, answer


def test_both_headers_are_in_every_mail_first_ones_and_reminders(mail_sink: MailSink) -> None:
    made = queued(MAILS)
    while deliver_due():
        pass
    Delivery.objects.bulk_create(
        Delivery(invitation=each.invitation, channel="email", purpose="reminder", next_at=timezone.now())
        for each in made
    )
    while deliver_due():
        pass
    wanted = {preferences_url(each.invitation) for each in made}
    mails = [mail_sink.mail(number) for number in range(len(mail_sink.contents))]
    assert len(mails) == 2 * MAILS
    assert {str(mail["List-Unsubscribe-Post"]) for mail in mails} == {"List-Unsubscribe=One-Click"}
    links = [re.fullmatch(r"<(https?://\S+)>", str(mail["List-Unsubscribe"])) for mail in mails]
    assert {link[1] for link in links if link} == wanted
    assert [mail for mail, link in zip(mails, links, strict=True) if link is None] == []


@pytest.mark.parametrize("multipart", [False, True])
def test_twenty_posts_are_quick_without_redirect_and_obeyed_before_they_are_answered(multipart: bool) -> None:
    seconds = []
    for delivery in queued(20):
        for again in range(2):
            status, took, answer = one_click(preferences_url(delivery.invitation), multipart=multipart)
            person = Customer.objects.get(pk=delivery.invitation.customer_id)
            stopped = Suppression.objects.filter(address_hash=person.email_hash, channel="email").count()
            assert (again, status, person.consent_email, stopped) == (again, 200, False, 1)
            assert ("Location" in answer, "Set-Cookie" in answer) == (False, False)
            seconds.append(took)
    assert median(seconds) < 0.5
    assert set(Delivery.objects.values_list("state", flat=True)) == {"suppressed"}


def test_wrong_tokens_and_links_of_another_purpose_stop_nobody() -> None:
    (delivery,) = queued(1)
    right = urlsplit(preferences_url(delivery.invitation)).path
    token = right.strip("/").split("/")[-1]
    wrong = [token[:-1], token + "A", token.swapcase(), token[::-1], "A" * len(token), "x"]
    paths = [right.replace(token, each) for each in wrong]
    statuses = [one_click(path, multipart=False)[0] for path in paths]
    assert (statuses, Suppression.objects.count()) == ([404] * len(wrong), 0)
