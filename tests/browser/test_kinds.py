# ruff: noqa: E501 - tables of values
"""Every kind of question on a real page: at any width, in the dark, right to left, in forced colours."""

from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from feedback.models import Answer, SealedText
from tests.browser.conftest import OpenPage, keep, violations
from tests.browser.test_answering import small_targets
from tests.factories.answering import open_invitation, touchpoint_survey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHOICES = [
    {"code": "price", "text": "The price and what it includes"},
    {"code": "speed", "text": "The speed"},
    {"code": "staff", "text": "The people who served me"},
    {"code": "none", "text": "Nothing of this"},
]
WITH_OTHER = [*CHOICES[:3], {"code": "other", "text": "Something else", "other": True}]
ROWS = [
    {"code": "desk", "text": "The reception desk"},
    {"code": "line", "text": "The telephone line"},
    {"code": "site", "text": "The web site"},
]
LISTS = ("choices", "rows")
QUESTIONS: list[dict[str, Any]] = [
    {"code": "hello", "kind": "statement", "text": "It is about your visit on Monday.\n\nTake the time you need."},
    {"code": "recommend", "kind": "nps", "text": "How likely are you to recommend us to a friend?"},
    {"code": "satisfied", "kind": "csat", "headline": True, "required": True, "text": "How satisfied were you overall?"},
    {"code": "stars", "kind": "csat", "style": "stars", "text": "How many stars do you give the branch?"},
    {"code": "faces", "kind": "csat", "style": "smileys", "text": "How did you feel about the wait?"},
    {"code": "ten", "kind": "csat", "scale": [1, 10], "style": "stars", "text": "And on a longer scale?"},
    {"code": "easy", "kind": "ces", "text": "We made it easy for you to hand in your documents."},
    {"code": "agree", "kind": "agreement", "text": "I knew whom to turn to."},
    {"code": "again", "kind": "repeated_myself", "text": "Did you have to repeat yourself?"},
    {"code": "served", "kind": "service_quality", "required": True, "text": "How did we serve you?"},
    {"code": "between", "kind": "between_steps", "required": True, "text": "After you handed in your documents:"},
    {"code": "places", "kind": "matrix", "scale": [1, 7], "rows": ROWS, "text": "How satisfied were you with each of these?",
     "low": "Not at all", "high": "Completely"},
    {"code": "used", "kind": "matrix", "choices": CHOICES[:3], "rows": ROWS[:2], "text": "What mattered most at each?"},
    {"code": "mood", "kind": "feelings", "text": "How did you feel when you were done?"},
    {"code": "main", "kind": "single", "choices": WITH_OTHER, "text": "What mattered most to you?"},
    {"code": "all", "kind": "multi", "choices": [*CHOICES[:3], {**CHOICES[3], "exclusive": True}], "required": True,
     "text": "What could be better?"},
    {"code": "first", "kind": "ranking", "choices": CHOICES[:3], "required": True, "text": "What should we improve first?"},
    {"code": "solved", "kind": "yes_no", "text": "Was your matter settled in this one contact?"},
    {"code": "calls", "kind": "number", "min": 0, "max": 50, "required": True, "text": "How many times did you call?"},
    {"code": "day", "kind": "date", "min": "2020-01-01", "required": True, "text": "On which day did you hand them in?"},
    {"code": "short", "kind": "text", "multiline": False, "required": True, "text": "In one word?"},
    {"code": "why", "kind": "text", "text": "Why do you see it like this?", "help": "Please write no account numbers."},
    {"code": "reach", "kind": "contact", "required": True, "text": "How can we reach you about this?"},
    {"code": "again_please", "kind": "consent", "grants": ["email"], "required": True,
     "text": "You may ask me again by e-mail when my account is open."},
    {"code": "campaign", "kind": "hidden", "text": "Campaign"},
]  # fmt: skip


def address(server: LiveServer, **document: Any) -> str:
    return f"{server.url}/s/{open_invitation(touchpoint_survey(QUESTIONS, **document))[1]}/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_every_kind_and_its_mistake_is_accessible_at_any_width(
    live_server: LiveServer, open_page: OpenPage, width: int, scheme: str
) -> None:
    page = open_page(address(live_server), width=width, color_scheme=scheme, script=True)
    keep(page, f"kinds-{scheme}-{width}")
    looked_at(page, width)
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("alert").wait_for()
    keep(page, f"kinds-errors-{scheme}-{width}")
    looked_at(page, width)
    assert len(page.get_by_role("alert").get_by_role("link").all()) == 17  # one for each row and line


def looked_at(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert small_targets(page) == []
    assert violations(page) == []


@pytest.mark.parametrize(("language", "options"), [("ar", {}), ("en", {"forced_colors": "active"})])
def test_every_kind_right_to_left_and_in_forced_colours(
    live_server: LiveServer, open_page: OpenPage, language: str, options: dict[str, str]
) -> None:
    page = open_page(f"{address(live_server, languages=['en', 'ar'])}?lang={language}", **options)
    keep(page, f"kinds-{language}-{'forced' if options else 'rtl'}")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    if not options:  # forced colours are the browser's own: contrast cannot be computed there
        assert violations(page) == []


@pytest.mark.parametrize("width", [320, 360])
def test_word_longer_than_the_page_is_broken_in_every_kind(
    live_server: LiveServer, open_page: OpenPage, width: int
) -> None:
    word = "Donaudampfschifffahrtsgesellschaftskapitänsanmeldebestätigung"

    def long(question: dict[str, Any]) -> dict[str, Any]:
        lists = {key: [{**each, "text": word + each["code"]} for each in question.get(key, ())] for key in LISTS}
        ends: dict[str, Any] = {key: word for key in ("low", "high") if key in question}
        return {**question, **ends, **{key: value for key, value in lists.items() if value}, "text": word}

    version = touchpoint_survey([long(each) for each in QUESTIONS], languages=["de"], title=word)
    page = open_page(f"{live_server.url}/s/{open_invitation(version)[1]}/", width=width)
    keep(page, f"kinds-long-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_every_kind_is_answered_without_script(live_server: LiveServer, open_page: OpenPage) -> None:
    page = open_page(address(live_server), script=False)
    for name, value in {
        "recommend": "9", "satisfied": "4", "stars": "5", "faces": "2", "ten": "10", "easy": "6", "agree": "4", "again": "1",
        "served.speed": "4", "served.knowledge": "5", "served.patience": "3", "served.accommodation": "4",
        "between.receipt_confirmed": "yes", "between.knew_what_next": "no", "between.knew_when": "no",
        "places.desk": "7", "used.line": "speed", "mood": "relieved", "all": "staff", "solved": "yes",
    }.items():  # fmt: skip
        page.locator(f"[name='{name}'][value='{value}']").check(force=True)
    page.locator("[name='main.other']").fill("The coffee")
    page.locator("#id_first_1").select_option("speed")
    page.locator("#id_first_2").select_option("price")
    for name, words in {"calls": "3", "day": "2026-03-01", "short": "Kind", "reach.name": "Ann"}.items():
        page.locator(f"[name='{name}']").fill(words)
    page.locator("[name='reach.email']").fill("ann@example.org")
    page.locator("[name='reach.phone']").fill("+49 170 1234567")
    page.locator("[name=again_please]").check(force=True)
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    found = {
        answer.question.code: answer.value if answer.value is not None else list(answer.choices)
        for answer in Answer.objects.select_related("question")
    }
    assert found == {
        "recommend": 9.0, "satisfied": 4.0, "stars": 5.0, "faces": 2.0, "ten": 10.0, "easy": 6.0, "agree": 4.0, "again": 1.0,
        "served.speed": 4.0, "served.knowledge": 5.0, "served.patience": 3.0, "served.accommodation": 4.0,
        "between.receipt_confirmed": 1.0, "between.knew_what_next": 0.0, "between.knew_when": 0.0, "places.desk": 7.0,
        "used.line": ["speed"], "mood": ["relieved"], "main": ["other"], "all": ["staff"], "first": ["speed", "price"],
        "solved": 1.0, "calls": 3.0, "day": ["2026-03-01"], "short": [], "reach": ["name", "email", "phone"],
        "again_please": 1.0,
    }  # fmt: skip
    assert SealedText.objects.get().text == "name: Ann\nemail: ann@example.org\nphone: +49 170 1234567"
