"""Mail scanners with a browser (reliability D9): every link fetched, pages kept open, every form submitted by scripts.

A few invitations in every run. SCANNED_INVITATIONS=200 runs it whole: the browser then stays ten seconds on each page.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from feedback.models import Click, HeldResponse, PartialResponse, Response
from surveys.actions.links import answer_url, preferences_url
from surveys.enums import InvitationState
from surveys.models import Customer, Invitation, Suppression
from surveys.rendering.message import fill, render_email
from tests import robots
from tests.factories import DeliveryFactory
from tests.factories.answering import EVERY_KIND, GOOD, open_invitation, touchpoint_survey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MANY = int(os.environ.get("SCANNED_INVITATIONS", "3"))
STAYS = 10_000 if MANY >= 100 else 500  # milliseconds on a page
TABS = 20
PRESSES = (robots.as_it_stands, robots.every_button, robots.ticks_every_box)
SCRIPTS = ("each.submit()", "each.requestSubmit()", "each.querySelector('button').click()")


@pytest.fixture
def mails(live_server: LiveServer, settings) -> dict[str, list[str]]:
    """Every link of each message by its token; delivered a day ago, half of the surveys on one page."""
    settings.PUBLIC_BASE_URL = live_server.url
    wanted = [each for each in EVERY_KIND if each["code"] in ("recommend", "easy", "why", "mood")]
    versions = [touchpoint_survey(wanted, layout=layout) for layout in ("one_page", "question_per_page")]
    return dict(mail(*open_invitation(versions[number % 2])) for number in range(MANY))


def mail(invitation: Invitation, token: str) -> tuple[str, list[str]]:
    DeliveryFactory(invitation=invitation, state="sent", sent_at=timezone.now() - timedelta(days=1))
    html = fill(render_email(invitation, "en").html, answer_url(invitation), preferences_url(invitation))
    return token, list(dict.fromkeys(robots.Page(html, "/").links))


def test_whatever_scanners_do_nothing_counts_and_every_person_still_answers(
    live_server: LiveServer, chromium: Browser, mails: dict[str, list[str]]
) -> None:
    for links in mails.values():
        assert len(links) == 11 + 3  # scores, the plain link, the hidden one, preferences
        robots.fetch_everything(links)
    nothing_counted()
    assert Click.objects.count() == MANY * (40 + 7)  # of the scores no more are kept; of the hidden link all

    one_each = [links[5 * number % len(links)] for number, links in enumerate(mails.values())]
    with tabs(chromium) as opened:
        for start in range(0, MANY, TABS):
            stay(opened, one_each[start : start + TABS])
    nothing_counted()
    assert HeldResponse.objects.count() == 0

    with tabs(chromium, 1) as [page]:
        for number, link in enumerate(one_each):
            submit(page, link, SCRIPTS[number % len(SCRIPTS)])
    nothing_counted()

    for number, links in enumerate(mails.values()):
        presses = PRESSES[number % len(PRESSES)]
        robots.submit_everything([link for link in links if "/s/" in link], presses)
        # The button "Yes, stop everything" is the person's own; pressing it is what unsubscribes.
        robots.submit_everything([link for link in links if "/p/" in link], presses, depth=1)
    nothing_counted()
    assert HeldResponse.objects.values("invitation").distinct().count() == MANY

    for token in mails:
        assert Client().post(f"/s/{token}/", {code: GOOD[code] for code in ("recommend", "why")}).status_code == 200
    assert Response.objects.count() == MANY


@contextmanager
def tabs(chromium: Browser, many: int = TABS) -> Iterator[list[Page]]:
    context = chromium.new_context()
    yield [context.new_page() for _ in range(many)]
    context.close()


def stay(opened: Sequence[Page], links: Sequence[str]) -> None:
    """Open each link in a tab of its own, scripts running, click nothing."""
    for page, link in zip(opened, links, strict=False):
        page.goto(link)
    opened[0].wait_for_timeout(STAYS)


def submit(page: Page, link: str, script: str) -> None:
    """Submit each form of the page by a script, and those of the page that comes of it; of preferences the first."""
    page.goto(link)
    for _hop in range(1 if "/p/" in link else 2):
        with page.expect_navigation():
            page.evaluate(f"setTimeout(() => document.querySelectorAll('form').forEach((each) => {script}), 20)")


def nothing_counted() -> None:
    assert Response.objects.count() == 0
    assert [code for row in PartialResponse.objects.all() for code, each in row.answers.items() if each["given"]] == []
    assert HeldResponse.objects.exclude(state="held").count() == 0
    assert Suppression.objects.count() == 0
    assert Customer.objects.exclude(consent_email=True, consent_sms=True).count() == 0
    assert set(Invitation.objects.values_list("state", flat=True)) == {InvitationState.LIVE}
