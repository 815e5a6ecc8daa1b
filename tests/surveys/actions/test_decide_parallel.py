"""Several who decide about one customer at the same moment."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from surveys.actions.decide_events import decide_for_interactions
from surveys.models import AskDecision, Delivery, Interaction
from tests.asking import NOON, customer
from tests.factories import (
    InteractionFactory,
    JourneyRunFactory,
    RuleFactory,
    SurveyFactory,
    published_journey,
    published_survey,
)

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def at_once(batches: list[list[int]]) -> Counter[str]:
    """Decide on each batch in a thread of its own, all let go together."""
    barrier = Barrier(len(batches))

    def decide(ids: list[int]) -> Counter[str]:
        barrier.wait()
        try:
            return decide_for_interactions(ids, NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(batches)) as pool:
        return sum(pool.map(decide, batches), Counter())


def contacts(count: int, *, one_run: bool) -> list[Interaction]:
    """Contacts of one customer at a stage whose survey asks at once."""
    journey = published_journey(("documents",))
    survey = SurveyFactory(kind="touchpoint", journey=journey.journey, stage_code="documents")
    published_survey(survey)
    RuleFactory(survey=survey, trigger="interaction", conditions={"stage": "documents"})
    person = customer()
    runs = [JourneyRunFactory(version=journey, customer=person) for _ in range(1 if one_run else count)]
    return [InteractionFactory(run=runs[n % len(runs)], started_at=NOON, ended_at=NOON) for n in range(count)]


def test_decide_in_parallel_one_occasion_is_one_ask() -> None:
    made = contacts(1, one_run=True)
    assert at_once([[made[0].pk]] * THREADS) == {"planned": 1}
    assert (AskDecision.objects.count(), Delivery.objects.count()) == (1, 1)


def test_decide_in_parallel_limit_holds_over_occasions() -> None:
    made = contacts(THREADS, one_run=False)
    assert at_once([[each.pk] for each in made]) == {"planned": 1, "delayed": THREADS - 1}
