"""The catalogues hold every string that a customer reads, in step with the source, in every language."""

import gettext
import re
from typing import Any

import pytest
from django.utils import translation

from surveys.enums import StopReason
from surveys.question_kinds.text import too_long
from surveys.rendering.durations import duration
from tests.cxsurvey.catalogues import (
    LANGUAGES,
    NAMES,
    customer_files,
    entries,
    folder,
    messages_of,
    python_messages,
    template_messages,
)

HOW = "run makemessages, translate, run compilemessages (docs/translating.md)"


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
    assert re.findall(r"[\w.+-]+@(?!example)[\w-]+|#: /\S+|(?i:Last-Translator|Report-Msgid-Bugs-To)", text) == []


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_to_be_asked_less_are_translated(language: str) -> None:
    """They stand among the named values of staff, so no path finds them."""
    english = {str(reason.label) for reason in StopReason}
    with translation.override(language):
        assert {str(reason.label) for reason in StopReason} & english == set()


def test_messages_are_found_in_modules_and_templates() -> None:
    module = 'x = _("One") + gettext_lazy("Two") + ngettext("%(n)s cat", "%(n)s cats", n) + other("Three")'
    block = "{% blocktranslate trimmed %}\n Five {{ b }}\n{% endblocktranslate %}"
    template = '{% load i18n %}{% translate "Four" %}{% if a %}' + block + "{% endif %}Six"
    assert python_messages(module) == {"One", "Two", "%(n)s cat"}
    assert template_messages(template) == {"Four", "Five %(b)s"}
