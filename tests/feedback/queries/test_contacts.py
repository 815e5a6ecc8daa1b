"""Contacts with a reason: whose they are, and what was answered about them."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.queries.contacts import answers_by_contact, answers_of, contacts_with_reason, told_solved
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
    assert {row.pk for row in rows} == {own.pk, theirs.pk}
    assert {(row.pk, row.stage) for row in rows} == {(own.pk, "apply"), (theirs.pk, "")}


def test_contacts_with_reason_journey_about_contacts_takes_all_unlinked() -> None:
    version = published_journey()
    survey = published_survey(
        SurveyFactory(journey=version.journey, kind=SurveyKind.TOUCHPOINT, stage_code="apply"), [SOLVED]
    )
    first, second = (unlinked(customer=JourneyRunFactory().customer, reason="bill") for _ in range(2))
    assert contacts_with_reason(version.journey_id, Window()) == []
    response = add_answer(JourneyRunFactory(version=published_journey()), survey, 1, "apply").response
    response.interaction = first
    response.save(update_fields=["interaction"])
    assert {row.pk for row in contacts_with_reason(version.journey_id, Window())} == {first.pk, second.pk}


def test_contacts_with_reason_window_takes_them_by_their_start() -> None:
    run = JourneyRunFactory()
    starts = [START + timedelta(days=day) for day in (0, 1, 2)]
    for start in starts:
        InteractionFactory(run=run, reason="bill", started_at=start, ended_at=start)
    rows = contacts_with_reason(run.journey_id, Window(starts[1], starts[2]))
    assert [row.started for row in rows] == [starts[1]]


@pytest.mark.parametrize("count", [1, 3])
def test_contacts_with_reason_costs_one_query(count: int) -> None:
    run = JourneyRunFactory()
    for _ in range(count):
        InteractionFactory(run=run, reason="bill")
    with CaptureQueriesContext(connection) as queries:
        rows = contacts_with_reason(run.journey_id, Window())
    assert (len(queries), len(rows)) == (1, count)


def test_told_solved_by_contact_else_by_run_and_stage() -> None:
    version = published_journey()
    survey = published_survey(
        SurveyFactory(journey=version.journey, kind=SurveyKind.TOUCHPOINT, stage_code="apply"), [SOLVED]
    )
    run, other = JourneyRunFactory(version=version), JourneyRunFactory(version=version)
    contact = InteractionFactory(run=run, reason="bill")
    response = add_answer(run, survey, 1, "apply").response
    response.interaction = contact
    response.save(update_fields=["interaction"])
    add_answer(other, survey, 0, "apply")
    told = told_solved(version.journey_id)
    assert (told.by_contact, told.by_run) == ({contact.pk: 100.0}, {(other.pk, "apply"): 0.0})
    assert answers_by_contact(version.journey_id) == Counter({contact.pk: 1})


def test_answers_of_names_are_summed() -> None:
    answers = Counter({1: 2, 2: 1, 9: 5})
    assert answers_of([(1, "a"), (2, "a"), (3, "b")], answers) == Counter({"a": 3, "b": 0})
