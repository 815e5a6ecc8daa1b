"""POST asks: the decision on every customer, once per key; GET asks: the ledger."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from surveys.models import AskDecision, IdempotentRequest
from tests.asking import customer
from tests.factories import CustomerFactory, JourneyRunFactory, SurveyFactory
from tests.surveys.actions.test_ask_list import by_list

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/asks/"
BODY = {"survey": "s", "customers": ["C0", "C1", "nobody"], "list": "spring"}


def people() -> None:
    by_list()
    customer(0, external_id="C0")
    customer(1, external_id="C1", consent_email=False)


def test_post_decides_on_every_customer(api: APIClient):
    people()
    response = api.post(ADDRESS, BODY, format="json")
    assert response.status_code == 202
    assert response.json() == {
        "asks": [
            {"customer": "C0", "outcome": "planned", "detail": ""},
            {"customer": "C1", "outcome": "no_consent", "detail": ""},
            {"customer": "nobody", "outcome": "unknown_customer", "detail": ""},
        ]
    }
    assert AskDecision.objects.count() == 2


def test_post_with_one_key_asks_once_and_answers_the_same_bytes(api: APIClient):
    people()
    answers = [api.post(ADDRESS, BODY, format="json", headers={"Idempotency-Key": "k"}) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None] + ["true"] * 4
    other = api.post(ADDRESS, {**BODY, "list": "summer"}, format="json", headers={"Idempotency-Key": "k"})
    assert other.status_code == 422
    assert (AskDecision.objects.count(), IdempotentRequest.objects.count()) == (2, 1)


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"survey": "other"}, "survey"),
        ({"customers": []}, "customers"),
        ({"customers": ["x"] * 1001}, "customers"),
        ({"customers": ["C\0"]}, "customers.0"),
        ({"run": "R1"}, "run"),
        ({"customers": "C0"}, "customers"),
    ],
)
def test_post_that_cannot_be_taken_names_the_field(api: APIClient, change: dict, attr: str):
    people()
    response = api.post(ADDRESS, {**BODY, **change}, format="json")
    assert (response.status_code, response.json()["errors"][0]["attr"]) == (400, attr)
    assert AskDecision.objects.count() == 0


def test_designer_may_not_ask(designer):
    people()
    client = APIClient()
    client.force_authenticate(designer)
    assert client.post(ADDRESS, BODY, format="json").status_code == 403


def test_get_lists_the_ledger_and_takes_as_many_queries_for_three_rows(api: APIClient):
    def decide(outcome: str) -> None:
        run = JourneyRunFactory()
        AskDecision.objects.create(
            survey=SurveyFactory(), customer=CustomerFactory(), run=run, occasion=f"run:{run.pk}", outcome=outcome,
            due_at=timezone.now(), decided_at=timezone.now(),
        )  # fmt: skip

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert api.get(ADDRESS).status_code == 200
        return len(seen)

    decide("policy")
    queries()
    one = queries()
    decide("policy")
    decide("no_consent")
    assert queries() == one
    assert [row["outcome"] for row in api.get(ADDRESS, {"outcome": "no_consent"}).json()["results"]] == ["no_consent"]
