"""Tests of reading responses and the comparison."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from feedback.actions.refresh_analyses import compute_waiting
from feedback.dashboards.comparison import Query, build_comparison
from feedback.models import Answer, FreeText, Response, TextScore
from tests.factories import JourneyRunFactory, published_journey, published_survey

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def make_response() -> Response:
    """One response with a rating and a scored comment."""
    run = JourneyRunFactory()
    questions = [
        {"code": "overall", "kind": "csat", "metric": "csat", "headline": True, "text": "Overall?"},
        {"code": "why", "kind": "text", "metric": "free_text", "text": "Why?"},
    ]
    version = published_survey(questions=questions)
    response = Response.objects.create(
        occasion_key=f"test:{run.pk}",
        survey=version.survey,
        version=version,
        customer=run.customer,
        run=run,
        content_hash=b"x" * 32,
        answered_at=AT,
    )
    for question, value in zip(version.questions.order_by("order"), (5.0, None), strict=True):
        answer = Answer.objects.create(
            response=response,
            question=question,
            run=run,
            measures=question.measures,
            value=value,
            score=100.0 if value else None,
            answered_at=AT,
        )
    text = FreeText.objects.create(answer=answer, text="Lovely", language="en")
    for engine_version in ("1", "2"):
        TextScore.objects.create(
            text=text, engine="textblob", version=engine_version, polarity=0.5, label="positive", scored_at=AT
        )
    return response


def queries(api: APIClient) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert api.get("/api/v1/responses/").status_code == 200
    return len(captured)


def test_responses_of_three_take_as_many_queries_as_of_one(api: APIClient):
    make_response()
    one = queries(api)
    make_response()
    make_response()
    assert queries(api) == one
    assert api.get("/api/v1/responses/").json()["count"] == 3


def test_response_shows_answers_with_text_and_newest_sentiment(api: APIClient):
    response = make_response()
    row = api.get(f"/api/v1/responses/{response.public_id}/").json()
    rating, comment = row["answers"]
    assert (rating["question"], rating["measures"], rating["value"], rating["score"]) == (
        "overall",
        "journey",
        5.0,
        100.0,
    )
    assert rating["text"] is None
    assert comment["text"]["text"] == "Lovely"
    assert (comment["text"]["sentiment"]["version"], comment["text"]["sentiment"]["polarity"]) == ("2", 0.5)
    assert row["customer"] == response.customer.external_id


def test_responses_filtered_by_survey(api: APIClient):
    wanted, _other = make_response(), make_response()
    page = api.get(f"/api/v1/responses/?survey={wanted.survey.code}").json()
    assert [row["public_id"] for row in page["results"]] == [str(wanted.public_id)]


def test_comparison_is_the_value_of_the_dashboard(api: APIClient):
    published_journey(code="moving")
    shown = api.get("/api/v1/journeys/moving/comparison/?from=2026-01-01&to=2026-03-31&segment=region=north").json()
    asked = Query(
        "moving",
        start=datetime(2026, 1, 1, tzinfo=UTC),
        end=datetime(2026, 4, 1, tzinfo=UTC),
        segments={"region": "north"},
    )
    value = build_comparison(asked)
    assert {key: shown[key] for key in ("journey", "window", "filters", "gap")} == {
        key: value[key] for key in ("journey", "window", "filters", "gap")
    }


@pytest.mark.parametrize("query", ["from=soon", "segment=region", "from=2026-02-01&to=2026-01-01", "weighted=perhaps"])
def test_comparison_of_bad_parameters_is_400(query: str, api: APIClient):
    published_journey(code="moving")
    response = api.get(f"/api/v1/journeys/moving/comparison/?{query}")
    assert (response.status_code, response.json()["type"]) == (400, "validation_error")


def test_comparison_of_unknown_journey_is_404(api: APIClient):
    assert api.get("/api/v1/journeys/nowhere/comparison/").status_code == 404


def test_comparison_tells_its_age_and_whether_it_holds(api: APIClient):
    published_journey(code="moving")
    shown = api.get("/api/v1/journeys/moving/comparison/").json()
    assert (shown["fresh"], shown["age_seconds"] < 60, shown["computed_at"] >= shown["generated_at"]) == (
        True,
        True,
        True,
    )


def test_comparison_of_a_large_journey_is_202_until_computed(api: APIClient, monkeypatch: pytest.MonkeyPatch):
    published_journey(code="moving")
    monkeypatch.setattr("feedback.actions.analyse.is_small", lambda journey: False)
    url = "/api/v1/journeys/moving/comparison/"
    waiting = api.get(url)
    assert (waiting.status_code, waiting["Location"], waiting["Retry-After"]) == (202, f"http://testserver{url}", "3")
    assert (waiting.json()["state"], waiting.json()["progress"]) == ("waiting", 0)
    assert compute_waiting() == 1
    assert api.get(url).status_code == 200
