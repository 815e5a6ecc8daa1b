"""A new user's first way: from an empty installation to a published journey, two surveys and a test mail received."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from surveys.models import Journey, Survey
from tests.browser.conftest import OpenPage
from tests.sinks import MailSink, mail_sink_fixture  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_PER_SURVEY = 10


class Person:
    """Somebody at the screen; every click, choice and field filled is one action."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def click(self, role: Any, name: str) -> None:
        self.actions += 1
        self.page.get_by_role(role, name=name, exact=True).click()

    def fill(self, label: str, words: str) -> None:
        self.actions += 1
        self.page.get_by_label(label, exact=True).fill(words)


def publish(person: Person, name: str) -> None:
    person.click("link", name)
    person.click("link", "Publish")
    person.click("button", "Publish now")
    expect(person.page.get_by_text("Version 1 is published.")).to_be_visible()


def test_first_journey_with_two_surveys_and_a_test_mail_in_few_actions(
    live_server: Any, open_page: OpenPage, mail_sink: MailSink
) -> None:
    User.objects.create_superuser("ann", "ann@example.org", "correct horse")
    person = Person(open_page(f"{live_server.url}/design/", width=1280))
    person.fill("Username:", "ann")
    person.fill("Password:", "correct horse")
    person.click("button", "Log in")

    person.click("link", "New journey")
    person.fill("Name", "Open an account")
    person.fill("Stages", "First call | Contact centre\n~ Waiting for approval | Back office | 2\nWelcome page")
    person.click("button", "Make it")

    publish(person, "First call")
    person.click("button", "Send a test")
    expect(person.page.get_by_text("Sent to ann@example.org.")).to_be_visible()
    person.click("link", "Questionnaires")
    publish(person, "Open an account")

    assert person.actions == 15
    assert person.actions / 2 <= MOST_PER_SURVEY
    assert Journey.objects.get().versions.get().state == "published"
    assert sorted(Survey.objects.values_list("kind", "versions__state")) == [
        ("end_to_end", "published"),
        ("touchpoint", "published"),
    ]
    assert mail_sink.recipients == ["ann@example.org"]
