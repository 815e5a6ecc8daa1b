"""The words of an invitation: e-mail in two parts, SMS in one segment, in the customer's language, without tokens."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from surveys.channels.sms.base import segments
from surveys.enums import Measures, SurveyKind
from surveys.models import Invitation
from surveys.rendering.contrast import DARK, nearest
from surveys.rendering.message import ANSWER, PREFERENCES, fill, render_email, render_sms
from tests.asking import customer
from tests.factories import (
    InteractionFactory,
    InvitationFactory,
    JourneyRunFactory,
    SurveyFactory,
    published_survey,
)

pytestmark = pytest.mark.django_db
CALLED = datetime(2026, 3, 3, 23, 30, tzinfo=UTC)  # the 4th in Berlin
CSAT = {"code": "overall", "kind": "csat", "text": {"en": "How was it?", "de": "Wie war es?"}, "headline": True}
WHY = {"code": "why", "kind": "text", "text": "Why?"}


class Page(HTMLParser):
    """Links, scripts, images and ids of a mail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]


def invitation(questions: Any = (CSAT, WHY), person: dict[str, Any] | None = None, **document: Any) -> Invitation:
    document = {"languages": ["en", "de"], "about": {"en": "your call", "de": "Ihr Anruf"}, **document}
    version = published_survey(questions=list(questions), **document)
    run = JourneyRunFactory(customer=customer(**(person or {})))
    met = InteractionFactory(run=run, started_at=CALLED, ended_at=None)
    made: Invitation = InvitationFactory(version=version, customer=run.customer, run=run, interaction=met)
    return made


def test_email_subject_says_what_when_and_how_long() -> None:
    assert render_email(invitation(), "en").subject == "Your call on 4 March: 2 questions"


def test_email_subject_one_question() -> None:
    assert render_email(invitation([CSAT]), "en").subject == "Your call on 4 March: 1 question"


def test_email_subject_is_on_the_customers_calendar() -> None:
    asked = invitation(person={"time_zone": "America/New_York"})
    assert render_email(asked, "en").subject == "Your call on 3 March: 2 questions"


def test_email_subject_of_a_reminder() -> None:
    assert render_email(invitation(), "en", reminder=True).subject == "Reminder: Your call on 4 March: 2 questions"


def test_email_subject_own_words_win_and_stay_one_line() -> None:
    rendered = render_email(invitation(subject={"en": "Two questions\r\nBcc: all@example.org"}), "en")
    assert rendered.subject == "Two questions Bcc: all@example.org"


def test_email_texts_of_the_survey_are_in_the_customers_language() -> None:
    rendered = render_email(invitation(), "de-AT")
    assert ("Wie war es?" in rendered.text, "How was it?" in rendered.text) == (True, False)


def test_email_scale_is_a_row_of_links_that_only_preselect() -> None:
    links = Page(render_email(invitation(), "en").html).links
    assert links[:5] == [f"{ANSWER}?a=overall:{value}" for value in range(1, 6)]
    assert links[5:] == [ANSWER, f"{ANSWER}?a=trap", PREFERENCES]


def test_email_hides_one_link_from_people_that_only_machines_fetch() -> None:
    rendered = render_email(invitation(), "en")
    [hidden] = re.findall(
        r'<div aria-hidden="true" style="display: none[^"]*"><a href="([^"]*)" tabindex="-1">', rendered.html
    )
    assert hidden == f"{ANSWER}?a=trap"
    assert "trap" not in rendered.text


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ({"code": "q", "kind": "nps", "text": "?"}, [str(number) for number in range(11)]),
        ({"code": "q", "kind": "yes_no", "text": "?"}, ["yes", "no"]),
        ({"code": "q", "kind": "text", "text": "?"}, []),
        (
            {
                "code": "q",
                "kind": "single",
                "text": "?",
                "choices": [{"code": "a", "text": "A"}, {"code": "b", "text": "B"}],
            },
            ["a", "b"],
        ),
        (
            {
                "code": "q",
                "kind": "multi",
                "text": "?",
                "choices": [{"code": "a", "text": "A"}, {"code": "b", "text": "B"}],
            },
            [],
        ),
    ],
)
def test_email_first_question_links_by_kind(question: dict[str, Any], values: list[str]) -> None:
    links = Page(render_email(invitation([question]), "en").html).links
    assert [link.rpartition(":")[2] for link in links if "?a=" in link] == [*values, f"{ANSWER}?a=trap"]


def test_email_needs_no_script_image_or_foreign_address() -> None:
    page = Page(render_email(invitation(), "en").html)
    assert {"script", "img", "link", "iframe", "form"} & set(page.tags) == set()
    assert [link for link in page.links if not link.startswith(("[[answer]]", "[[preferences]]"))] == []


def test_email_button_and_scores_have_the_accent_that_people_can_read() -> None:
    made = invitation()
    journey = made.survey.journey
    assert journey is not None
    usual = render_email(made, "en").html
    assert [usual.count(colour) for colour in ("#0b5cad", "#6cb6ff")] == [1 + 1 + 2 * 5, 4]  # button, link, five scores
    journey.accent = "#7a1f5c"
    own = render_email(made, "en").html
    assert [own.count(colour) for colour in ("#7a1f5c", nearest("#7a1f5c", DARK), "#0b5cad")] == [12, 4, 0]
    journey.accent = "#ffff00"  # written past the programme file, which refuses it
    assert render_email(made, "en").html == usual


def test_email_texts_are_text_not_markup() -> None:
    html = render_email(invitation([{**CSAT, "text": "<script>alert(1)</script> {{ settings }}"}]), "en").html
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ settings }}" in html


def test_email_twin_has_the_same_links_and_no_markup() -> None:
    rendered = render_email(invitation(), "en")
    found = re.findall(r"\[\[(?:answer|preferences)\]\]\S*", rendered.text)
    assert sorted({*found, f"{ANSWER}?a=trap"}) == sorted(set(Page(rendered.html).links))
    assert re.search(r"<[a-z]|&[a-z]+;", rendered.text) is None


def test_email_of_a_survey_by_the_clock_names_no_day() -> None:
    survey = SurveyFactory(kind=SurveyKind.RELATIONSHIP, journey=None)
    nps = {"code": "nps", "kind": "nps", "text": "Recommend?", "measures": Measures.RELATIONSHIP}
    version = published_survey(survey, [nps])
    rendered = render_email(InvitationFactory(version=version), "en")
    assert rendered.subject == "How we are doing: 1 question"


def test_email_right_to_left_language_is_marked() -> None:
    html = render_email(invitation(), "ar").html
    assert '<html lang="ar" dir="rtl">' in html


def test_email_unknown_language_falls_back() -> None:
    assert '<html lang="en" dir="ltr">' in render_email(invitation(), "xx").html


def test_sms_is_one_segment_with_sender_link_and_stop(settings: Any) -> None:
    settings.SMS_SENDER_NAME = "Example Bank"
    text = render_sms(invitation(), "en").text
    assert text == "Example Bank: Your call? [[answer]] STOP to end"
    filled = fill(text, "https://feedback.example-bank.example/s/" + "x" * 32 + "/", "")
    assert segments(filled).count == 1


def test_fill_puts_both_addresses_in() -> None:
    assert fill("a [[answer]]?q=1 p [[preferences]]", "https://x/s/t/", "https://x/p/u/") == (
        "a https://x/s/t/?q=1 p https://x/p/u/"
    )
