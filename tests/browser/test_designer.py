"""The designer in a real browser: by mouse, by keyboard, without script, at three widths; looked at."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from playwright.sync_api import Page, expect

from surveys.models import Survey, SurveyVersion
from tests.browser.conftest import OpenPage, keep, violations
from tests.factories import published_journey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Design = Callable[..., Page]


@pytest.fixture
def designer() -> User:
    """Staff who may work on questionnaires and publish them, and nothing else."""
    user = User.objects.create_user("dana", password="x", is_staff=True)
    names = ("view_survey", "change_survey", "change_surveyversion")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


@pytest.fixture
def design(live_server: Any, open_page: OpenPage, designer: User) -> Design:
    """Open an address of the designer, logged in."""
    client = Client()
    client.force_login(designer)
    session = client.cookies["sessionid"].value
    published_journey(["call", "documents", "welcome"], "account")

    def opened(path: str = "/design/", **options: Any) -> Page:
        page = open_page(f"{live_server.url}/healthz", **{"width": 1280, **options})
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(f"{live_server.url}{path}")
        return page

    return opened


def make_survey(page: Page, template: str = "csat", place: str = "account/call", name: str = "After the call") -> None:
    page.get_by_role("link", name="New questionnaire").click()
    page.get_by_label("Begin with").select_option(template)
    page.get_by_label("It is about").select_option(place)
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make it").click()


def draft() -> SurveyVersion:
    return SurveyVersion.objects.get(state="draft")


def test_survey_made_edited_and_published_with_the_mouse(design):
    page = design()
    make_survey(page)
    text = page.get_by_label("Question", exact=True)
    text.fill("Overall, how satisfied were you with {your call}?")
    page.get_by_label("Help below it").click()  # leaving the field stores it
    expect(page.locator("#state")).to_contain_text("change 2")
    assert draft().document["questions"][0]["text"]["en"] == "Overall, how satisfied were you with {your call}?"
    expect(page.frame_locator("#preview").get_by_text("how satisfied were you with your call")).to_be_visible()
    keep(page, "designer-1280")
    page.get_by_role("link", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish now").click()
    assert page.get_by_text("Version 1 is published.").is_visible()
    keep(page, "designer-published")
    assert Survey.objects.get().versions.get().state == "published"


def test_everything_works_without_script(design):
    page = design(script=False)
    make_survey(page)
    page.get_by_label("Question", exact=True).fill("How was {this call}?")
    page.get_by_role("button", name="Save").click()
    assert draft().document["questions"][0]["text"]["en"] == "How was {this call}?"
    page.get_by_role("button", name="Move question 1 down").click()
    assert [each["code"] for each in draft().document["questions"]] == ["reason", "overall"]
    page.get_by_role("button", name="Undo").click()
    assert [each["code"] for each in draft().document["questions"]] == ["overall", "reason"]
    page.get_by_label("Add a question").select_option("nps")
    page.get_by_role("button", name="Add", exact=True).click()
    assert [each["kind"] for each in draft().document["questions"]] == ["csat", "nps", "text"]


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken(design, width, scheme):
    page = design(width=width, color_scheme=scheme)
    make_survey(page)
    code = Survey.objects.get().code
    for part in ("", "words/", "languages/", "logic/", "publish/", "history/", "drop/"):
        page.goto(re.sub(r"/design/.*", f"/design/{code}/{part}", page.url))
        keep(page, f"designer-{part.strip('/') or 'editor'}-{width}-{scheme}")
        assert violations(page) == [], part
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), part
