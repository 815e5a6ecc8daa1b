"""Every list and page of the admin: it opens, takes a fixed number of queries, and keeps to our policy."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from tests.factories.every_model import MAKERS

pytestmark = pytest.mark.django_db
EVERY = [pytest.param(model, id=model._meta.label) for model in MAKERS]


def address(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_every_model_has_a_list_and_a_test():
    ours = {model for label in ("surveys", "feedback") for model in apps.get_app_config(label).get_models()}
    assert ours - set(admin.site._registry) == set()
    assert ours == set(MAKERS)


@pytest.mark.parametrize("model", EVERY)
def test_list_takes_as_many_queries_for_three_rows_as_for_one(manager_client, model):
    MAKERS[model]()
    url = address(model, "changelist")
    queries(manager_client, url)  # content types and the like are read once
    one = queries(manager_client, url)
    MAKERS[model]()
    MAKERS[model]()
    assert queries(manager_client, url) == one


@pytest.mark.parametrize("model", EVERY)
def test_list_is_searched_and_page_opens(manager_client, model):
    row = MAKERS[model]()
    assert manager_client.get(address(model, "changelist"), {"q": "1"}).status_code == 200
    response = manager_client.get(address(model, "change", row.pk))
    assert response.status_code == 200
    assert "unsafe" not in response["Content-Security-Policy"]
    text = response.content.decode()
    assert (" style=" in text, "onclick=" in text) == (False, False)


@pytest.mark.parametrize("model", EVERY)
def test_add_page_opens_or_is_refused(manager_client, model, rf, manager):
    request = rf.get("/")
    request.user = manager
    allowed = admin.site._registry[model].has_add_permission(request)
    assert manager_client.get(address(model, "add")).status_code == (200 if allowed else 403)


def test_outsider_sees_nothing(client: Client, outsider):
    client.force_login(outsider)
    assert client.get(reverse("admin:index")).status_code == 302


def test_index_is_grouped_asking_then_listening(manager_client):
    page = manager_client.get(reverse("admin:index"))
    assert [app["app_label"] for app in page.context["app_list"]][:2] == ["surveys", "feedback"]
    assert [str(app["name"]) for app in page.context["app_list"]][:2] == ["Asking", "Listening"]
    assert "cxsurvey/admin.css" in page.content.decode()


def test_app_list_names_are_text_in_the_language_of_the_request(rf, manager):
    request = rf.get("/admin/")
    request.user = manager
    with override("de"):
        names = {type(model["name"]) for app in admin.site.get_app_list(request) for model in app["models"]}
    assert names == {str}
