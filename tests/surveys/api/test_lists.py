"""Tests of the lists: what a row shows, a fixed number of queries, filters, no key of a row."""

import json
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.factories import (
    CustomerFactory,
    DeliveryFactory,
    InteractionFactory,
    JourneyRunFactory,
    published_journey,
    published_survey,
)

pytestmark = pytest.mark.django_db

LISTS: dict[str, Callable[[], object]] = {
    "journeys": published_journey,
    "surveys": published_survey,
    "customers": CustomerFactory,
    "interactions": InteractionFactory,
    "invitations": DeliveryFactory,
}


def count(api: APIClient, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert api.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", LISTS)
def test_list_of_three_takes_as_many_queries_as_of_one(name: str, api: APIClient):
    LISTS[name]()
    one = count(api, f"/api/v1/{name}/")
    LISTS[name]()
    LISTS[name]()
    assert count(api, f"/api/v1/{name}/") == one
    assert api.get(f"/api/v1/{name}/").json()["count"] == 3


@pytest.mark.parametrize("name", LISTS)
def test_list_is_paged(name: str, api: APIClient):
    for _ in range(3):
        LISTS[name]()
    page = api.get(f"/api/v1/{name}/?page_size=2").json()
    assert (page["count"], len(page["results"])) == (3, 2)
    assert page["next"].endswith(f"/api/v1/{name}/?page=2&page_size=2")


@pytest.mark.parametrize("name", LISTS)
def test_row_shows_neither_key_nor_secret(name: str, api: APIClient):
    LISTS[name]()
    row = api.get(f"/api/v1/{name}/").json()["results"][0]
    words = json.dumps(row)
    assert [
        key
        for key in ('"id"', '"pk"', '_id"', "hash", "token")
        if key in words.replace("external_id", "").replace("public_id", "")
    ] == []


def test_journey_shows_its_stages_in_order(api: APIClient):
    published_journey(stages=("b", "a"), code="moving")
    row = api.get("/api/v1/journeys/moving/").json()
    assert (row["code"], [stage["code"] for stage in row["versions"][0]["stages"]]) == ("moving", ["b", "a"])


def test_survey_shows_questions_of_its_published_version(api: APIClient):
    version = published_survey()
    row = api.get(f"/api/v1/surveys/{version.survey.code}/").json()
    assert [(each["code"], each["scale_min"], each["scale_max"]) for each in row["versions"][0]["questions"]] == [
        ("overall", 1.0, 5.0)
    ]


def test_interactions_filtered_by_run(api: APIClient):
    wanted, _other = InteractionFactory(), InteractionFactory()
    page = api.get(f"/api/v1/interactions/?run={wanted.run.external_id}").json()
    assert [row["reference"] for row in page["results"]] == [wanted.reference]


def test_invitation_shows_its_messages(api: APIClient):
    delivery = DeliveryFactory()
    row = api.get(f"/api/v1/invitations/{delivery.invitation.public_id}/").json()
    assert [each["public_id"] for each in row["deliveries"]] == [str(delivery.public_id)]


def test_customer_is_made_and_changed_by_the_verb(api: APIClient):
    made = api.post("/api/v1/customers/", {"external_id": "C9", "email": "Ann@Example.org", "consent_email": True})
    assert made.status_code == 201
    address = f"/api/v1/customers/{made.json()['public_id']}/"
    changed = api.patch(address, {"segment": "retail", "attributes": {"region": "north"}})
    assert changed.status_code == 200
    assert (changed.json()["email"], changed.json()["segment"]) == (made.json()["email"], "retail")
    assert changed.json()["attributes"] == {"region": "north"}


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"external_id": "C\0"}, "external_id"),
        ({"external_id": "C1", "email": "nobody"}, "email"),
        ({"external_id": "C1", "time_zone": "Mars"}, "time_zone"),
        ({"external_id": "C1", "attributes": {"a": "\0"}}, "attributes"),
        ({"external_id": "C1", "attributes": [1]}, "attributes"),
        ({"external_id": ""}, "external_id"),
        ({}, "external_id"),
    ],
)
def test_customer_that_cannot_be_stored_is_refused_with_400(body: dict, attr: str, api: APIClient):
    response = api.post("/api/v1/customers/", body)
    assert (response.status_code, response.json()["errors"][0]["attr"]) == (400, attr)


def test_customer_known_already_is_refused(api: APIClient):
    known = CustomerFactory()
    response = api.post("/api/v1/customers/", {"external_id": known.external_id})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "unique")


def test_customer_id_and_public_id_cannot_be_changed(api: APIClient):
    known = CustomerFactory()
    address = f"/api/v1/customers/{known.public_id}/"
    assert api.patch(address, {"external_id": "other"}).json()["errors"][0]["code"] == "immutable"
    api.patch(address, {"public_id": "00000000-0000-4000-8000-000000000000", "id": 1})
    known.refresh_from_db()
    assert api.get(address).json()["public_id"] == str(known.public_id)


def test_run_of_an_interaction_is_named_from_outside(api: APIClient):
    run = JourneyRunFactory(external_id="R-7")
    row = InteractionFactory(run=run)
    assert api.get(f"/api/v1/interactions/{row.public_id}/").json()["run"] == "R-7"
