"""A survey page by page in a browser: three widths, with and without script, right to left, offline, for everybody."""

from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from feedback.models import PartialResponse, Response
from surveys.actions.links import answer_url, preferences_url
from surveys.models import Invitation, OpenLink
from surveys.rendering.message import fill, render_email
from tests import robots
from tests.browser.conftest import OpenPage, keep, violations
from tests.browser.test_answering import questions, small_targets
from tests.factories.answering import open_invitation, touchpoint_survey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TITLE = {"en": "Your documents", "de": "Ihre Kontoeröffnungsunterlagen", "ar": "مستنداتك"}
CODES = ("recommend", "satisfied", "why", "mood")


def paged(server: LiveServer, **document: Any) -> tuple[str, Invitation]:
    document = {"layout": "question_per_page", "languages": ["en", "de", "ar"], "title": TITLE, **document}
    invitation, token = open_invitation(touchpoint_survey(questions(*CODES), **document))
    return f"{server.url}/s/{token}/", invitation


def press(page: Page, value: str) -> None:
    """Press a button of the form and wait for the next page."""
    with page.expect_navigation():
        page.locator(f"button[name=_go][value={value}]").click()


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"[name={name}][value='{value}']").check(force=True)


def sound(page: Page, *, script: bool = True) -> None:
    """No rule of accessibility broken (axe itself needs scripts), nothing to touch too small, nothing sideways."""
    assert violations(page) == [] if script else True
    assert small_targets(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize(("width", "script"), [(360, False), (360, True), (768, True), (1280, False)])
def test_survey_is_answered_page_by_page(
    live_server: LiveServer, open_page: OpenPage, width: int, script: bool
) -> None:
    url, _invitation = paged(live_server)
    page = open_page(url, width=width, script=script)
    sound(page, script=script)
    keep(page, f"pages-first-{width}-{script}")
    choose(page, "recommend", "9")
    press(page, "on")
    press(page, "on")  # nothing chosen
    assert page.get_by_role("alert").get_by_role("link").inner_text() == "Question 2: Choose a number from 1 to 5"
    sound(page, script=script)
    choose(page, "satisfied", "4")
    press(page, "on")
    page.locator("[name=why]").fill("Quick and kind")
    press(page, "back")
    assert page.locator("[name=satisfied]:checked").get_attribute("value") == "4"
    sound(page, script=script)
    keep(page, f"pages-back-{width}-{script}")
    press(page, "on")
    assert page.locator("[name=why]").input_value() == "Quick and kind"
    page.go_back()
    page.go_forward()
    press(page, "on")
    press(page, "send")
    page.get_by_role("heading", name="Thank you").wait_for()
    sound(page, script=script)
    assert Response.objects.get().answers.count() == 3


def test_survey_is_resumed_on_another_device(live_server: LiveServer, open_page: OpenPage) -> None:
    url, _invitation = paged(live_server)
    phone = open_page(url, script=False)
    choose(phone, "recommend", "9")
    press(phone, "on")
    computer = open_page(url, width=1280)
    assert (
        computer.get_by_role("status").first.inner_text() == "Your answers so far are kept. You go on where you were."
    )
    sound(computer)
    keep(computer, "pages-resumed")
    assert computer.context.cookies() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["de", "ar"])
def test_pages_in_other_languages(live_server: LiveServer, open_page: OpenPage, language: str, scheme: str) -> None:
    url, _invitation = paged(live_server)
    page = open_page(f"{url}?lang={language}", color_scheme=scheme, width=320)
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    sound(page)
    choose(page, "recommend", "9")
    press(page, "on")
    assert page.locator("html").get_attribute("lang") == language
    keep(page, f"pages-{language}-{scheme}")
    sound(page)


def test_doubted_person_confirms_by_keyboard(live_server: LiveServer, open_page: OpenPage) -> None:
    url, invitation = paged(live_server)
    html = fill(render_email(invitation, "en").html, answer_url(invitation), preferences_url(invitation))
    robots.fetch_everything([link for link in robots.Page(html, "/").links if "/s/" in link])
    page = open_page(f"{url}?a=recommend:9")
    assert page.locator("[name=recommend]:checked").get_attribute("value") == "9"
    press(page, "on")
    page.get_by_role("heading", name="Are these your answers?").wait_for()
    sound(page)
    keep(page, "confirm-360")
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    page.get_by_role("alert").wait_for()
    sound(page)
    page.get_by_label("Yes, these are my answers").focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("legend").inner_text().startswith("Question 2 of 4")
    assert PartialResponse.objects.get().answers["recommend"]["given"] == ["9"]


def test_nothing_typed_is_lost_when_the_connection_is(live_server: LiveServer, open_page: OpenPage) -> None:
    url, _invitation = paged(live_server, layout="one_page")
    page = open_page(url)
    choose(page, "satisfied", "4")
    page.locator("[name=why]").fill("Half a sentence")
    page.reload()
    page.wait_for_function("document.querySelector('[name=why]').value === 'Half a sentence'")
    assert page.locator("[name=satisfied]:checked").get_attribute("value") == "4"
    page.context.set_offline(True)
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_text("You are offline. Nothing is lost").wait_for()
    assert violations(page) == []
    keep(page, "offline-360")
    with page.expect_navigation():
        page.context.set_offline(False)
    page.get_by_role("heading", name="Thank you").wait_for()
    page.wait_for_function("Object.keys(localStorage).length === 0")
    assert Response.objects.count() == 1


def test_page_holds_at_double_zoom_with_reduced_motion_and_forced_colours(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    url, _invitation = paged(live_server, layout="one_page")
    options = {"reduced_motion": "reduce", "forced_colors": "active", "device_scale_factor": 2}
    page = open_page(url, width=320, **options)  # 640 px at 200 %
    assert page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches") is True
    assert page.locator(".points span").first.evaluate("each => getComputedStyle(each).transitionDuration") == "0s"
    choose(page, "recommend", "9")
    keep(page, "forced-colours-320")
    sound(page)


def test_screen_readers_hear_question_scale_and_choice(live_server: LiveServer, open_page: OpenPage) -> None:
    url, _invitation = paged(live_server)
    page = open_page(url, script=False)
    group = page.get_by_role("group", name="Question 1 of 4 How likely are you to recommend us to a friend?")
    assert group.get_by_role("radio").count() == 11
    assert group.get_by_role("radio", name="9", exact=True).count() == 1
    ends = group.get_attribute("aria-describedby") or ""
    said = " ".join(page.locator(f"#{ends.strip()}").inner_text().split())
    assert said == "0 Not at all likely 10 Extremely likely"
    assert page.get_by_role("textbox").count() == 0  # the field that catches machines is not there for anybody
    assert page.get_by_role("button").all_inner_texts() == ["Continue"]
    assert page.get_by_role("navigation", name="Language").count() == 1


def test_open_link_and_its_frame(live_server: LiveServer, open_page: OpenPage) -> None:
    version = touchpoint_survey(questions("satisfied", "why"))
    OpenLink.objects.create(survey=version.survey, slug="desk", embed_origins=[live_server.url])
    for address in ("/o/desk/", "/o/desk/embed/"):
        page = open_page(live_server.url + address)
        sound(page)
        keep(page, f"open-{address.count('/')}")
        choose(page, "satisfied", "4")
        press(page, "send")
        page.get_by_role("heading", name="Thank you").wait_for()
        sound(page)
        assert page.context.cookies() == []
    assert Response.objects.count() == 2
