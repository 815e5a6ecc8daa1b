"""Fixtures for every test: named people, a journey, an API client; browser tests find the distribution's Chromium."""

import shutil
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from rest_framework.test import APIClient

from tests.fixtures_broker import _nothing_waits_in_the_broker, handed_over_late  # noqa: F401 - of every test
from tests.fixtures_standins import inbox, sms_provider, smtp_inbox, vonage_provider  # noqa: F401 - fixtures of the stand-ins

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the fast tests first, and skip browser tests where no Chromium is found."""
    missing = pytest.mark.skip(reason="no Chromium found: apt-get install chromium")
    for item in items:
        if item.get_closest_marker("browser") and not CHROMIUM:
            item.add_marker(missing)
    order = {"insights": 0, "policy": 0, "question_kinds": 0, "lib": 0, "browser": 3, "e2e": 3, "chaos": 4}
    items.sort(key=lambda item: max((order.get(part, 1) for part in item.path.parts if part in order), default=1))


@pytest.fixture(autouse=True)
def _static_language() -> Iterator[None]:
    """Each test starts in English."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture
def manager(db: None) -> User:
    """A superuser who reads everything."""
    return User.objects.create_superuser("manager", "manager@example.org", "correct horse battery")


@pytest.fixture
def designer(db: None) -> User:
    """CX staff: may see and change questionnaires, not people."""
    user = User.objects.create_user("designer", "designer@example.org", "correct horse battery", is_staff=True)
    models = ("survey", "surveyversion", "question", "choice", "rule", "journey")
    user.user_permissions.set(Permission.objects.filter(content_type__model__in=models))
    return user


@pytest.fixture
def outsider(db: None) -> User:
    """A log-in without any permission."""
    return User.objects.create_user("outsider", "outsider@example.org", "correct horse battery")


@pytest.fixture
def manager_client(manager: User) -> Client:
    """A browser session of the manager."""
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def api(manager: User) -> APIClient:
    """The API as the manager."""
    client = APIClient()
    client.force_authenticate(manager)
    return client
