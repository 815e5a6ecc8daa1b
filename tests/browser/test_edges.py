"""Stopping on a phone without script; the local inbox and the admin under the strict policy, for everybody."""

from email.message import EmailMessage

import pytest
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from cxsurvey.lib.tokens import digest
from surveys.models import Customer, JourneyVersion
from tests.browser.conftest import OpenPage, keep, violations
from tests.factories import (
    CustomerFactory,
    DeliveryFactory,
    InteractionFactory,
    InvitationFactory,
    JourneyVersionFactory,
    StageFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOKEN = "p" * 32
# The search field of Django's lists is named by the picture in its label, which this best practice does not count.
HARMLESS = {"label-title-only"}


@pytest.fixture
def customer() -> Customer:
    customer: Customer = CustomerFactory(
        email="anna@example.org", email_hash=b"m" * 32, phone="+4915112345678", phone_hash=b"t" * 32
    )
    InvitationFactory(customer=customer, preferences_hash=digest(TOKEN), state="live")
    return customer


def fits(page: Page) -> bool:
    """No sideways scrolling."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_customer_stops_by_keyboard_without_script(live_server: LiveServer, open_page: OpenPage, customer):
    page = open_page(f"{live_server.url}/p/{TOKEN}/", script=False)
    page.focus("#email-yes")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("[role=status]").inner_text().startswith("Your choice is saved.")
    customer.refresh_from_db()
    assert (customer.consent_email, customer.consent_sms) == (False, True)


@pytest.mark.parametrize("language", ["en", "de", "ar"])
@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 320)])
def test_preferences_are_for_everybody(live_server, open_page: OpenPage, customer, language, scheme, width):
    Customer.objects.update(language=language)
    page = open_page(f"{live_server.url}/p/{TOKEN}/", width=width, color_scheme=scheme)
    keep(page, f"preferences-{language}-{scheme}")
    assert (violations(page), fits(page)) == ([], True)
    page.get_by_role("button").last.click()
    page.wait_for_selector("[value=confirmed]")
    keep(page, f"preferences-{language}-{scheme}-stop")
    assert (violations(page), fits(page)) == ([], True)
    page.get_by_role("button").last.click()
    page.wait_for_selector("[role=status]")
    keep(page, f"preferences-{language}-{scheme}-stopped")
    assert violations(page) == []


def test_dead_link_is_for_everybody(live_server, open_page: OpenPage):
    page = open_page(f"{live_server.url}/p/{'x' * 32}/", width=320)
    keep(page, "gone")
    assert (violations(page), fits(page)) == ([], True)


@pytest.mark.urls("tests.surveys.standins.urls_dev")
def test_inbox_shows_a_mail_in_its_frame(live_server, open_page: OpenPage, inbox, settings):
    settings.STANDINS = True
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Your call: 2 questions", "f@example.org", "anna@example.org"
    mail.set_content("See http://testserver/s/abc/")
    mail.add_alternative('<!doctype html><html lang="en"><title>x</title><h1>Your call</h1></html>', subtype="html")
    stored = inbox.add_mail(mail.as_bytes(), "f@example.org", ["anna@example.org"])
    asked = inbox.add_sms("+15005550006", "+4915112345678", "Bank: Your call. How was it? 0-10. STOP to end")
    inbox.add_sms("+4915112345678", "+15005550006", "nine", direction="in")
    inbox.add_sms("+15005550006", "+4915112345678", "Thank you. Anything else? http://testserver/s/abc/")
    page = open_page(f"{live_server.url}/dev/inbox/", width=1280)
    keep(page, "inbox")
    assert violations(page) == []
    page.goto(f"{live_server.url}/dev/inbox/{stored.id}/")
    assert page.frame_locator("iframe").locator("h1").inner_text() == "Your call"
    keep(page, "inbox-mail")
    assert [each for each in violations(page) if each[0] != "frame-tested"] == []
    page.goto(f"{live_server.url}/dev/inbox/{asked.id}/")
    page.set_viewport_size({"width": 360, "height": 740})
    keep(page, "inbox-sms")
    assert (violations(page), fits(page)) == ([], True)


@pytest.fixture
def draft() -> JourneyVersion:
    version: JourneyVersion = JourneyVersionFactory()
    for order, name in enumerate(("Apply", "Documents", "Approval"), start=1):
        StageFactory(version=version, code=name.lower(), name=name, order=order)
    return version


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_admin_is_for_everybody(live_server, open_page: OpenPage, manager_client: Client, draft, scheme):
    for _ in range(3):
        InteractionFactory()
        DeliveryFactory()
    page = open_page(f"{live_server.url}/admin/login/", width=1280, color_scheme=scheme)
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    session = manager_client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    found = {}
    for name, path in {
        "index": "",
        "customers": "surveys/customer/",
        "deliveries": "surveys/delivery/",
        "draft": f"surveys/journeyversion/{draft.pk}/change/",
        "contact": "surveys/interaction/add/",
    }.items():
        page.goto(f"{live_server.url}/admin/{path}")
        keep(page, f"admin-{name}-{scheme}")
        if serious := [
            each for each in violations(page) if each[1] in ("serious", "critical") and each[0] not in HARMLESS
        ]:
            found[name] = serious
    assert found == {name: [] for name in found}, found
    blocked = [each for each in problems if "Content Security Policy" in each]
    # Django's own form scripts also try two inline styles, which are refused without loss.
    assert [each for each in blocked if not each.startswith("Applying inline style")] == []
