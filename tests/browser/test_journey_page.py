"""A customer answers on a phone, and a manager sees it on the journey page: readable, accessible, at every width."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from cxsurvey.demo.play import record
from cxsurvey.demo.stories import STORIES
from feedback.actions.programmes import load_text
from feedback.actions.refresh_runs import refresh_runs
from feedback.actions.score_texts import score_texts
from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.words import one
from surveys.actions.links import answer_token
from surveys.models import Invitation
from tests.browser.conftest import OpenPage, keep, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STORY = STORIES[0]
CUSTOMERS = 32
WORDS = "Friendly people, but I had to come back twice and nobody called me. That was terrible."


@pytest.fixture
def token(settings) -> str:
    """The demo's first story, answered by everybody but the last customer, whose link about the whole this is."""
    settings.SMS_PROVIDER = "twilio"
    load_text(STORY.programme, publish=True)
    courses = list(STORY.courses(CUSTOMERS))
    record(STORY, courses, "seen")
    client, last = Client(), f"{STORY.journey}-seen-{CUSTOMERS - 1:04d}"
    kept = ""
    for invitation in Invitation.objects.select_related("survey", "customer"):
        if invitation.customer.external_id == last and not invitation.survey.stage_code:
            kept = answer_token(invitation)
            continue
        answers = courses[int(invitation.customer.external_id[-4:])].answers[invitation.survey.stage_code]
        given = {code: value for code, value in answers.items() if value != ""}
        assert client.post(f"/s/{answer_token(invitation)}/", given).status_code == 200
    return kept


def answer_on_the_phone(page: Page) -> None:
    """Touch 3 of 10 for the whole, pass the questions between, say why, send."""
    page.locator("[name=overall][value='3']").check(force=True)
    while page.get_by_role("button", name="Continue").count():
        page.get_by_role("button", name="Continue").click()
    page.locator("[name=comment]").fill(WORDS)
    keep(page, "journey-answer-360")
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("heading", name="Thank you").wait_for()


def logged_in(open_page: OpenPage, url: str, path: str, **options) -> tuple[Page, list[str]]:
    """The page as a manager sees it after the log-in, and what the browser's console says from then on."""
    page = open_page(f"{url}/admin/login/?next={path}", **options)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.locator("[name=username]").fill("manager")
    page.locator("[name=password]").fill("correct horse battery")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{url}{path}")
    return page, said


def test_answer_on_a_phone_is_seen_by_the_manager(
    live_server: LiveServer, open_page: OpenPage, token: str, manager: User
) -> None:
    answer_on_the_phone(open_page(f"{live_server.url}/s/{token}/", script=False))
    assert (refresh_runs(), sum(score_texts().values()) > 0) == (CUSTOMERS, True)
    value = build_comparison(Query(STORY.journey))
    path = f"/admin/insights/{STORY.journey}/"
    page, said = logged_in(open_page, live_server.url, path, width=1280)
    assert page.locator(".answer").inner_text() == f"{value['sentence']} Owner: nobody."
    assert page.locator(".tile.experience b").first.inner_text() == one(value["experience"]["score"])
    assert page.locator(".tile.experience .n").first.inner_text() == f"{CUSTOMERS} answers of {CUSTOMERS} customers"
    mine = page.locator(".comments li", has_text=WORDS)
    assert mine.locator(".label").inner_text() == "mixed"
    for width in (1280, 768, 320):
        page.set_viewport_size({"width": width, "height": 900})
        keep(page, f"journey-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert violations(page) == []
    assert said == []


def test_journey_page_in_the_dark_and_broken_down(
    live_server: LiveServer, open_page: OpenPage, token: str, manager: User
) -> None:
    refresh_runs()
    path = f"/admin/insights/{STORY.journey}/?by=region"
    page, said = logged_in(open_page, live_server.url, path, width=1280, color_scheme="dark")
    for twin in page.locator("details.twin summary").all():
        twin.click()
    page.evaluate("scrollTo(0, 0)")
    keep(page, "journey-dark-1280")
    assert page.locator("table th[scope=row]", has_text="north").count() == 1
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 900})
    keep(page, "journey-dark-320")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.goto(f"{live_server.url}/admin/insights/")
    keep(page, "journeys-320")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert violations(page) == []
    assert said == []
