"""Templates to begin with: each can be published as it is, in every language, and gets no advice."""

import pytest

from surveys.drafting.advice import advice
from surveys.drafting.catalogue import OF_SURVEY, document_for, templates
from surveys.drafting.translation_table import missing
from surveys.validators import document_problems

FITTING = [(each, kind) for each in templates() for kind in each.fits]


@pytest.mark.parametrize(("template", "kind"), FITTING, ids=lambda value: getattr(value, "code", value))
def test_template_can_be_published_in_every_language_without_advice(template, kind):
    document = document_for(template.code, kind, "call" if kind == "touchpoint" else "")
    assert document_problems(document, kind) == []
    assert missing(document) == []
    assert advice(document, kind) == []


def test_every_standard_template_is_there():
    assert [each.code for each in templates()] == [
        "csat",
        "ces",
        "nps",
        "fcr",
        "service_qualities",
        "between_steps",
        "relationship",
    ]


def test_template_measures_what_the_survey_is_about():
    [first, *_rest] = document_for("csat", "touchpoint", "call")["questions"]
    assert (first["measures"], first["stage_code"]) == ("stage", "call")
    assert document_for("nps", "relationship")["questions"][0]["measures"] == "relationship"


def test_nothing_is_an_empty_document():
    assert document_for("", "touchpoint", "call") == {**OF_SURVEY, "languages": ["en"], "questions": []}
