"""Every mail and text message in every language: no word of our English, and text messages within their segments."""

import re
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from surveys.actions.inbound import _help
from surveys.channels.sms.base import segments
from surveys.models import Invitation
from surveys.rendering.message import Rendered, fill, render_email, render_opening, render_sms
from surveys.rendering.specs import specs_of
from surveys.replies import asks_to_skip, can_be_asked
from surveys.replies.asking import asked_again, question_text
from tests.conversing import Phone, asked, person, work
from tests.cxsurvey.catalogues import LANGUAGES, entries
from tests.cxsurvey.heard import english_in, latin_in, words_of
from tests.cxsurvey.spoken import SENDER, TEXTS, asked_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sender")]
LINK = "https://feedback.example-bank.example/s/" + "x" * 32 + "/"


@pytest.fixture
def sender(language: str, settings: Any) -> None:
    settings.SENDER_NAME = settings.SMS_SENDER_NAME = SENDER[language]


def mailed(invitation: Invitation, language: str) -> dict[str, str]:
    """Every text of the e-mails, invitation and reminder."""
    pair: list[Rendered] = [render_email(invitation, language, reminder=again) for again in (False, True)]
    own = {f"{i} {name}": text for i, each in enumerate(pair) for name, text in each.as_payload().items()}
    return own | {f"{i} html": words_of(each.html) for i, each in enumerate(pair)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("about", ["", None])
@pytest.mark.parametrize("first", ["recommend", "satisfied", "agree", "solved", "main", "mood"])
def test_messages_have_no_english_word_of_ours(language: str, about: str | None, first: str) -> None:
    own = {"about": about} if about is not None else {}  # blank: our own words instead of the survey's
    invitation, _token = asked_in(language, first, "why", **own)
    texts = mailed(invitation, language) | {
        f"sms {again}": render_sms(invitation, language, reminder=again).text for again in (False, True)
    }
    found = {name: english_in(words_of(text), language) for name, text in texts.items()}
    assert found == {name: [] for name in texts}
    if language == "ar":
        latin = {name: latin_in(words_of(text)) for name, text in texts.items()}
        assert latin == {name: {"STOP"} if name.startswith("sms") else set() for name in texts}


@pytest.mark.parametrize(
    ("language", "subject", "sms"),
    [
        (
            "de",
            "Ihre Unterlagen am 2. März: 2 Fragen",
            "Musterbank: Ihre Unterlagen? [[answer]] STOP zum Abmelden",
        ),
        (
            "fr",
            "Vos documents, le 2 mars : 2 questions",
            "Banque Exemple : Vos documents ? [[answer]] STOP pour finir",
        ),
        ("ar", "مستنداتك بتاريخ 2 مارس: سؤالان", "بنك المثال: مستنداتك؟ [[answer]] للإيقاف: STOP"),
    ],
)
def test_subject_and_sms_are_sentences_of_the_language(language: str, subject: str, sms: str) -> None:
    invitation, _token = asked_in(language, "satisfied", "why")
    assert render_email(invitation, language).subject == subject
    assert render_sms(invitation, language).text == sms


@pytest.mark.parametrize(("language", "most"), [("de", 1), ("fr", 1), ("ar", 2)])
def test_sms_texts_keep_to_their_segments(language: str, most: int) -> None:
    """Also the confirmations: our own German and French stay within the alphabet of an SMS, so each is one segment."""
    with translation.override(language):
        invitation, _token = asked_in(language, "satisfied")
        own = [fill(render_sms(invitation, language).text, LINK, ""), _help()]
        catalogue = [text % {"sender": SENDER[language]} for text in confirmations(language)]
    assert len(catalogue) == 3
    assert [text for text in own + catalogue if segments(text).count > most] == []
    encodings = {segments(text).encoding for text in own + catalogue}
    assert encodings == {"UCS-2" if language == "ar" else "GSM-7"}


def confirmations(language: str) -> list[str]:
    """The replies to STOP, START and HELP."""
    found = [entry for entry in entries(language) if entry.places == ["surveys/actions/inbound.py"]]
    return [entry.translations[0] for entry in found]


def conversation_texts(language: str) -> dict[str, str]:
    """Each question as a text message, first, by itself, and asked again."""
    invitation, _token = asked_in(language)
    specs = [spec for spec in specs_of(invitation.version, language) if can_be_asked(spec)]
    with translation.override(language):
        found = {f"{spec.code} again": asked_again(spec) for spec in specs}
        found |= {spec.code: question_text(spec) for spec in specs}
    return found | {f"{spec.code} first": render_opening(invitation, language, spec).text for spec in specs}


@pytest.mark.parametrize("language", LANGUAGES)
def test_conversation_has_no_english_word_of_ours(language: str) -> None:
    texts = conversation_texts(language)
    assert len(texts) >= 3 * 14
    assert {name: found for name, text in texts.items() if (found := english_in(text, language))} == {}
    if language == "ar":
        assert {word for text in texts.values() for word in latin_in(text)} == {"STOP"}


@pytest.mark.parametrize(("language", "most"), [("de", 1), ("fr", 1), ("ar", 3)])
def test_conversation_keeps_to_its_segments(language: str, most: int) -> None:
    """With a short question; eight feelings in a list need more room than any other."""
    long = {name: segments(text).count for name, text in conversation_texts(language).items() if "mood" not in name}
    assert {name: count for name, count in long.items() if count > most} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_that_leaves_a_question_out_is_understood(language: str) -> None:
    with translation.override(language):
        assert asks_to_skip(gettext("Or write SKIP.").split()[-1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_conversation_held_has_no_english_word_of_ours(language: str, sms_provider: Any) -> None:
    """With a reply that is not understood twice, and the thanks; then one that needs an answer, and the link."""
    words, yes = TEXTS[language], {"de": "ja", "fr": "oui", "ar": "نعم"}[language]
    asks: list[dict[str, Any]] = [
        {"kind": "yes_no", "code": code, "text": {language: words["ask"]}, "required": code == "one"}
        for code in ("one", "two")
    ]
    heard = []
    for number, replies in (("+4915112345678", ("?!", yes, "?!", "?!")), ("+4915112345679", ("?!", "?!"))):
        phone = Phone(sms_provider, number)
        asked(asks, person(language, number), languages=[language], about=words["about"])
        work()
        heard += [*phone.texts, *(phone.write(reply) for reply in replies)]
    assert [text for text in heard if not text] == []
    assert [found for text in heard if (found := english_in(words_of(text), language))] == []
    assert language != "ar" or {word for text in heard for word in latin_in(re.sub(r"http\S+", "", text))} == {"STOP"}
