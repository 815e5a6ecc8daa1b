"""Asks, invitations and contacts of a journey: only what belongs to runs in the window, in few queries."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.actions.refresh_runs import refresh_runs
from feedback.insights.calls import Names
from feedback.queries.coverage import asks_of_runs, customers_in_contact, invitations_of_runs
from feedback.queries.run_table import Window, run_table
from surveys.enums import DeliveryPurpose
from surveys.models import AskDecision, JourneyRun, SurveyVersion
from tests.factories import DeliveryFactory, InteractionFactory, InvitationFactory, JourneyRunFactory, published_journey
from tests.factories.asking import START
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def told(names: Names) -> list[str]:
    return [names.names[code] for code in names.codes.tolist()]


def ask(run: JourneyRun, version: SurveyVersion, outcome: str) -> None:
    AskDecision.objects.create(
        survey=version.survey,
        customer=run.customer,
        run=run,
        occasion=f"{version.survey.code}:{run.pk}",
        channel="email",
        outcome=outcome,
        due_at=START,
        decided_at=START,
    )


@pytest.mark.parametrize("count", [1, 3])
def test_asks_of_runs_in_the_window_in_two_queries(count: int) -> None:
    version = published_journey()
    surveys = measured_journey(version)
    runs = [JourneyRunFactory(version=version, last_event_at=START + n * DAY) for n in range(count)]
    for run in runs:
        ask(run, surveys["apply"], "policy")
        ask(run, surveys[""], "planned")
    with CaptureQueriesContext(connection) as queries:
        rows = asks_of_runs(version.journey_id, Window(START, START + DAY))
    assert len(queries) == 2
    assert list(zip(rows.run.tolist(), *map(told, (rows.kind, rows.stage, rows.outcome)), strict=True)) == [
        (runs[0].pk, "touchpoint", "apply", "policy"),
        (runs[0].pk, "end_to_end", "", "planned"),
    ]


def test_invitations_of_runs_tell_what_got_through_and_what_the_reminder_brought() -> None:
    version = published_journey()
    surveys = measured_journey(version)
    run = JourneyRunFactory(version=version)
    answered = {"state": "answered", "answered_at": START + 3 * DAY}
    reminded, bounced = (
        InvitationFactory(version=surveys[code], customer=run.customer, run=run, **fields)
        for code, fields in (("", answered), ("apply", {}))
    )
    DeliveryFactory(invitation=reminded, state="sent", sent_at=START)
    DeliveryFactory(invitation=reminded, state="sent", purpose=DeliveryPurpose.REMINDER, sent_at=START + 2 * DAY)
    DeliveryFactory(invitation=bounced, state="bounced", sent_at=START)
    rows = invitations_of_runs(version.journey_id, Window())
    flags = (rows.reached.tolist(), rows.answered.tolist(), rows.reminded.tolist())
    assert sorted(zip(told(rows.stage), *flags, strict=True)) == [
        ("", True, True, True),
        ("apply", False, False, False),
    ]


def test_customers_in_contact_are_those_somebody_served() -> None:
    version = published_journey()
    called, surfed = JourneyRunFactory(version=version), JourneyRunFactory(version=version)
    InteractionFactory(run=called)
    InteractionFactory(run=surfed, channel="web", handle_seconds=None)
    InteractionFactory()
    refresh_runs()
    table = run_table(version.journey_id, Window())
    found = np.isin(table.people, customers_in_contact(version.journey_id))[table.customer]
    assert table.run[found].tolist() == [called.pk]
