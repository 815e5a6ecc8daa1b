"""A customer answers on a phone: without script, by keyboard, in the dark, on a narrow screen, right to left."""

from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from feedback.models import Answer, Response
from tests.browser.conftest import OpenPage, keep, violations
from tests.factories.answering import EVERY_KIND, open_invitation, touchpoint_survey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXTS: dict[str, dict[str, str]] = {
    "recommend": {
        "en": "How likely are you to recommend us to a friend?",
        "de": "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?",
        "ar": "ما مدى احتمال أن توصي بنا لصديق؟",
    },
    "satisfied": {
        "en": "How satisfied are you with the way we handled your documents?",
        "de": "Wie zufrieden sind Sie mit der Bearbeitung Ihrer Kontoeröffnungsunterlagen?",
        "ar": "ما مدى رضاك عن طريقة تعاملنا مع مستنداتك؟",
    },
    "easy": {"en": "We made it easy for you to hand in your documents."},
    "wait": {"en": "How long did the wait feel, from 0 (no time) to 100 (for ever)?"},
    "main": {"en": "What mattered most to you?"},
    "all": {"en": "What could be better?"},
    "solved": {"en": "Was your matter settled in this one contact?"},
    "why": {"en": "Why do you see it like this?"},
    "mood": {"en": "How did you feel when you were done?"},
}
ENDS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "recommend": (
        {"en": "Not at all likely", "de": "Überhaupt nicht wahrscheinlich", "ar": "غير محتمل إطلاقا"},
        {"en": "Extremely likely", "de": "Äußerst wahrscheinlich", "ar": "محتمل جدا"},
    ),
    "satisfied": (
        {"en": "Very dissatisfied", "de": "Sehr unzufrieden", "ar": "غير راض جدا"},
        {"en": "Very satisfied", "de": "Sehr zufrieden", "ar": "راض جدا"},
    ),
}


def questions(*codes: str) -> list[dict[str, Any]]:
    """Questions of these codes with real texts."""
    asked = [dict(each) for each in EVERY_KIND if not codes or each["code"] in codes]
    for each in asked:
        each["text"] = TEXTS[each["code"]]
        if each["code"] in ENDS:
            each["low"], each["high"] = ENDS[each["code"]]
    return asked


def address(server: LiveServer, *codes: str, **document: Any) -> str:
    """Where a fresh invitation to a survey with these questions is answered."""
    version = touchpoint_survey(questions(*codes), **document)
    return f"{server.url}/s/{open_invitation(version)[1]}/"


class Keyboard:
    """Nothing but keys, counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
            self.pressed += 1

    def tab_to(self, selector: str) -> None:
        """Tab forward until the focus is on the element."""
        for _ in range(40):
            if self.page.locator(f"{selector}:focus").count():
                return
            self.press("Tab")
        pytest.fail(f"the keyboard never reaches {selector}")


def test_every_kind_is_answered_without_script_by_keyboard_only(live_server: LiveServer, open_page: OpenPage) -> None:
    page = open_page(address(live_server), script=False)
    keep(page, "answer-360")
    keys = Keyboard(page)
    keys.tab_to("[name=recommend]")
    keys.press("ArrowRight", 9)
    keys.tab_to("[name=satisfied]")
    keys.press("ArrowRight", 3)
    keys.tab_to("[name=easy]")
    keys.press("ArrowRight", 5)
    keys.tab_to("[name=wait]")
    page.keyboard.type("25")
    keys.tab_to("[name=main]")
    keys.press("ArrowDown")
    keys.tab_to("[name=all][value=price]")
    keys.press("Space")
    keys.tab_to("[name=all][value=speed]")
    keys.press("Space")
    keys.tab_to("[name=solved]")
    keys.press("Space")
    keys.tab_to("[name=why]")
    page.keyboard.type("Quick and kind")
    keys.tab_to("[name=mood][value=relieved]")
    keys.press("Space")
    keep(page, "answer-360-filled")
    keys.tab_to("button[type=submit]")
    keys.press("Enter")
    page.get_by_role("heading", name="Thank you").wait_for()
    keep(page, "thanks-360")
    given = {
        answer.question.code: answer.value if answer.value is not None else list(answer.choices)
        for answer in Answer.objects.select_related("question")
    }
    assert given == {
        "recommend": 9.0, "satisfied": 4.0, "easy": 6.0, "wait": 25.0, "main": ["speed"], "all": ["price", "speed"],
        "solved": 1.0, "why": [], "mood": ["relieved"],
    }  # fmt: skip
    assert Answer.objects.get(question__code="why").free_text.text == "Quick and kind"
    assert keys.pressed <= 60


def test_mistakes_are_named_on_top_and_at_the_field(live_server: LiveServer, open_page: OpenPage) -> None:
    page = open_page(address(live_server), script=False)
    page.locator("[name=wait]").fill("250")
    page.locator("[name=why]").fill("Because of the queue")
    page.get_by_role("button", name="Send my answers").click()
    summary = page.get_by_role("alert")
    summary.wait_for()
    keep(page, "errors-360")
    assert summary.get_by_role("link").all_inner_texts() == [
        "Question 2: Choose a number from 1 to 5",
        "Question 4: Choose a number from 0 to 100",
    ]
    assert page.locator("[name=wait]").input_value() == "250"
    assert page.locator("[name=why]").input_value() == "Because of the queue"
    summary.get_by_role("link").first.click()
    assert page.locator("#id_satisfied").evaluate("e => e.getBoundingClientRect().top < innerHeight") is True
    page.locator("[name=wait]").fill("50")
    page.locator("[name=satisfied][value='2']").check(force=True)
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert Response.objects.count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_have_no_accessibility_violation(live_server: LiveServer, open_page: OpenPage, scheme: str) -> None:
    url = address(live_server)
    page = open_page(url, color_scheme=scheme)
    assert violations(page) == []
    keep(page, f"answer-{scheme}")
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("alert").wait_for()
    assert violations(page) == []
    keep(page, f"errors-{scheme}")
    page.locator("[name=satisfied][value='4']").check(force=True)
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert violations(page) == []
    keep(page, f"thanks-{scheme}")
    page.goto(url)
    page.get_by_role("heading", name="This link does not work any more").wait_for()
    assert violations(page) == []
    keep(page, f"gone-{scheme}")


@pytest.mark.parametrize("width", [320, 360, 768])
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_no_screen_scrolls_sideways_and_targets_are_large(
    live_server: LiveServer, open_page: OpenPage, width: int, language: str
) -> None:
    title = {"en": "Your documents", "de": "Ihre Kontoeröffnungsunterlagen", "ar": "مستنداتك"}
    url = address(live_server, languages=["en", "de", "ar"], title=title, about=title)
    page = open_page(f"{url}?lang={language}", width=width)
    keep(page, f"answer-{language}-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert small_targets(page) == []
    assert violations(page) == []
    page.get_by_role("button").last.click()
    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert small_targets(page) == []


def small_targets(page: Page) -> list[tuple[str, float, float]]:
    """Things to touch that are less than 44 px wide or high; a link within a sentence is as high as its line."""
    boxes: list[tuple[str, float, float]] = page.evaluate(
        """() => [...document.querySelectorAll("button, textarea, input[type=text], label:has(input), nav a, footer a,"
             + ".error-summary a")]
            .map(e => [e.textContent.trim() || e.name, e.getBoundingClientRect()])
            .map(([text, box]) => [text, box.width, box.height])
            .filter(([text, width, height]) => width < 43.99 || height < 43.99)"""
    )
    return [(text, width, height) for text, width, height in boxes]


def test_double_click_sends_once(live_server: LiveServer, open_page: OpenPage) -> None:
    page = open_page(address(live_server, "satisfied"), script=False)
    page.locator("[name=satisfied][value='5']").check(force=True)
    page.get_by_role("button", name="Send my answers").dblclick()
    page.get_by_role("heading", name="Thank you").wait_for()
    page.reload()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert Response.objects.count() == 1


def test_three_questions_fit_and_nothing_is_blocked_or_fetched_elsewhere(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    url = address(live_server, "recommend", "satisfied", "why")
    page = open_page("about:blank")
    said: list[str] = []
    fetched: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: fetched.append(request.url.removeprefix(live_server.url)))
    page.goto(f"{url}?a=recommend:9")
    keep(page, "answer-three")
    assert page.locator("[name=recommend]:checked").get_attribute("value") == "9"
    assert [each.split("?")[0] for each in fetched if each.startswith("/static")] == [
        "/static/surveys/answer.css",
        "/static/surveys/answer.js",  # comfort only
    ]
    assert [each for each in fetched if not each.startswith(("/", "data:"))] == []
    assert said == []
    assert page.context.cookies() == []
