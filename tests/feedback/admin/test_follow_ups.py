"""Follow-ups in the admin: the list that findings link to, getting in touch, closing with evidence."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback.models import FollowUp
from surveys.models import JourneyVersion
from tests.factories import published_journey
from tests.factories.history import Row, scored_runs

pytestmark = pytest.mark.django_db
LIST = "/admin/feedback/followup/"


def raised(number: int = 1, code: str = "calls") -> list[FollowUp]:
    version: JourneyVersion = published_journey(("quote",), code=code)
    now = timezone.now()
    return [
        FollowUp.objects.create(rule="detractor", run=run, opened_at=now, due_at=now - timedelta(hours=1))
        for run in scored_runs(version, [Row(n) for n in range(number)])
    ]


@pytest.mark.parametrize(
    "address",
    [
        "/admin/feedback/followup/?run__journey__code=calls&state=open",
        "/admin/feedback/followup/?overdue=1",
        "/admin/feedback/runscore/?journey__code=calls",
        "/admin/feedback/commercialrecord/?run__journey__code=calls",
    ],
)
def test_lists_that_findings_link_to_answer(admin_client: Client, address: str) -> None:
    raised()
    raised(code="other")
    assert admin_client.get(address).status_code == 200


def test_list_shows_the_rule_in_words_and_filters_by_journey(admin_client: Client) -> None:
    raised(2)
    raised(1, code="other")
    page = admin_client.get(f"{LIST}?run__journey__code=calls").content.decode()
    assert page.count("Would not recommend (0 to 6)") == 2
    assert page.count('class="action-select"') == 2


def test_action_marks_as_contacted_once(admin_client: Client) -> None:
    (row,) = raised()
    admin_client.post(LIST, {"action": "contacted", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert (row.state, row.contacted_at is not None) == ("contacted", True)


def test_closing_needs_what_came_of_it(admin_client: Client) -> None:
    (row,) = raised()
    form = {"rule": row.rule, "run": row.run_id, "state": "solved", "outcome": "", "root_cause": ""}
    page = admin_client.post(f"{LIST}{row.pk}/change/", form).content.decode()
    assert "Say what came of it: a follow-up is closed by its outcome." in page
    page = admin_client.post(f"{LIST}{row.pk}/change/", form | {"outcome": "Fee refunded."}).content.decode()
    assert "Choose what it came from: without causes nothing can be mended." in page
    admin_client.post(f"{LIST}{row.pk}/change/", form | {"outcome": "Fee refunded.", "root_cause": "price"})
    row.refresh_from_db()
    assert (row.state, row.closed_at is not None, row.contacted_at is not None) == ("solved", True, True)


@pytest.mark.parametrize("number", [1, 3])
def test_list_queries_do_not_grow(admin_client: Client, admin_user: User, number: int) -> None:
    raised(number)
    with CaptureQueriesContext(connection) as queries:
        admin_client.get(LIST)
    assert len(queries) == 7
