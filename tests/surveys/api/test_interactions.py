"""Tests of POST interactions: one effect per key, the same bytes again, and clear refusals."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from surveys.actions.idempotency import Answer, KeyInFlight, answer_once, request_hash
from surveys.models import IdempotentRequest, Interaction, JourneyRun
from tests.factories import CustomerFactory, published_journey

ADDRESS = "/api/v1/interactions/"


@pytest.fixture
def contact(db: None) -> dict[str, Any]:
    version = published_journey()
    CustomerFactory(external_id="C1")
    started = datetime.now(UTC).replace(microsecond=0).isoformat()
    return {
        "customer": "C1",
        "journey": version.journey.code,
        "stage": "apply",
        "run": "R1",
        "started_at": started,
        "reference": "I-1",
        "channel": "phone",
    }


def test_post_contact_opens_its_run(api: APIClient, contact: dict[str, Any]):
    response = api.post(ADDRESS, contact)
    assert response.status_code == 201
    assert {key: response.json()[key] for key in ("reference", "run", "stage")} == {
        "reference": "I-1",
        "run": "R1",
        "stage": "apply",
    }
    assert JourneyRun.objects.get().external_id == "R1"


def test_post_known_reference_without_key_is_200_and_changes_nothing(api: APIClient, contact: dict[str, Any]):
    first = api.post(ADDRESS, contact)
    again = api.post(ADDRESS, contact)
    assert (again.status_code, again.json()["public_id"]) == (200, first.json()["public_id"])
    assert Interaction.objects.count() == 1


def test_post_twenty_times_with_one_key_has_one_effect_and_the_same_bytes(api: APIClient, contact: dict[str, Any]):
    del contact["reference"]
    answers = [api.post(ADDRESS, contact, headers={"Idempotency-Key": "k-1"}) for _ in range(20)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None] + ["true"] * 19
    assert Interaction.objects.count() == 1


def test_post_known_key_with_other_body_is_422(api: APIClient, contact: dict[str, Any]):
    api.post(ADDRESS, contact, headers={"Idempotency-Key": "k-1"})
    response = api.post(ADDRESS, {**contact, "channel": "chat"}, headers={"Idempotency-Key": "k-1"})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "other_body")


def test_post_refused_by_validation_leaves_the_key_free(api: APIClient, contact: dict[str, Any]):
    bad = api.post(ADDRESS, {**contact, "stage": "nowhere"}, headers={"Idempotency-Key": "k-1"})
    assert (bad.status_code, bad.json()["errors"][0]["attr"]) == (400, "stage")
    assert IdempotentRequest.objects.count() == 0
    assert api.post(ADDRESS, contact, headers={"Idempotency-Key": "k-1"}).status_code == 201


def test_post_same_key_of_another_user_is_another_request(api: APIClient, contact: dict[str, Any]):
    api.post(ADDRESS, contact, headers={"Idempotency-Key": "k-1"})
    other = APIClient()
    other.force_authenticate(User.objects.create_superuser("second", "", "correct horse battery"))
    response = other.post(ADDRESS, contact, headers={"Idempotency-Key": "k-1"})
    assert (response.status_code, "Idempotent-Replayed" in response.headers) == (200, False)


@pytest.mark.parametrize("key", ["x" * 256, "a\x01b"])
def test_post_key_that_cannot_be_kept_is_400(key: str, api: APIClient, contact: dict[str, Any]):
    assert api.post(ADDRESS, contact, headers={"Idempotency-Key": key}).status_code == 400


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"started_at": "2026-03-02T09:00:00"}, "started_at"),
        ({"customer": "C\0"}, "customer"),
        ({"channel": "\0"}, "channel"),
        ({"attributes": {"a": ["\0"]}}, "attributes"),
        ({"handle_seconds": -1}, "handle_seconds"),
        ({"journey": "nowhere"}, "journey"),
        ({"initiator": "nobody"}, "initiator"),
        ({"ended_at": "2020-01-01T00:00:00Z"}, "ended_at"),
    ],
)
def test_post_contact_that_cannot_be_taken_names_the_field(
    change: dict[str, Any], attr: str, api: APIClient, contact: dict[str, Any]
):
    response = api.post(ADDRESS, {**contact, **change})
    assert (response.status_code, response.json()["errors"][0]["attr"]) == (400, attr)
    assert Interaction.objects.count() == 0


@pytest.mark.parametrize("body", ["[1]", '"x"', "null", "{", "\xff{"])
def test_post_body_that_is_no_contact_is_400(body: str, api: APIClient):
    assert api.generic("POST", ADDRESS, body, content_type="application/json").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_post_while_the_first_is_in_flight_is_409(api: APIClient):
    user = User.objects.get(username="manager")

    def second() -> Answer:
        other = connection.copy()  # a second request is another connection
        try:
            connections["default"] = other
            with pytest.raises(KeyInFlight):
                answer_once(user.pk, "k-1", b"x" * 32, lambda: Answer(201, ""))
            response = api.post(ADDRESS, {}, headers={"Idempotency-Key": "k-1"})
            assert (response.status_code, response.json()["errors"][0]["code"]) == (409, "in_flight")
        finally:
            other.close()
            connections["default"] = connection_before
        return Answer(201, "{}")

    connection_before = connections["default"]
    assert answer_once(user.pk, "k-1", b"x" * 32, second).status == 201


@pytest.mark.django_db
def test_answer_once_after_a_crash_of_the_work_stores_nothing(manager: User):
    def crash() -> Answer:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        answer_once(manager.pk, "k", b"x" * 32, crash)
    assert IdempotentRequest.objects.count() == 0


@pytest.mark.django_db
def test_answer_once_forgets_answers_older_than_a_week(manager: User):
    old = IdempotentRequest.objects.create(user=manager, key="old", request_hash=b"x" * 32, status=201, body="")
    IdempotentRequest.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    answer_once(manager.pk, "new", b"y" * 32, lambda: Answer(201, ""))
    assert list(IdempotentRequest.objects.values_list("key", flat=True)) == ["new"]


def test_request_hash_does_not_depend_on_the_order_of_keys():
    assert request_hash("a", {"x": 1, "y": 2}) == request_hash("a", {"y": 2, "x": 1})
    assert request_hash("a", {"x": 1}) != request_hash("b", {"x": 1})


@pytest.mark.django_db(transaction=True)
def test_post_twenty_in_parallel_with_one_key_has_one_effect(manager: User):
    body = {
        "customer": CustomerFactory().external_id,
        "journey": published_journey().journey.code,
        "stage": "apply",
        "run": "R1",
        "started_at": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "channel": "phone",
    }
    together = Barrier(20)

    def post(_number: int) -> tuple[int, bytes]:
        client = APIClient()
        client.force_authenticate(manager)
        together.wait(timeout=30)
        try:
            response = client.post(ADDRESS, body, headers={"Idempotency-Key": "k-1"})
            return response.status_code, response.content
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(post, range(20)))
    taken = [content for status, content in answers if status == 201]
    assert {status for status, _content in answers} <= {201, 409}
    assert len(set(taken)) == 1
    assert (Interaction.objects.count(), IdempotentRequest.objects.count()) == (1, 1)
