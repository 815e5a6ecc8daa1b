"""What a customer reads is whole in every language: catalogues in step with the source, pages without English."""

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.test import Client
from django.utils import translation

from cxsurvey.lib.tokens import digest
from surveys.actions.inbound import _help
from surveys.channels.sms.base import segments
from surveys.models import Customer, Invitation
from surveys.question_kinds.text import too_long
from surveys.rendering.durations import duration
from surveys.rendering.message import Rendered, fill, render_email, render_sms
from tests.factories import InvitationFactory
from tests.factories.answering import EVERY_KIND, GOOD, open_invitation, touchpoint_survey

LANGUAGES = ("de", "fr", "ar")
ROOT = Path(settings.BASE_DIR)
CUSTOMER_PATHS = (
    "feedback/answering/",
    "feedback/templates/feedback/answering/",
    "surveys/templates/surveys/gone.html",
    "surveys/templates/surveys/public_page.html",
    "surveys/templates/surveys/mail/",
    "surveys/templates/surveys/preferences/",
    "surveys/templates/surveys/questions/",
    "surveys/question_kinds/",
    "surveys/rendering/",
    "surveys/preferences/",
    "surveys/actions/inbound.py",
    "surveys/actions/stop_messages.py",
    "cxsurvey/lib/secret_pages.py",
    "cxsurvey/templates/cxsurvey/start.html",
)
HOW = "run makemessages, translate, run compilemessages (docs/translating.md)"
NAMES = re.compile(r"%\((\w+)\)s")
TOKEN = "p" * 32


@dataclass
class Entry:
    """One message of a catalogue."""

    msgid: str = ""
    plural: str = ""
    translations: dict[int, str] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)
    fuzzy: bool = False

    @property
    def is_for_customers(self) -> bool:
        return any(place.startswith(CUSTOMER_PATHS) for place in self.places)

    @property
    def is_translated(self) -> bool:
        return bool(self.translations) and all(self.translations.values()) and not self.fuzzy


def folder(language: str) -> Path:
    return ROOT / "cxsurvey" / "locale" / language / "LC_MESSAGES"


def entries(language: str) -> list[Entry]:
    """The messages of a .po file, without its header."""
    blocks = (folder(language) / "django.po").read_text(encoding="utf-8").strip().split("\n\n")
    return [entry for entry in map(entry_of, blocks) if entry.msgid]


def entry_of(block: str) -> Entry:
    """One block of lines, as gettext writes it."""
    entry, key = Entry(), ""
    texts: dict[str, str] = {}
    for line in block.splitlines():
        if line.startswith("#"):
            entry.places += line[2:].split() if line.startswith("#:") else []
            entry.fuzzy = entry.fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        name, _blank, text = line.partition('"')
        key = name.strip() or key  # a line of text alone goes on with the one before
        texts[key] = texts.get(key, "") + ast.literal_eval(f'"{text}')
    entry.msgid, entry.plural = texts.get("msgid", ""), texts.get("msgid_plural", "")
    forms = {name: text for name, text in texts.items() if name.startswith("msgstr")}
    entry.translations = {int(name[7:-1] or 0): text for name, text in forms.items()}
    return entry


def customer_files() -> Iterator[Path]:
    for place in CUSTOMER_PATHS:
        path = ROOT / place
        yield from [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())


def messages_of(path: Path) -> set[str]:
    """Every msgid in a module or a template."""
    if path.suffix == ".py":
        return python_messages(path.read_text(encoding="utf-8"))
    return template_messages(path.read_text(encoding="utf-8")) if path.suffix in (".html", ".txt") else set()


def python_messages(source: str) -> set[str]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
    marked = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id in named]
    return {str(first.value) for first in marked if isinstance(first, ast.Constant)}


def template_messages(source: str) -> set[str]:
    nodes = Template(source).nodelist
    found: list[Any] = [*nodes.get_nodes_by_type(TranslateNode), *nodes.get_nodes_by_type(BlockTranslateNode)]
    plain = {str(node.filter_expression.var.literal) for node in found if isinstance(node, TranslateNode)}
    blocks = {node.render_token_list(node.singular)[0] for node in found if isinstance(node, BlockTranslateNode)}
    return plain | blocks


# ---- catalogues


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_has_every_string_a_customer_reads(language: str) -> None:
    translated = {entry.msgid for entry in entries(language) if entry.is_translated}
    wanted = {message for path in customer_files() for message in messages_of(path)}
    assert len(wanted) > 100
    assert sorted(wanted - translated) == [], HOW


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_has_no_empty_or_fuzzy_string_for_customers(language: str) -> None:
    bad = [entry.msgid for entry in entries(language) if entry.is_for_customers and not entry.is_translated]
    assert bad == [], HOW


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_keeps_the_placeholders(language: str) -> None:
    """A plural form may leave out its number ("one question"), and nothing else."""
    wrong = []
    for entry in entries(language):
        names = set(NAMES.findall(entry.plural or entry.msgid))
        forms = [set(NAMES.findall(text)) for text in entry.translations.values() if text]
        least = len(names) - 1 if entry.plural else len(names)
        if forms and (set.union(*forms) != names or min(map(len, forms)) < least):
            wrong.append(entry.msgid)
    assert wrong == []


@pytest.mark.parametrize(("language", "forms"), [("de", 2), ("fr", 2), ("ar", 6)])
def test_catalogue_has_every_plural_form(language: str, forms: int) -> None:
    counted = {entry.msgid: len(entry.translations) for entry in entries(language) if entry.plural}
    assert counted == dict.fromkeys(counted, forms)
    assert len(counted) >= 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_equals_its_source(language: str) -> None:
    with (folder(language) / "django.mo").open("rb") as compiled:
        catalogue: dict[Any, str] = vars(gettext.GNUTranslations(compiled))["_catalog"]
    source: dict[Any, str] = {}
    for entry in entries(language):
        if entry.is_translated:
            source |= {
                (entry.msgid, form) if entry.plural else entry.msgid: s for form, s in entry.translations.items()
            }
    assert {key: text for key, text in catalogue.items() if key != ""} == source, HOW


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_names_no_person_or_machine(language: str) -> None:
    text = (folder(language) / "django.po").read_text(encoding="utf-8")
    assert re.findall(r"[\w.+-]+@[\w-]+|#: /\S+|(?i:Last-Translator|Report-Msgid-Bugs-To)", text) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_shouts_at_nobody(language: str) -> None:
    shouted = [text for entry in entries(language) for text in entry.translations.values() if "!" in text]
    assert shouted == []


@pytest.mark.parametrize(
    ("language", "seconds", "words"),
    [
        ("de", 60, "etwa 60 Sekunden"),
        ("fr", 10, "environ 10 secondes"),
        ("ar", 10, "نحو 10 ثوانٍ"),
        ("ar", 60, "نحو 60 ثانية"),
        ("ar", 120, "نحو دقيقتين"),
        ("ar", 180, "نحو 3 دقائق"),
        ("ar", 660, "نحو 11 دقيقة"),
    ],
)
def test_duration_takes_the_form_of_its_number(language: str, seconds: int, words: str) -> None:
    with translation.override(language):
        assert duration(seconds) == words


@pytest.mark.parametrize(("most", "words"), [(5, "5 أحرف"), (20, "20 حرفًا"), (300, "300 حرف")])
def test_limit_in_arabic_takes_the_form_of_its_number(most: int, words: str) -> None:
    with translation.override("ar"):
        assert too_long(most) == f"يرجى كتابة {words} على الأكثر"


# ---- pages and messages

TEXTS = {
    "de": {
        "title": "Ihre Unterlagen",
        "about": "Ihre Unterlagen",
        "ask": "Wie war das?",
        "end": "Ende",
        "choice": "Wert",
    },
    "fr": {
        "title": "Vos documents",
        "about": "vos documents",
        "ask": "C’était comment ?",
        "end": "Bout",
        "choice": "Prix",
    },
    "ar": {"title": "مستنداتك", "about": "مستنداتك", "ask": "كيف كان ذلك؟", "end": "طرف", "choice": "السعر"},
}
SENDER = {"de": "Musterbank", "fr": "Banque Exemple", "ar": "بنك المثال"}
VOID = {"style", "script"}


class Words(HTMLParser):
    """What a person sees or hears of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.heard: list[str] = []
        self.direction = ""
        self.open = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open = tag
        self.heard += [value or "" for name, value in attrs if name in ("aria-label", "alt", "title", "placeholder")]
        self.direction = dict(attrs).get("dir") or "" if tag == "html" else self.direction

    def handle_data(self, data: str) -> None:
        if self.open not in VOID:
            self.heard.append(data)


def words_of(html: str) -> str:
    """Text without addresses, links to be filled in, and the number of the answers."""
    text = " ".join(" ".join(Words(html).heard).split())
    return re.sub(r"\S+@\S+|\[\[\w+\]\]\S*|\b[0-9A-F]{8}\b", " ", text)


def english_in(text: str, language: str) -> list[str]:
    """Pieces of our English strings that stand in a text, but in no translation."""
    every = entries(language)
    own = NAMES.sub("", "\n".join(text for entry in every for text in entry.translations.values()))
    strings = {string for entry in every if entry.is_for_customers for string in (entry.msgid, entry.plural)}
    pieces = {piece.strip(" .:,?()") for string in strings for piece in NAMES.split(string)[::2]}
    found = [piece for piece in pieces if re.search(rf"\b{re.escape(piece)}\b", text) and re.search(r"[a-z]", piece)]
    return sorted(piece for piece in found if not re.search(rf"\b{re.escape(piece)}\b", own))


def test_english_in_finds_a_forgotten_sentence_and_no_shared_word() -> None:
    german = "Frage 1 von 2: Neutral. Send my answers. Your first answers have arrived. 3 questions, etwa 10 Sekunden"
    assert english_in(german, "de") == ["Send my answers", "questions"]


def test_messages_are_found_in_modules_and_templates() -> None:
    module = 'x = _("One") + gettext_lazy("Two") + ngettext("%(n)s cat", "%(n)s cats", n) + other("Three")'
    block = "{% blocktranslate trimmed %}\n Five {{ b }}\n{% endblocktranslate %}"
    template = '{% load i18n %}{% translate "Four" %}{% if a %}' + block + "{% endif %}Six"
    assert python_messages(module) == {"One", "Two", "%(n)s cat"}
    assert template_messages(template) == {"Four", "Five %(b)s"}


def asked(language: str) -> tuple[Invitation, str]:
    """An invitation to a survey with every kind of question that exists in this language only."""
    texts = TEXTS[language]
    choices = [{"code": code, "text": f"{texts['choice']} {i}"} for i, code in enumerate(("price", "speed", "staff"))]
    questions = [{**each, "text": texts["ask"]} for each in EVERY_KIND]
    for question in questions:
        question.update({key: texts["end"] for key in ("low", "high") if key in question})
        question.update({"choices": choices} if "choices" in question else {})
    title, about = texts["title"], texts["about"]
    invitation, token = open_invitation(touchpoint_survey(questions, title=title, about=about, languages=[language]))
    Customer.objects.filter(pk=invitation.customer_id).update(language=language)
    return invitation, token


def visited(client: Client, language: str) -> dict[str, str]:
    """The HTML of every page that a customer can meet, by name."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    invitation, token = asked(language)
    InvitationFactory(customer=invitation.customer, preferences_hash=digest(TOKEN))
    too_much = {"why": "x" * 300_000}
    bad = {**GOOD, "satisfied": "9", "recommend": "x", "wait": "900", "why": "9" * 6000, "main": "?", "solved": "?"}
    bad |= {"mood": ["angry", "anxious", "neutral"], "all": ["nothing"]}
    answer, preferences = f"/s/{token}/", f"/p/{TOKEN}/"
    responses = {
        "answer": client.get(answer),
        "errors": client.post(answer, bad),
        "nothing": client.post(answer, {}),
        "refused": client.post(answer, too_much),
        "thanks": client.post(answer, GOOD),
        "answered": client.post(answer, {**GOOD, "satisfied": "1"}),
        "gone": client.get(f"/s/{'x' * 32}/"),
        "preferences": client.get(preferences),
        "saved": client.post(preferences, {"email": "yes"}),
        "stop": client.post(preferences, {"stop": "everything"}),
        "stopped": client.post(preferences, {"stop": "confirmed"}),
        "start": client.get("/"),
    }
    statuses = {name: response.status_code for name, response in responses.items()}
    assert statuses == dict.fromkeys(responses, 200) | {
        "errors": 422, "nothing": 422, "refused": 413, "answered": 409, "gone": 404
    }  # fmt: skip
    return {name: response.content.decode() for name, response in responses.items()}


@pytest.fixture
def sender(language: str, settings: Any) -> None:
    settings.SENDER_NAME = settings.SMS_SENDER_NAME = SENDER[language]


@pytest.mark.django_db
@pytest.mark.usefixtures("sender")
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_have_no_english_word_of_ours(client: Client, language: str) -> None:
    pages = visited(client, language)
    found = {name: english_in(words_of(html), language) for name, html in pages.items()}
    assert found == {name: [] for name in pages}
    directions = {Words(html).direction for html in pages.values()}
    assert directions == {"rtl" if language == "ar" else "ltr"}


@pytest.mark.django_db
@pytest.mark.usefixtures("sender")
@pytest.mark.parametrize("language", ["ar"])
def test_pages_in_arabic_have_no_latin_word_at_all(client: Client, language: str) -> None:
    """Whatever is written into a template or a module without gettext would show here."""
    pages = visited(client, language)
    found = {name: re.findall(r"[A-Za-z]{2,}", words_of(html)) for name, html in pages.items()}
    assert {name: set(words) for name, words in found.items() if words} == {"start": {"cxsurvey", "API"}}


def mailed(invitation: Invitation, language: str) -> dict[str, str]:
    """Every text of the e-mails, invitation and reminder."""
    pair: list[Rendered] = [render_email(invitation, language, reminder=again) for again in (False, True)]
    own = {f"{i} {name}": text for i, each in enumerate(pair) for name, text in each.as_payload().items()}
    return own | {f"{i} html": words_of(each.html) for i, each in enumerate(pair)}


@pytest.mark.django_db
@pytest.mark.usefixtures("sender")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("about", ["", None])
def test_messages_have_no_english_word_of_ours(language: str, about: str | None) -> None:
    invitation, _token = asked(language)
    if about is not None:  # our own words instead of the survey's
        invitation.version.document["about"] = about
    texts = mailed(invitation, language) | {
        f"sms {again}": render_sms(invitation, language, reminder=again).text for again in (False, True)
    }
    found = {name: english_in(words_of(text), language) for name, text in texts.items()}
    assert found == {name: [] for name in texts}
    if language == "ar":
        latin = {name: set(re.findall(r"[A-Za-z]{2,}", words_of(text))) for name, text in texts.items()}
        assert latin == {name: {"STOP"} if name.startswith("sms") else set() for name in texts}


@pytest.mark.django_db
@pytest.mark.usefixtures("sender")
@pytest.mark.parametrize(
    ("language", "subject", "sms"),
    [
        (
            "de",
            "Ihre Unterlagen am 2. März: 9 Fragen",
            "Musterbank: Ihre Unterlagen? [[answer]] STOP zum Abmelden",
        ),
        (
            "fr",
            "Vos documents, le 2 mars : 9 questions",
            "Banque Exemple : Vos documents ? [[answer]] STOP pour finir",
        ),
        ("ar", "مستنداتك بتاريخ 2 مارس: 9 أسئلة", "بنك المثال: مستنداتك؟ [[answer]] أرسل STOP للإيقاف"),
    ],
)
def test_subject_and_sms_are_sentences_of_the_language(language: str, subject: str, sms: str) -> None:
    invitation, _token = asked(language)
    assert render_email(invitation, language).subject == subject
    assert render_sms(invitation, language).text == sms


@pytest.mark.django_db
@pytest.mark.usefixtures("sender")
@pytest.mark.parametrize("language", ["de", "fr"])
def test_sms_texts_need_one_segment(language: str) -> None:
    """Also the confirmations: our own words stay within the alphabet of an SMS, so that it is not billed twice."""
    link = "https://feedback.example-bank.example/s/" + "x" * 32 + "/"
    with translation.override(language):
        invitation, _token = asked(language)
        own = [fill(render_sms(invitation, language).text, link, ""), _help()]
        catalogue = [text % {"sender": SENDER[language]} for text in confirmations(language)]
    assert len(catalogue) == 3
    assert [segments(text).count for text in own + catalogue] == [1] * 5


def confirmations(language: str) -> list[str]:
    """The replies to STOP, START and HELP."""
    found = [entry for entry in entries(language) if entry.places == ["surveys/actions/inbound.py"]]
    return [entry.translations[0] for entry in found]
