"""Contacts with a reason: whose they are, and what was answered about them."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.insights.calls import Names, micros
from feedback.queries.contacts import Contacts, Told, contacts_with_reason
from feedback.queries.run_table import Window
from surveys.enums import SurveyKind
from surveys.models import Interaction
from tests.factories import InteractionFactory, JourneyRunFactory, SurveyFactory, published_journey, published_survey
from tests.factories.asking import START
from tests.factories.listening import add_answer

pytestmark = pytest.mark.django_db
SOLVED = {"code": "solved", "kind": "yes_no", "metric": "fcr", "text": "Solved?"}


def unlinked(**fields: object) -> Interaction:
    """A contact without journey."""
    contact: Interaction = InteractionFactory(run=None, journey=None, stage=None, **fields)
    return contact


def test_contacts_with_reason_own_and_unlinked_of_own_customers() -> None:
    version = published_journey()
    run = JourneyRunFactory(version=version)
    own = InteractionFactory(run=run, reason="bill")
    theirs = unlinked(customer=run.customer, reason="bill")
    unlinked(customer=JourneyRunFactory().customer, reason="bill")
    InteractionFactory(run=JourneyRunFactory(customer=run.customer), reason="bill")
    InteractionFactory(run=run, reason="")
    rows = contacts_with_reason(version.journey_id, Window())
    assert sorted(zip(stages(rows), rows.calls.started.tolist(), strict=True)) == [
        ("", micros(theirs.started_at)),
        ("apply", micros(own.started_at)),
    ]


def test_contacts_with_reason_journey_about_contacts_takes_all_unlinked() -> None:
    version = published_journey()
    survey = published_survey(
        SurveyFactory(journey=version.journey, kind=SurveyKind.TOUCHPOINT, stage_code="apply"), [SOLVED]
    )
    first, _second = (unlinked(customer=JourneyRunFactory().customer, reason="bill") for _ in range(2))
    assert len(contacts_with_reason(version.journey_id, Window())) == 0
    response = add_answer(JourneyRunFactory(version=published_journey()), survey, 1, "apply").response
    response.interaction = first
    response.save(update_fields=["interaction"])
    found = contacts_with_reason(version.journey_id, Window())
    assert (found.calls.customer.tolist(), len(found.people)) == ([0, 1], 2)
    told = sorted(zip(found.answers.tolist(), np.nan_to_num(found.told, nan=-1.0).tolist(), strict=True))
    assert told == [(0, -1.0), (1, 100.0)]


def test_contacts_with_reason_window_takes_them_by_their_start() -> None:
    run = JourneyRunFactory()
    starts = [START + timedelta(days=day) for day in (0, 1, 2)]
    for start in starts:
        InteractionFactory(run=run, reason="bill", started_at=start, ended_at=start)
    rows = contacts_with_reason(run.journey_id, Window(starts[1], starts[2]))
    assert rows.calls.started.tolist() == [micros(starts[1])]


@pytest.mark.parametrize("count", [1, 3])
def test_contacts_with_reason_queries_do_not_grow(count: int) -> None:
    run = JourneyRunFactory()
    for _ in range(count):
        InteractionFactory(run=run, reason="bill")
    with CaptureQueriesContext(connection) as queries:
        rows = contacts_with_reason(run.journey_id, Window())
    assert (len(queries), len(rows)) == (4, count)


def test_told_solved_by_contact_else_by_run_and_stage() -> None:
    version = published_journey()
    survey = published_survey(
        SurveyFactory(journey=version.journey, kind=SurveyKind.TOUCHPOINT, stage_code="apply"), [SOLVED]
    )
    run, other = JourneyRunFactory(version=version), JourneyRunFactory(version=version)
    contacts = [InteractionFactory(run=each, reason="bill") for each in (run, other, run)]
    response = add_answer(run, survey, 1, "apply").response
    response.interaction = contacts[0]
    response.save(update_fields=["interaction"])
    add_answer(other, survey, 1, "apply", answered_at=START + timedelta(days=1))
    add_answer(other, survey, 0, "apply", answered_at=START + timedelta(days=2))
    found = contacts_with_reason(version.journey_id, Window())
    told = sorted(zip(found.answers.tolist(), np.nan_to_num(found.told, nan=-1.0).tolist(), strict=True))
    assert told == [(0, -1.0), (0, 0.0), (1, 100.0)]
    assert stages(found) == ["apply"] * 3


def test_told_of_a_stage_nobody_answered_about_is_what_was_said_of_the_run() -> None:
    none = np.empty(0)
    told = Told(none.astype(np.int64), none, np.array([7, 7]), Names.of(["", "apply"]), np.array([100.0, 0.0]))
    asked = told.of(np.array([1, 2, 3]), np.array([7, 7, 0]), Names.of(["apply", "care", "apply"]))
    assert asked.tolist() == pytest.approx([0.0, 100.0, np.nan], nan_ok=True)


def stages(found: Contacts) -> list[str]:
    return [found.stage.names[code] for code in found.stage.codes.tolist()]
