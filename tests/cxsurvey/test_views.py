"""What people and programs get while the database takes nothing: 503, and what was typed is kept on the page."""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from feedback.models import Click, Response
from surveys.models import Customer, Interaction, OpenLink
from tests.factories.answering import GOOD, open_invitation, touchpoint_survey
from tests.factories.asking import CustomerFactory, published_journey

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/interactions/"
Refuse = Callable[[type[Any], str], None]
FULL, CRASH = "53100", "XX000"  # no room on the disk; a bug of the server's


@pytest.fixture
def refusing(db: None) -> Iterator[Refuse]:
    """Makes the database refuse every new row of a model with this code, as it does when its disk is full."""

    def refuse(model: type[Any], code: str) -> None:
        body = f"BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '{code}'; END"
        run(f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
        run(f"CREATE TRIGGER refuse BEFORE INSERT ON {model._meta.db_table} EXECUTE FUNCTION refuse()")

    yield refuse
    if not connection.in_atomic_block:
        make_room()


def make_room() -> None:
    run("DROP FUNCTION IF EXISTS refuse CASCADE")


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def patient_client(user: User | None = None) -> Client:
    """A client to whom an exception is what a web server would make of it."""
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client


def contact() -> dict[str, str]:
    version = published_journey(("documents",), code="loan")
    at = "2026-03-02T10:00:00Z"
    customer = CustomerFactory.create()
    return {
        "customer": customer.external_id,
        "journey": version.journey.code,
        "run": "R1",
        "stage": "documents",
        "started_at": at,
        "ended_at": at,
        "reference": "C1",
    }


def test_contact_told_to_a_full_database_gets_503_and_when_to_try_again(manager: User, refusing: Refuse) -> None:
    client, told = patient_client(manager), contact()
    refusing(Interaction, FULL)
    answer = client.post(ADDRESS, told, "application/json", headers={"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert answer.json() == {
        "type": "server_error",
        "errors": [
            {
                "code": "unavailable",
                "detail": "The database takes nothing at the moment: send this request again later. "
                "With the same Idempotency-Key it has one effect, however often you send it.",
                "attr": None,
            }
        ],
    }
    make_room()
    assert client.post(ADDRESS, told, "application/json", headers={"Idempotency-Key": "k1"}).status_code == 201
    assert Interaction.objects.count() == 1


def test_bug_of_the_database_is_told_as_one(manager: User, refusing: Refuse) -> None:
    told = contact()
    refusing(Interaction, CRASH)
    assert patient_client(manager).post(ADDRESS, told, "application/json").status_code == 500


@pytest.mark.django_db(transaction=True)
def test_answers_sent_to_a_full_database_wait_on_the_page_and_are_stored_when_sent_again(
    refusing: Refuse,
) -> None:
    _invitation, token = open_invitation()
    client, typed = patient_client(), GOOD | {"why": 'Quick & "kind"\r\n<b>twice</b>'}
    refusing(Response, FULL)
    answer = client.post(f"/s/{token}/?lang=en", typed)
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (
        503,
        "30",
        "no-store",
    )
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    kept: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page):
        kept.setdefault(html.unescape(name), []).append(html.unescape(value))
    assert kept == {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
    assert f'action="/s/{token}/?lang=en"' in page
    make_room()
    assert client.post(f"/s/{token}/?lang=en", kept).status_code == 200
    assert Response.objects.count() == 1


def test_form_of_staff_is_not_repeated_on_the_page(manager: User, refusing: Refuse) -> None:
    refusing(Customer, FULL)
    answer = patient_client(manager).post(
        "/admin/surveys/customer/add/", {"external_id": "secret-words", "language": "en"}
    )
    assert (answer.status_code, b"secret-words" in answer.content) == (503, False)


def test_page_that_cannot_be_had_offers_to_try_again(refusing: Refuse) -> None:
    _invitation, token = open_invitation()
    refusing(Click, FULL)
    answer = patient_client().get(f"/s/{token}/?a=recommend:9&lang=en")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert f'href="/s/{token}/?a=recommend:9&amp;lang=en"' in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_answers_sent_from_a_frame_wait_in_the_frame(refusing: Refuse) -> None:
    version = touchpoint_survey()
    OpenLink.objects.create(survey=version.survey, slug="desk", embed_origins=["https://www.example.org"])
    refusing(Response, FULL)
    answer = patient_client().post("/o/desk/embed/?s=abcdefghijklmnop", GOOD)
    assert (answer.status_code, 'value="Quick and kind"' in answer.content.decode()) == (503, True)
    assert "frame-ancestors https://www.example.org" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers
