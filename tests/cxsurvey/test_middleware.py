"""What stands around every page: the policy on each, and nothing of staff's on customers' pages."""

import pytest
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from cxsurvey.middleware import AuthenticationMiddleware, MessageMiddleware, PolicyMiddleware, SessionMiddleware
from tests.factories.answering import open_invitation

HEADER = "Content-Security-Policy"


def around(path: str) -> HttpRequest:
    """The request as the view gets it behind all three."""
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse("ok")

    chain = SessionMiddleware(AuthenticationMiddleware(MessageMiddleware(view)))
    chain(RequestFactory().get(path))
    return seen[0]


@pytest.mark.parametrize(("path", "there"), [("/s/x/", False), ("/o/x/", False), ("/admin/", True), ("/", True)])
def test_customers_page_has_no_session_user_or_messages(path: str, there: bool) -> None:
    request = around(path)
    assert [hasattr(request, name) for name in ("session", "user", "_messages")] == [there] * 3


@pytest.mark.django_db
def test_customers_page_of_somebody_logged_in_reads_no_log_in(manager_client: Client) -> None:
    _invitation, token = open_invitation()
    with CaptureQueriesContext(connection) as seen:
        response = manager_client.get(f"/s/{token}/")
    assert response.status_code == 200
    assert [query["sql"] for query in seen if "django_session" in query["sql"] or "auth_user" in query["sql"]] == []
    assert dict(response.cookies) == {}


def answered(response: HttpResponse) -> HttpResponse:
    return PolicyMiddleware(lambda _request: response)(RequestFactory().get("/s/x/"))  # type: ignore[return-value]


def test_policy_is_that_of_the_settings() -> None:
    header = answered(HttpResponse("ok")).headers[HEADER]
    assert sorted(header.split("; ")) == sorted(build_policy().split("; "))
    assert len(header.split("; ")) == len(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])


def test_policy_of_a_page_of_its_own_stays_its_own() -> None:
    response = HttpResponse("ok")
    response._csp_replace = {"frame-ancestors": ["https://shop.example"]}  # type: ignore[attr-defined]
    parts = answered(response).headers[HEADER].split("; ")
    assert [part for part in parts if part.startswith("frame-ancestors")] == ["frame-ancestors https://shop.example"]


def test_policy_written_by_the_view_stays() -> None:
    assert answered(HttpResponse("ok", headers={HEADER: "sandbox"})).headers[HEADER] == "sandbox"


@pytest.mark.django_db
def test_staff_still_log_in(client: Client, manager: User) -> None:
    assert client.login(username=manager.username, password="correct horse battery")
    assert client.get("/admin/").context["user"] == manager
