"""The survey's own words, languages side by side, the table for translators."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from surveys.models import Survey
from tests.designing import client_of_fixture, draft, post, survey_fixture  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


def test_words_and_languages_of_the_survey_saved(client_of, survey):
    data = {"words-title": "Your call", "words-languages": "en, pt-BR", "words-help_url": "https://example.org/help"}
    assert post(client_of, "words", survey, lang="en", base=1, **data).status_code == 302
    document = draft(survey).document
    assert (document["title"]["en"], document["languages"]) == ("Your call", ["en", "pt-BR"])
    wrong = post(client_of, "words", survey, lang="en", **{"words-languages": "english"})
    assert wrong.status_code == 422
    assert "is not a language" in wrong.content.decode()


def test_texts_side_by_side_saved(client_of, survey):
    data = {"questions.overall.text@de": "Wie war {dieser Anruf}?", "questions.overall.text@en": ""}
    post(client_of, "languages", survey, base=1, **data)
    texts = draft(survey).document["questions"][0]["text"]
    assert texts["de"] == "Wie war {dieser Anruf}?"
    assert texts["en"] == "Overall, how satisfied were you with {this contact}?"


def table_of(client: Client, survey: Survey) -> list[dict[str, str]]:
    content = client.get(reverse("design:table", args=[survey.code])).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def test_table_for_translators_round_trip_changes_nothing(client_of, survey):
    content = client_of.get(reverse("design:table", args=[survey.code])).content
    post(client_of, "take-in", survey, base=1, table=SimpleUploadedFile("t.csv", content))
    assert draft(survey).revision == 1


def test_table_taken_in_with_a_new_language_and_refused_rows_told(client_of, survey):
    rows = "place;es\nquestions.overall.text;¿Qué tal {esta llamada}?\nquestions.gone.text;Nada\n"
    upload = SimpleUploadedFile("t.csv", rows.encode())
    address = reverse("design:take-in", args=[survey.code])
    page = client_of.post(address, {"base": 1, "table": upload}, follow=True).content.decode()
    assert draft(survey).document["questions"][0]["text"]["es"] == "¿Qué tal {esta llamada}?"
    assert "1 text taken in." in page
    assert "questions.gone.text: This survey has no such text." in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"\xff\xfe\x00", "not UTF-8"), (b"text,de\na,b\n", "must name the columns"), (None, "Choose the CSV file")],
)
def test_unusable_table_is_refused_with_a_sentence(client_of, survey, content, sentence):
    data = {} if content is None else {"table": SimpleUploadedFile("t.csv", content)}
    page = client_of.post(reverse("design:take-in", args=[survey.code]), data, follow=True).content.decode()
    assert sentence in page
    assert draft(survey).revision == 1


def test_formulas_in_texts_do_not_reach_a_spreadsheet(client_of, survey):
    post(client_of, "languages", survey, base=1, **{"title@en": "=1+1"})
    [title] = [row["en"] for row in table_of(client_of, survey) if row["place"] == "title"]
    assert title == "'=1+1"
    content = client_of.get(reverse("design:table", args=[survey.code])).content
    post(client_of, "take-in", survey, base=2, table=SimpleUploadedFile("t.csv", content))
    assert draft(survey).document["title"]["en"] == "=1+1"
