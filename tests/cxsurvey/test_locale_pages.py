"""Every page that a customer can meet, in every language: none has a word of our English."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from cxsurvey.lib.tokens import digest
from feedback.models import HourCount
from surveys.models import OpenLink
from surveys.question_kinds.registry import KINDS
from tests.cxsurvey.catalogues import LANGUAGES
from tests.cxsurvey.heard import Words, english_in, latin_in, words_of
from tests.cxsurvey.spoken import RIGHT, SENDER, TEXTS, WORDY, WORSE, WRONG, asked_in, every_kind, survey_in
from tests.factories import InvitationFactory
from tests.factories.answering import open_invitation, touchpoint_survey
from tests.feedback.answering.test_pages import Person

pytestmark = pytest.mark.django_db
TOKEN = "p" * 32
Page = tuple[str, int, str]  # name, status, HTML


@pytest.fixture
def sender(language: str, settings: Any) -> None:
    settings.SENDER_NAME = settings.SMS_SENDER_NAME = SENDER[language]


def test_english_in_finds_a_forgotten_sentence_and_no_shared_word() -> None:
    german = "Frage 1 von 2: Neutral. Send my answers. Your first answers have arrived. 3 questions, etwa 10 Sekunden"
    assert english_in(german, "de") == ["Send my answers", "answers", "questions"]


def test_survey_spoken_has_every_kind_of_question() -> None:
    assert {each["kind"] for each in every_kind("de")} == set(KINDS)


def page(name: str, response: Any) -> Page:
    return name, response.status_code, response.content.decode()


def visited(client: Client, language: str) -> list[Page]:
    """Every page that a customer can meet, with the status that it must have."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    made = (whole, page_by_page, by_the_answers, doubted, opened, preferences, errors)
    return [each for pages in made for each in pages(client, language)]


def whole(client: Client, language: str) -> Iterator[Page]:
    """The survey on one page, with every kind of question."""
    address = f"/s/{asked_in(language)[1]}/"
    yield page("answer 200", client.get(address))
    yield page("wrong 422", client.post(address, WRONG))
    yield page("worse 422", client.post(address, WORSE))
    yield page("nothing 422", client.post(address, {}))
    yield page("refused 413", client.post(address, {"why": "x" * 300_000}))
    yield page("thanks 200", client.post(address, RIGHT))
    yield page("answered 409", client.post(address, {**RIGHT, "satisfied": "1"}))
    yield page("gone 404", client.get(f"/s/{'x' * 32}/"))


def page_by_page(_client: Client, language: str) -> Iterator[Page]:
    """Gone on, back, resumed, answered otherwise on another device, and sent."""
    codes = ("satisfied", "solved", "why")
    phone = Person(f"/s/{asked_in(language, *codes, layout='question_per_page')[1]}/")
    yield "first 200", phone.status, phone.html
    yield "mistake 422", phone.post(satisfied="9").status, phone.html
    yield "second 200", phone.post(satisfied="4").status, phone.html
    computer = Person(phone.address)
    yield "resumed 200", computer.status, computer.html
    phone.open("?page=1")
    computer.open("?page=1").post(satisfied="2")
    yield "overruled 200", phone.post(satisfied="5").status, phone.html
    yield "back 200", phone.post("back", solved="yes").status, phone.html


def by_the_answers(_client: Client, language: str) -> Iterator[Page]:
    """A question that the answers call for, and the survey's own words at an end."""
    kinds = {each["code"]: each for each in every_kind(language)}
    settled, words = {"question": "solved", "is": "yes"}, {"happy": TEXTS[language]["words"]}
    solved = {**kinds["solved"], "then": [{"if": settled, "go_to": "end:happy"}]}
    why = {**kinds["why"], "show_if": {"question": "solved", "is": "no"}}
    own = {"title": TEXTS[language]["title"], "about": TEXTS[language]["about"], "languages": [language]}
    version = touchpoint_survey([kinds["satisfied"], solved, why], layout="one_page", endings=words, **own)
    person = Person(f"/s/{open_invitation(version)[1]}/")
    yield "more 200", person.post("send", satisfied="4", solved="no").status, person.html
    yield "end 200", person.post("send", satisfied="4", solved="yes").status, person.html
    assert TEXTS[language]["words"] in person.html


def doubted(_client: Client, language: str) -> Iterator[Page]:
    """What a person sees who was taken for a machine."""
    address = f"/s/{asked_in(language)[1]}/"
    asks = Client().post(address, {**RIGHT, **WORDY, "_more": "https://spam.example"})
    yield page("confirm 200", asks)
    html = asks.content.decode()
    [held] = re.findall(r'name="_held" value="([^"]*)"', html)
    boxes = {label: value for value, label in re.findall(r'name="_is" value="(\w+)"><span>([^<]*)', html)}
    with translation.override(language):
        mine, not_mine = gettext("Yes, these are my answers"), gettext("No, I did not send them")
    assert set(boxes) == {mine, not_mine}
    yield page("confirm again 422", Client().post(address, {"_held": held}))
    yield page("dismissed 200", Client().post(address, {"_held": held, "_is": boxes[not_mine]}))


def opened(_client: Client, language: str) -> Iterator[Page]:
    """A survey that anybody may answer, alone and in a frame."""
    survey = survey_in(language, "satisfied", "why").survey
    made = OpenLink.objects.create(survey=survey, slug="desk", embed_origins=["https://www.example.org"], per_address=1)
    yield page("open 200", Client().get("/o/desk/"))
    yield page("framed 200", Client().get("/o/desk/embed/"))
    yield page("open, nothing 422", Client().post("/o/desk/", {}))
    yield page("open, thanks 200", Client().post("/o/desk/", {"satisfied": "4"}))
    HourCount.objects.filter(key__startswith=f"open:{made.pk}:").update(number=20)
    yield page("too many 429", Client().post("/o/desk/", {"satisfied": "4"}))


def preferences(client: Client, language: str) -> Iterator[Page]:
    """How one may be asked, by both ways, with a pause, and the stop of everything."""
    invitation, _token = asked_in(language, "satisfied")
    InvitationFactory(customer=invitation.customer, preferences_hash=digest(TOKEN))
    address = f"/p/{TOKEN}/"
    yield page("preferences 200", client.get(address))
    yield page("saved 200", client.post(address, {"email": "yes", "paused": "yes"}))
    yield page("stop 200", client.post(address, {"stop": "everything"}))
    yield page("stopped 200", client.post(address, {"stop": "confirmed"}))
    yield page("one click 200", client.post(address, {"List-Unsubscribe": "One-Click"}))


def errors(client: Client, language: str) -> Iterator[Page]:
    """The start page, and the pages of addresses and requests that lead nowhere."""
    yield page("start 200", client.get("/"))
    yield page("no address 404", client.get("/nothing/"))
    with translation.override(language):
        yield from ((f"{code} {code}", code, render_to_string(f"{code}.html")) for code in (400, 403, 500))


@pytest.mark.usefixtures("sender")
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_have_no_english_word_of_ours(client: Client, language: str) -> None:
    pages = visited(client, language)
    assert [(name, status) for name, status, _html in pages if not name.endswith(f" {status}")] == []
    found = {name: english_in(words_of(html), language) for name, _status, html in pages}
    assert {name: words for name, words in found.items() if words} == {}
    directions = {Words(html).direction for name, _status, html in pages if not name.startswith("one click")}
    assert directions == {"rtl" if language == "ar" else "ltr"}
    if language == "ar":
        latin = {name: latin_in(words_of(html)) for name, _status, html in pages}
        assert {name: words for name, words in latin.items() if words} == {
            "start 200": {"cxsurvey", "API"},
            "403 403": {"cxsurvey"},
        }
