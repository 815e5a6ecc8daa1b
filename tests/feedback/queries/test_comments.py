"""Comments that are shown: enough of them, of enough customers."""

import pytest

from feedback.models import FreeText, RunScore
from feedback.queries.comments import newest_comments
from tests.factories import published_journey
from tests.factories.asking import CustomerFactory
from tests.factories.listening import add_answer, answered_run, measured_journey

pytestmark = pytest.mark.django_db


def written(customers: int, each: int) -> list[int]:
    """The ids of the newest texts where so many customers wrote so many each."""
    version = published_journey(("quote",), code="shop")
    surveys = measured_journey(version)
    for _ in range(customers):
        run = answered_run(version, surveys, {}, CustomerFactory())
        RunScore.objects.create(
            run=run, journey=run.journey, customer=run.customer, at=run.ended_at, outcome=run.outcome,
            computed_at=run.ended_at,
        )  # fmt: skip
        for n in range(each):
            FreeText.objects.create(answer=add_answer(run, surveys[""], 5), text=f"text {n}")
    return newest_comments(RunScore.objects.values_list("run_id", flat=True), 20)


def test_comments_of_enough_customers_are_all_taken() -> None:
    assert len(written(10, 2)) == 20


def test_comments_of_few_customers_count_each_of_them_once() -> None:
    assert len(written(3, 6)) == 3
