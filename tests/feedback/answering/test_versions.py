"""A questionnaire changed while it is asked: what keeps its version, what is counted together, what not."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feedback.actions.refresh_runs import refresh_runs
from feedback.dashboards.comparison import Query, build_comparison
from feedback.models import Response
from surveys.models import JourneyVersion, Survey, SurveyVersion
from tests.designing import client_of_fixture, post  # noqa: F401 - a fixture
from tests.factories import published_journey
from tests.factories.answering import open_invitation

pytestmark = pytest.mark.django_db
OLD = "Overall, how satisfied were you with {this contact}?"
FORM = {
    "lang": "en",
    "question-text": OLD,
    "question-measures": "stage:documents",
    "question-lowest": "1",
    "question-highest": "5",
    "question-low": "Not at all satisfied",
    "question-high": "Very satisfied",
    "question-metric": "csat",
    "question-code": "overall",
    "question-required": "on",
    "question-headline": "on",
}
APART = "“%s”: new answers are not counted together with those before, since %s."


@pytest.fixture
def journey() -> JourneyVersion:
    return published_journey(code="account")


@pytest.fixture
def survey(client_of: Client, journey: JourneyVersion) -> Survey:
    """Made from the template and published in its first version, with the designer's forms."""
    client_of.post(reverse("design:new"), {"template": "csat", "place": "account/documents", "name": "Documents"})
    made = Survey.objects.get()
    post(client_of, "publish-now", made, now="1")
    return made


def publish(client: Client, survey: Survey, **fields: str) -> tuple[SurveyVersion, list[str]]:
    """The next version with these fields of the rating changed, and what was said before publishing it."""
    post(client, "question", survey, "overall", base="", **{**FORM, **fields})
    review = client.get(reverse("design:publish", args=[survey.code]))
    post(client, "publish-now", survey, now="1")
    return survey.versions.get(state="published"), review.context_data["apart"]


def answer(client: Client, token: str, value: int) -> str:
    """The words of the page that the link opens; it is answered then."""
    page = client.get(f"/s/{token}/").content.decode()
    sent = client.post(f"/s/{token}/", {"overall": value, "_go": "send"})
    assert sent.status_code == 200
    return page


def score(journey: JourneyVersion) -> tuple[float, int, list[str]]:
    """Service score, how many runs are in it, and the warnings about changed questions."""
    refresh_runs()
    value: dict[str, Any] = build_comparison(Query(journey.journey.code))
    [stage] = [each for each in value["stages"] if each["code"] == "documents"]
    told = [each["text"] for each in value["warnings"] if each["code"] == "scale_changed"]
    return stage["score"], stage["n"], told


def test_invitation_that_is_out_keeps_the_page_and_the_version_it_was_sent_with(client, client_of, survey):
    _invitation, token = open_invitation(survey.versions.get(state="published"))
    second, _apart = publish(client_of, survey, **{"question-text": "How was {this call}?", "question-highest": "10"})
    page = answer(client, token, 5)
    assert ("satisfied were you with this contact?" in page, "How was this call?" in page) == (True, False)
    assert [number in page for number in ('value="5"', 'value="10"')] == [True, False]
    assert Response.objects.get().version.number == 1
    _later, new = open_invitation(second)
    assert "How was this call?" in answer(client, new, 10)
    assert sorted(Response.objects.values_list("version__number", "answers__value")) == [(1, 5.0), (2, 10.0)]


def asked_in_turn(client: Client, first: SurveyVersion, second: SurveyVersion) -> None:
    """Six customers answer 5 to the first version, six 3 to the second."""
    for version, value in ((first, 5), (second, 3)):
        for _each in range(6):
            answer(client, open_invitation(version)[1], value)


def test_answers_of_two_versions_are_pooled_where_scale_and_words_are_the_same(client, client_of, survey, journey):
    first = survey.versions.get()
    second, apart = publish(client_of, survey, **{"question-help": "Think of the last one."})
    assert apart == []
    asked_in_turn(client, first, second)
    assert score(journey) == (75.0, 12, [])


@pytest.mark.parametrize(
    ("change", "question", "why", "told"),
    [
        (
            {"question-text": "How was {this call}?"},
            "How was this call?",
            "it is asked in other words",
            "documents.overall was asked in other words before: only answers to the newest words count.",
        ),
        (
            {"question-highest": "7"},
            "Overall, how satisfied were you with this contact?",
            "the scale is another",
            "documents.overall was asked on two scales: only answers on the newest count, the others are in no score.",
        ),
    ],
)
def test_answers_of_two_versions_are_marked_and_kept_apart_where_they_differ(
    client, client_of, survey, journey, change, question, why, told
):
    first = survey.versions.get()
    second, apart = publish(client_of, survey, **change)
    assert apart == [APART % (question, why)]
    asked_in_turn(client, first, second)
    highest = int(change.get("question-highest", 5))
    assert score(journey) == (pytest.approx(100 * 2 / (highest - 1)), 6, [told])


def test_words_declared_to_mean_the_same_are_pooled(client, client_of, survey, journey):
    first = survey.versions.get()
    other = {"question-text": "How was {this call}?", "question-same_meaning": "on"}
    second, apart = publish(client_of, survey, **other)
    assert apart == []
    asked_in_turn(client, first, second)
    assert score(journey) == (75.0, 12, [])


def test_published_version_is_a_document_that_stays(client_of, survey):
    before = json.dumps(survey.versions.get(number=1).document, sort_keys=True)
    publish(client_of, survey, **{"question-text": "How was {this call}?"})
    assert json.dumps(survey.versions.get(number=1).document, sort_keys=True) == before
    assert list(survey.versions.order_by("number").values_list("number", "state")) == [(1, "retired"), (2, "published")]
