"""Every warning through the front door: provoked in the designer, said where and how to mend it, gone once mended."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from surveys.models import Survey
from tests.designing import client_of_fixture, draft, post, question_data, survey_fixture  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
LONG = (
    "Considering the administrative procedures and communicative responsibilities of all participating departments, "
    "approximately how satisfactory was the comprehensive organisational coordination throughout {this call}, "
    "notwithstanding unavoidable circumstances?"
)
HARD = (
    "Only readers of about 20 years and more follow this easily: with a shorter sentence and everyday words, more "
    "people answer."
)
TWO = "“speed and friendliness” are two things in one rating: nobody can tell which was meant. Ask two questions."
OTHER = (
    "The headline (csat 0-10) is asked in another way than in after-the-call (csat 1-5): a gap between them proves "
    "nothing. Use the same kind of question and the same scale in all of them."
)


def notes(client: Client, survey: Survey, question: str = "overall") -> dict[str, str]:
    """Rule and sentence of every piece of advice; each stands in the editor and before publishing."""
    shown = client.get(reverse("design:editor", args=[survey.code]), {"q": question})
    told = {each.code: each.text for each in shown.context_data["editor"].advice}
    review = client.get(reverse("design:publish", args=[survey.code])).content.decode()
    for text in told.values():
        assert escape(text) in shown.content.decode()
        assert escape(text) in review
    return told


def say(client: Client, survey: Survey, **fields: Any) -> None:
    response = post(client, "question", survey, "overall", **question_data(survey, **fields))
    assert response.status_code == 302


def test_missing_headline_is_told_until_one_is_ticked(client_of, survey):
    say(client_of, survey, **{"question-headline": ""})
    assert notes(client_of, survey) == {
        "no_headline": "No question is the headline: this survey will give no score to compare. Tick “Headline” at the "
        "rating that sums it up."
    }
    say(client_of, survey)
    assert notes(client_of, survey) == {}


def test_survey_without_free_text_is_told_until_one_is_added(client_of, survey):
    post(client_of, "remove", survey, "reason")
    assert notes(client_of, survey) == {
        "no_text": "No question asks for words: you will see scores without their reasons. Add a question of the kind "
        "“Their own words”."
    }
    post(client_of, "add", survey, kind="text")
    assert notes(client_of, survey) == {}


@pytest.mark.parametrize(
    ("wording", "rule", "sentence"),
    [
        (
            "How great was {this call}?",
            "leading",
            "“How great” leads towards an answer: ask it plainly, so that a bad experience is as easy to say.",
        ),
        (
            "How satisfied were you with the speed and friendliness of {this call}?",
            "double",
            TWO,
        ),
        (
            LONG,
            "hard_to_read",
            HARD,
        ),
    ],
)
def test_wording_is_told_at_its_question_until_it_is_plain(client_of, survey, wording, rule, sentence):
    say(client_of, survey, **{"question-text": wording})
    assert notes(client_of, survey)[rule] == sentence
    page = client_of.get(reverse("design:publish", args=[survey.code])).content.decode()
    assert f'<a href="/design/{survey.code}/?q=overall&amp;lang=en">overall</a> (en): {escape(sentence)}' in page
    say(client_of, survey)
    assert notes(client_of, survey) == {}


def test_too_long_is_told_in_seconds_until_questions_are_removed(client_of, survey):
    for _each in range(3):
        post(client_of, "add", survey, kind="text")
    assert notes(client_of, survey) == {
        "too_long": "Answering takes about 86 seconds; people give up after about 60. Remove a question."
    }
    post(client_of, "remove", survey, "text")
    post(client_of, "remove", survey, "text-2")
    assert notes(client_of, survey) == {}


def test_recorded_times_correct_the_estimate(client_of, survey):
    post(client_of, "publish-now", survey, now="1")
    assert notes(client_of, survey) == {}
    Survey.objects.filter(pk=survey.pk).update(answering_seconds=70.0)
    assert notes(client_of, survey) == {
        "too_long": "Answering takes about 70 seconds; people give up after about 60. Remove a question."
    }


def test_whole_on_another_scale_than_its_stage_is_told_until_it_is_the_same(client_of, survey):
    post(client_of, "publish-now", survey, now="1")
    data = {"template": "csat", "place": "account", "name": "The whole"}
    client_of.post(reverse("design:new"), data)
    whole = Survey.objects.get(code="the-whole")
    assert notes(client_of, whole) == {}
    other = {"question-measures": "journey", "question-lowest": "0", "question-highest": "10"}
    post(client_of, "question", whole, "overall", **question_data(whole, **other))
    assert notes(client_of, whole) == {"other_scale": OTHER}
    post(client_of, "question", whole, "overall", **question_data(whole, **{"question-measures": "journey"}))
    assert notes(client_of, whole) == {}


def test_question_that_no_finding_used_is_told_until_it_is_removed(client_of, survey):
    post(client_of, "publish-now", survey, now="1")
    Survey.objects.filter(pk=survey.pk).update(answered=100, told_of=["overall"])
    assert notes(client_of, survey, "reason") == {
        "never_used": "No finding has ever used the answers to this question: remove it, unless somebody reads them "
        "otherwise."
    }
    post(client_of, "remove", survey, "reason")
    assert "never_used" not in notes(client_of, survey)
    assert [each["code"] for each in draft(survey).document["questions"]] == ["overall"]
