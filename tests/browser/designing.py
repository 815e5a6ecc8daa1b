"""What browser tests of the designer share: a designer at the screen, a survey made by hand, its draft."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from playwright.sync_api import Page

from surveys.models import Survey, SurveyVersion
from tests.browser.conftest import OpenPage
from tests.factories import published_journey

Design = Callable[..., Page]


@pytest.fixture(name="designer")
def designer_fixture() -> User:
    """Staff who may work on questionnaires and publish them, and nothing else."""
    user = User.objects.create_user("dana", password="x", is_staff=True)
    names = ("view_survey", "change_survey", "change_surveyversion")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


@pytest.fixture(name="design")
def design_fixture(live_server: Any, open_page: OpenPage, designer: User) -> Design:
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
    page.wait_for_url(
        lambda url: "/design/new" not in url
    )  # and for its scripts: nothing is stored before they are there


def draft() -> SurveyVersion:
    return SurveyVersion.objects.get(state="draft")


def page_of(page: Page, part: str = "") -> None:
    """Go to a page of the survey that was made."""
    page.goto(re.sub(r"/design/.*", f"/design/{Survey.objects.get().code}/{part}", page.url))
