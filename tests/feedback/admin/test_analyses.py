"""Kept comparisons in the admin: stopped and asked for again from the list."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from feedback.models import Analysis
from tests.factories import JourneyFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/feedback/analysis/"


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("boss"))
    return client


def running(code: str) -> Analysis:
    return Analysis.objects.create(
        journey=JourneyFactory(code=code), query={}, query_hash=code, state="running", asked_at=timezone.now()
    )


def test_stop_and_compute_move_only_the_chosen_ones(boss: Client) -> None:
    first, second = running("one"), running("two")
    page = boss.post(LIST, {"action": "stop", "_selected_action": [first.pk]}, follow=True).content.decode()
    assert "1 stopped; former values are kept." in page
    states = Analysis.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["stopped", "running"]
    boss.post(LIST, {"action": "compute", "_selected_action": [first.pk, second.pk]})
    assert list(states.all()) == ["waiting", "running"]
