"""The snippet of an open link on a foreign page: it answers, fits its height, sets no cookie; and dead links."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Frame, Page
from pytest_django.live_server_helper import LiveServer

from feedback.models import Answer, HourCount
from surveys.models import OpenLink
from surveys.rendering.open_link import snippet
from tests.browser.conftest import OpenPage, keep, violations
from tests.factories.answering import open_invitation, touchpoint_survey
from tests.feedback.answering.test_views import dead_token

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHY = {"question": "satisfied", "at_most": 2}
ASKED = [
    {"code": "satisfied", "kind": "csat", "text": "How satisfied were you?"},
    {"code": "why", "kind": "text", "text": "What went wrong?", "show_if": WHY},
]


class Foreign(BaseHTTPRequestHandler):
    """A page of another organisation."""

    body = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        page = f'<!doctype html><html lang="en"><title>Shop</title><main><h1>Our shop</h1>{self.body}</main></html>'
        self.wfile.write(page.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""


@pytest.fixture
def shop(monkeypatch) -> Iterator[str]:
    """Its origin: another host and another port than ours."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Foreign)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def embedded(live_server: LiveServer, open_page: OpenPage, settings, origin: str, allowed: str) -> Page:
    """The shop's page with our snippet on it."""
    settings.PUBLIC_BASE_URL = live_server.url
    link = OpenLink.objects.create(survey=touchpoint_survey(ASKED).survey, slug="desk", embed_origins=[allowed])
    Foreign.body = snippet(link)
    return open_page(origin, width=400)


def inner(page: Page) -> Frame:
    frame = page.locator("iframe").element_handle().content_frame()
    assert frame is not None
    return frame


def height(page: Page) -> int:
    return int(page.locator("iframe").get_attribute("height") or 0)


def test_frame_on_a_foreign_page_answers_fits_and_sets_no_cookie(
    live_server: LiveServer, open_page: OpenPage, settings, shop: str
) -> None:
    page = embedded(live_server, open_page, settings, shop, shop)
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="Your documents").wait_for()
    page.wait_for_function("document.querySelector('iframe').height !== '640'")
    before = height(page)
    assert before == inner(page).evaluate("Math.ceil(document.documentElement.getBoundingClientRect().height)")
    assert violations(inner(page)) == []  # type: ignore[arg-type]  # a frame is evaluated as a page is
    keep(page, "embedded")
    frame.locator("[name=satisfied][value='1']").check(force=True)
    frame.get_by_role("textbox", name="What went wrong?").fill("The queue")
    page.wait_for_function(f"+document.querySelector('iframe').height > {before}")
    keep(page, "embedded-longer")
    frame.get_by_role("button", name="Send my answers").click()
    frame.get_by_role("heading", name="Thank you").wait_for()
    page.wait_for_function(f"+document.querySelector('iframe').height < {before}")
    assert violations(inner(page)) == []  # type: ignore[arg-type]
    keep(page, "embedded-thanks")
    assert page.context.cookies() == []
    assert inner(page).evaluate("self.origin") == "null"  # the sandbox: it is nobody, on that page and on ours
    assert sorted(Answer.objects.values_list("question__code", "free_text__text")) == [
        ("satisfied", None), ("why", "The queue")
    ]  # fmt: skip


def test_page_that_the_link_does_not_name_shows_nothing_of_the_survey(
    live_server: LiveServer, open_page: OpenPage, settings, shop: str
) -> None:
    page = embedded(live_server, open_page, settings, shop, "https://www.example.org")
    page.wait_for_load_state("networkidle")
    assert "satisfied" not in inner(page).content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["answered", "expired", "overdue", "withdrawn", "unknown"])
def test_dead_links_are_for_everybody(live_server: LiveServer, open_page: OpenPage, state: str, scheme: str) -> None:
    page = open_page(f"{live_server.url}/s/{dead_token(state)}/", width=320, color_scheme=scheme)
    assert page.get_by_role("heading").inner_text() == "This link does not work any more"
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= 320")


def test_refusals_are_for_everybody(live_server: LiveServer, open_page: OpenPage) -> None:
    page = open_page(f"{live_server.url}/s/{'B' * 32}/", width=320)
    HourCount.objects.update(number=1_000)
    page.reload()
    assert page.get_by_role("heading").inner_text() == "Please wait a minute"
    assert violations(page) == []
    keep(page, "too-many-links")


def test_answering_twice_otherwise_is_for_everybody(live_server: LiveServer, open_page: OpenPage) -> None:
    url = f"{live_server.url}/s/{open_invitation(touchpoint_survey(ASKED))[1]}/"
    first, second = open_page(url), open_page(url)
    for page, value, said in ((first, "4", "Thank you"), (second, "5", "You have already answered")):
        page.locator(f"[name=satisfied][value='{value}']").check(force=True)
        page.get_by_role("button", name="Send my answers").click()
        page.get_by_role("heading", name=said).wait_for()
        assert violations(page) == []
    keep(second, "answered-otherwise")
