"""A version's questions in one language, cached once published."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys.models import SurveyVersion
from surveys.question_kinds import QuestionSpec
from surveys.rendering.specs import fallbacks, specs_of
from tests.factories import published_survey

QUESTION: dict[str, Any] = {
    "code": "speed", "kind": "scale", "scale": [1, 7], "reversed": True, "required": True,
    "text": {"en": "How slow?", "de": "Wie langsam?"}, "help": {"de": "Alles zusammen"},
    "low": {"en": "quick", "de": "schnell"}, "high": {"en": "slow", "de": "langsam"},
}  # fmt: skip


def draft(**document: Any) -> SurveyVersion:
    return SurveyVersion(document={"languages": ["en", "de"], "questions": [QUESTION], **document})


def test_specs_take_the_language_or_the_nearest_there_is() -> None:
    expected = QuestionSpec(
        "speed", "scale", "Wie langsam?", "Alles zusammen", 1, 7, True, (), True, "schnell", "langsam"
    )  # fmt: skip
    assert specs_of(draft(), "de-AT") == [expected]
    assert [(s.text, s.help) for s in specs_of(draft(), "fr")] == [("How slow?", "Alles zusammen")]


def test_specs_choices_without_text_show_their_code_and_plain_text_counts_everywhere() -> None:
    choices = [{"code": "a", "text": "Everywhere"}, {"code": "b"}]
    question = {"code": "q", "kind": "single", "text": "Which?", "choices": choices}
    [spec] = specs_of(draft(questions=[question]), "ar")
    assert (spec.text, spec.choices) == ("Which?", (("a", "Everywhere"), ("b", "b")))


def test_fallbacks_go_from_exact_to_base_to_the_surveys_own() -> None:
    assert fallbacks({"languages": ["fr", "de"]}, "de-CH") == ("de-CH", "de", "fr")


def test_specs_of_a_draft_follow_its_changes() -> None:
    version = draft()
    assert len(specs_of(version, "en")) == 1
    version.document["questions"] = []
    assert specs_of(version, "en") == []


@pytest.mark.django_db
def test_specs_of_a_published_version_are_read_once() -> None:
    version = published_survey()
    first = specs_of(version, "en")
    with CaptureQueriesContext(connection) as seen:
        again = SurveyVersion.objects.only("state").get(pk=version.pk)
        assert specs_of(again, "en") == first
    assert len(seen) == 1  # the document is not loaded a second time
    first.clear()
    assert len(specs_of(version, "en")) == 1  # what a caller does to his list stays his
