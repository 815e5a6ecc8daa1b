"""Tests of the API as a whole: who may call what, one error shape, a valid schema, log-in."""

import json
import re

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import call_command
from django.urls import URLPattern, URLResolver
from openapi_spec_validator import validate
from rest_framework.test import APIClient

from cxsurvey.api import urlpatterns

pytestmark = pytest.mark.django_db

OPEN = {"/api/v1/token/"}  # whoever has a password gets a token
LOGGED_IN = {"/api/schema/", "/api/docs/"}


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "/api/") -> list[tuple[str, str]]:
    """(method, address) of everything that can be called, with values in place of parameters."""
    found = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found += routes(pattern.url_patterns, prefix + str(pattern.pattern))
            continue
        address = prefix + str(pattern.pattern).strip("^$")
        if address.endswith(".*"):
            continue
        address = re.sub(r"\(\?P<public_id>.*?\{12\}\)", "00000000-0000-4000-8000-000000000001", address)
        address = re.sub(r"\(\?P<code>.*?\)|<slug:code>", "some-code", address)
        found += [(method, address.replace("\\", "")) for method in methods(pattern)]
    return found


def methods(pattern: URLPattern) -> list[str]:
    actions = getattr(pattern.callback, "actions", None)
    if actions:
        return sorted(actions)
    view = pattern.callback.cls  # type: ignore[attr-defined]
    return [method for method in ("get", "post", "put", "patch", "delete") if hasattr(view, method)]


ROUTES = routes(urlpatterns)
GUARDED = [route for route in ROUTES if route[1] not in OPEN]


def test_routes_are_those_of_the_contract():
    assert sorted({address.split("/")[3] for _method, address in ROUTES if address.startswith("/api/v1/")}) == [
        "asks",
        "customers",
        "interactions",
        "invitations",
        "journeys",
        "responses",
        "surveys",
        "token",
    ]


@pytest.mark.parametrize(("method", "address"), GUARDED)
def test_route_anonymous_is_refused_with_401(method: str, address: str):
    response = getattr(APIClient(), method)(address, {})
    assert response.status_code == 401


@pytest.mark.parametrize(("method", "address"), GUARDED)
def test_route_outsider_is_refused_with_403(method: str, address: str, outsider: User):
    client = APIClient()
    client.force_authenticate(outsider)
    expected = 200 if address in LOGGED_IN else 403
    assert getattr(client, method)(address, {}).status_code == expected


@pytest.mark.parametrize(("method", "address"), GUARDED)
def test_route_manager_is_let_in(method: str, address: str, api: APIClient):
    assert getattr(api, method)(address, {}).status_code in (200, 400, 404)


def test_unknown_address_has_the_error_shape(api: APIClient):
    response = api.get("/api/v1/nothing/")
    assert response.status_code == 404
    assert response.json() == {
        "type": "client_error",
        "errors": [{"code": "not_found", "detail": "Not found.", "attr": None}],
    }


@pytest.mark.parametrize("address", ["/api/v1/journeys/x/", "/api/v1/responses/not-a-uuid/", "/api/v1/surveys/7/"])
def test_unknown_row_has_the_error_shape(address: str, api: APIClient):
    response = api.get(address)
    assert (response.status_code, response.json()["type"]) == (404, "client_error")


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/interactions/?customer=%00",
        "/api/v1/invitations/?state=nothing",
        "/api/v1/responses/?answered_after=soon",
        "/api/v1/surveys/?journey=%00",
        "/api/v1/customers/?segment=%00",
    ],
)
def test_filter_that_cannot_be_is_a_client_error(address: str, api: APIClient):
    response = api.get(address)
    assert (response.status_code, response.json()["type"]) == (400, "validation_error")


def test_schema_is_valid_openapi_3_1_and_made_without_warnings(tmp_path, api: APIClient):
    path = tmp_path / "schema.json"
    call_command("spectacular", "--format", "openapi-json", "--file", str(path), "--validate", "--fail-on-warn")
    schema = json.loads(path.read_text())
    assert schema["openapi"].startswith("3.1")
    validate(schema)
    assert api.get("/api/schema/?format=json").json()["info"] == schema["info"]


def test_viewer_has_nothing_inline(api: APIClient):
    page = api.get("/api/docs/")
    text = page.content.decode()
    assert "<style" not in text
    assert re.findall(r"<script(?![^>]* src=)", text) == []
    assert "unsafe" not in page["Content-Security-Policy"]
    sources = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert [source for source in sources if not source.startswith("/")] == []


def test_token_of_a_password_opens_the_api(manager: User):
    cache.clear()
    client = APIClient()
    answer = client.post("/api/v1/token/", {"username": "manager", "password": "correct horse battery"})
    assert answer.status_code == 200
    client.credentials(HTTP_AUTHORIZATION=f"Token {answer.json()['token']}")
    assert client.get("/api/v1/journeys/").status_code == 200


def test_token_of_a_wrong_password_is_refused_and_slowed_down(manager: User):
    cache.clear()
    client = APIClient()
    wrong = {"username": "manager", "password": "guess"}
    codes = [client.post("/api/v1/token/", wrong).status_code for _ in range(21)]
    assert codes == [400] * 20 + [429]


def test_session_opens_the_api_and_writing_needs_the_csrf_token(manager: User):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(manager)
    assert client.get("/api/v1/customers/").status_code == 200
    assert client.post("/api/v1/customers/", {"external_id": "C1"}).status_code == 403
