"""Erasing answers: responses, answers and texts go, others stay, the rows of the runs follow."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback.actions.erase_answers import erase_answers
from feedback.actions.refresh_runs import refresh_runs
from feedback.models import Answer, FollowUp, FreeText, HeldResponse, PartialResponse, Response, RunScore
from tests.factories import InvitationFactory, published_journey
from tests.factories.listening import answered_run, measured_journey

pytestmark = pytest.mark.django_db


def test_erase_answers_of_one_customer_leaves_the_others() -> None:
    version = published_journey()
    surveys = measured_journey(version)
    gone, kept = (answered_run(version, surveys, {"apply": 9, "": 5}) for _ in range(2))
    for answer in Answer.objects.all():
        FreeText.objects.create(answer=answer, text="So slow.", language="en")
    refresh_runs()
    assert erase_answers([gone.customer_id]) == 2
    assert set(Response.objects.values_list("run", flat=True)) == {kept.pk}
    assert (Answer.objects.count(), FreeText.objects.count()) == (2, 2)
    rows = dict(RunScore.objects.values_list("run", "experience"))
    assert rows == {gone.pk: None, kept.pk: 50.0}
    assert erase_answers([gone.customer_id]) == 0


def test_erase_answers_takes_what_was_saved_held_and_raised_by_an_answer() -> None:
    version = published_journey()
    surveys = measured_journey(version)
    run = answered_run(version, surveys, {"": 2})
    asked = InvitationFactory(customer=run.customer, version=surveys[""])
    now, facts = timezone.now(), {"survey": surveys[""].survey, "version": surveys[""], "invitation": asked}
    PartialResponse.objects.create(occasion_key="a", saved_at=now, **facts)
    HeldResponse.objects.create(
        occasion_key="a", content_hash=b"1", address_hash=b"1", reasons=["too_fast"], held_at=now, **facts
    )
    for rule in ("detractor", "third_contact"):
        FollowUp.objects.create(rule=rule, run=run, opened_at=now)
    erase_answers([run.customer_id])
    assert (PartialResponse.objects.count(), HeldResponse.objects.count()) == (0, 0)
    assert list(FollowUp.objects.values_list("rule", flat=True)) == ["third_contact"]


@pytest.mark.parametrize("count", [1, 3])
def test_erase_answers_queries_do_not_grow(count: int) -> None:
    version = published_journey()
    surveys = measured_journey(version)
    customers = [answered_run(version, surveys, {"apply": 9, "": 5}).customer_id for _ in range(count)]
    refresh_runs()
    with CaptureQueriesContext(connection) as queries:
        erase_answers(customers)
    assert len(queries) == 26
