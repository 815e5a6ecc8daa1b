"""/o/<slug>/: anybody may answer, twice is once, too many are kept apart, and only named pages may frame it."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from feedback.models import Answer, HeldResponse, HourCount, PartialResponse, Response
from surveys.models import OpenLink
from tests.factories.answering import EVERY_KIND, touchpoint_survey

pytestmark = pytest.mark.django_db
ANSWER = {"satisfied": "4"}


def link(slug: str = "desk", *codes: str, **fields: Any) -> OpenLink:
    document = {"layout": fields.pop("layout", "one_page"), "languages": fields.pop("languages", ["en"])}
    version = touchpoint_survey(
        [each for each in EVERY_KIND if each["code"] in (codes or ("satisfied", "why"))], **document
    )
    return OpenLink.objects.create(survey=version.survey, slug=slug, **fields)


def form_of(client: Client, address: str = "/o/desk/") -> dict[str, str]:
    html = client.get(address).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)">', html))


def test_open_page_is_answered_without_a_name_or_a_cookie(client: Client):
    made = link()
    response = client.get("/o/desk/")
    assert dict(response.cookies) == {}
    html = response.content.decode()
    assert "Nobody knows who you are, unless you write it." in html
    assert "/p/" not in html
    assert client.post("/o/desk/", {**form_of(client), **ANSWER}).status_code == 200
    stored = Response.objects.get()
    assert (stored.source, stored.customer_id, stored.run_id, stored.open_link_id) == ("open_link", None, None, made.pk)
    assert Answer.objects.get().stage.code == "documents"


@pytest.mark.parametrize(
    "fields",
    [
        {"active": False},
        {"starts_at": timezone.now() + timedelta(days=1)},
        {"ends_at": timezone.now() - timedelta(seconds=1)},
    ],
)
def test_open_page_that_is_not_running_is_the_page_for_every_dead_link(client: Client, fields: dict[str, Any]):
    unknown = client.get("/o/nothing/")
    link(**fields)
    for reply in (client.get("/o/desk/"), client.post("/o/desk/", ANSWER)):
        assert (reply.status_code, reply.content) == (404, unknown.content)
    assert Response.objects.count() == 0


def test_same_submission_twice_is_once_and_other_answers_are_refused(client: Client):
    link()
    form = form_of(client)
    first, again = (client.post("/o/desk/", {**form, **ANSWER}) for _ in range(2))
    assert (again.status_code, again.content) == (200, first.content)
    assert client.post("/o/desk/", {**form, "satisfied": "1"}).status_code == 409
    assert Response.objects.count() == 1


def test_only_named_values_of_the_address_are_kept(client: Client):
    link(parameters=["desk", "shop"])
    address = "/o/desk/?desk=7&colour=red&shop=%0aBerlin%00" + "x" * 300
    client.post(address, {**form_of(client, address), **ANSWER})
    hidden = Response.objects.get().hidden
    assert (hidden["desk"], hidden["shop"][:6], len(hidden["shop"])) == ("7", "Berlin", 199)
    assert sorted(hidden) == ["desk", "shop"]


def test_more_than_the_link_allows_are_kept_apart_and_look_the_same(client: Client):
    link(per_address=3)
    pages = [client.post("/o/desk/", {**form_of(client), **ANSWER}, REMOTE_ADDR="192.0.2.1") for _ in range(5)]
    assert {page.status_code for page in pages} == {200}
    assert (Response.objects.count(), HeldResponse.objects.count()) == (3, 2)
    assert HeldResponse.objects.first().reasons == ["one_address"]
    client.post("/o/desk/", {**form_of(client), **ANSWER}, REMOTE_ADDR="192.0.2.2")
    assert Response.objects.count() == 4


def test_forged_forwarding_header_changes_no_address(client: Client):
    link(per_address=1)
    for number in range(4):
        client.post("/o/desk/", {**form_of(client), **ANSWER}, headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert (Response.objects.count(), HeldResponse.objects.count()) == (1, 3)


def test_flood_from_many_addresses_is_kept_apart(client: Client):
    link(per_hour=2)
    for number in range(4):
        client.post("/o/desk/", {**form_of(client), **ANSWER}, REMOTE_ADDR=f"192.0.2.{number}")
    assert (Response.objects.count(), HeldResponse.objects.count()) == (2, 2)
    assert HeldResponse.objects.first().reasons == ["flood"]


def test_far_too_many_are_refused_and_nothing_is_stored(client: Client):
    made = link(per_address=1)
    client.post("/o/desk/", {**form_of(client), **ANSWER})
    HourCount.objects.filter(key__startswith=f"open:{made.pk}:").update(number=20)
    reply = client.post("/o/desk/", {**form_of(client), **ANSWER})
    assert (reply.status_code, HeldResponse.objects.count()) == (429, 0)


@pytest.mark.django_db(transaction=True)
def test_hundred_parallel_posts_count_exactly_the_limit(live_server: LiveServer):
    link(per_address=5)

    def post(number: int) -> int:
        data = {**ANSWER, "_id": f"submission-{number:04d}"}
        return requests.post(f"{live_server.url}/o/desk/", data, timeout=60).status_code

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(post, range(100))) == {200}
    assert (Response.objects.count(), HeldResponse.objects.count()) == (5, 95)


@pytest.mark.django_db(transaction=True)
def test_one_submission_twenty_times_at_once_is_one(live_server: LiveServer):
    link()

    def post(_number: int) -> str:
        data = {**ANSWER, "_id": "the-same-submission"}
        return requests.post(f"{live_server.url}/o/desk/", data, timeout=60).text

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(post, range(20)))) == 1
    assert (Response.objects.count(), HeldResponse.objects.count()) == (1, 0)


def test_pages_of_an_open_link_keep_their_submission_and_their_values(client: Client):
    link("desk", "satisfied", "why", layout="question_per_page", parameters=["shop"])
    form = form_of(client, "/o/desk/?shop=7")
    reply = client.post("/o/desk/?shop=7", {**form, **ANSWER, "_go": "on"})
    assert (reply.status_code, reply.headers["Location"]) == (303, f"?shop=7&s={form['_id']}&page=2")
    address = "/o/desk/" + reply.headers["Location"]
    second = form_of(client, address)
    assert (second["_id"], second["_page"]) == (form["_id"], "why")
    assert client.post(address, {**second, "why": "Kind", "_go": "send"}).status_code == 200
    assert Response.objects.get().hidden == {"shop": "7"}
    assert PartialResponse.objects.get().done_at is not None
    assert form_of(client, address)["_id"] != form["_id"]


def test_frame_is_for_named_pages_only(client: Client):
    link(embed_origins=["https://www.example.org"])
    framed = client.get("/o/desk/embed/")
    assert "frame-ancestors https://www.example.org;" in framed.headers["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in framed.headers
    alone = client.get("/o/desk/")
    assert "frame-ancestors 'none'" in alone.headers["Content-Security-Policy"]
    assert alone.headers["X-Frame-Options"] == "DENY"
    link("closed")
    assert client.get("/o/closed/embed/").status_code == 404


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("nonsense", "multipart/form-data", 400),
        ("a=1&" * 1_500, "application/x-www-form-urlencoded", 413),
        ("satisfied=4&why=" + "x" * 1_000_000, "application/x-www-form-urlencoded", 413),
        ("_id=%00&satisfied=4", "application/x-www-form-urlencoded", 200),
    ],
)
def test_hostile_bodies_are_a_polite_page(client: Client, body: str, content_type: str, status: int):
    link()
    reply = client.generic("POST", "/o/desk/", body, content_type=content_type)
    assert (reply.status_code, reply.content.decode().count("<h1")) == (status, 1)
