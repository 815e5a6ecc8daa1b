"""Whatever happens, and however often it is refreshed between: the result is that of computing everything anew."""

import json
import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from feedback.actions.refresh_runs import rebuild_runs, refresh_runs
from feedback.dashboards.comparison import Query, build_comparison
from feedback.models import CommercialRecord, RunScore
from surveys.enums import RunOutcome
from surveys.models import Customer, JourneyRun, JourneyVersion, SurveyVersion
from tests.factories import CustomerFactory, InteractionFactory, published_journey
from tests.factories.asking import START
from tests.factories.listening import add_answer, answered_run, measured_journey

pytestmark = pytest.mark.django_db
NOW = START + timedelta(days=90)
STAGES = ("apply", "documents", "welcome")


class World:
    """A journey to which things happen by chance."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.version: JourneyVersion = published_journey(code="account")
        self.surveys: dict[str, SurveyVersion] = measured_journey(self.version)
        for _ in range(12):
            self.new_run()

    def one(self) -> JourneyRun:
        return self.random.choice(list(JourneyRun.objects.order_by("pk")))

    def new_run(self) -> None:
        values = {code: self.random.randint(0, 10) for code in self.random.sample(STAGES, 2)}
        customer = CustomerFactory(segment=self.random.choice(["private", "business"]))
        ended = START + timedelta(days=self.random.randint(1, 80))
        answered_run(self.version, self.surveys, {**values, "": self.random.randint(0, 10)}, customer, ended_at=ended)

    def contact(self) -> None:
        run, stage = self.one(), self.version.stages.get(code=self.random.choice(STAGES))
        begin = run.started_at + timedelta(hours=self.random.randint(1, 20))
        InteractionFactory(
            run=run, stage=stage, customer=run.customer, started_at=begin, ended_at=begin + timedelta(minutes=9),
            reason=self.random.choice(["bill", "card"]), agent=self.random.choice(["ann", "bob"]), handle_seconds=540,
        )  # fmt: skip
        JourneyRun.objects.filter(pk=run.pk).update(stale=True)

    def ended(self) -> None:
        run = self.one()
        end = run.started_at + timedelta(days=self.random.randint(1, 80))
        JourneyRun.objects.filter(pk=run.pk).update(
            outcome=RunOutcome.ABANDONED, ended_at=end, last_event_at=end, stale=True
        )

    def answer(self) -> None:
        stage = self.random.choice((*STAGES, ""))
        add_answer(self.one(), self.surveys[stage], self.random.randint(0, 10), stage)

    def late_answer(self) -> None:
        run = self.one()
        late = (run.ended_at or run.last_event_at) + timedelta(days=40)
        add_answer(run, self.surveys[""], self.random.randint(0, 10), answered_at=late)

    def erased(self) -> None:
        Customer.objects.filter(pk=self.one().customer_id).delete()

    def commercial(self) -> None:
        run, start = self.one(), date(2027, 1, 1)
        CommercialRecord.objects.update_or_create(
            customer=run.customer, run=run, period_start=start, period_end=start + timedelta(days=365),
            defaults={"retained": self.random.random() < 0.5, "spend": self.random.randint(1, 99)},
        )  # fmt: skip

    def withdrawn_answers(self) -> None:
        run = self.one()
        run.responses.all().delete()
        JourneyRun.objects.filter(pk=run.pk).update(stale=True)

    def happens(self) -> None:
        events: list[Callable[[], None]] = [
            self.new_run, self.contact, self.contact, self.ended, self.answer, self.late_answer, self.erased,
            self.commercial, self.withdrawn_answers,
        ]  # fmt: skip
        self.random.choice(events)()


def rows() -> list[dict[str, object]]:
    return [{**row, "computed_at": None} for row in RunScore.objects.order_by("pk").values()]


def value() -> str:
    return json.dumps(build_comparison(Query("account"), NOW))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_refreshed_in_steps_equals_computed_from_nothing(seed: int) -> None:
    world = World(seed)
    for _step in range(4):
        for _event in range(6):
            world.happens()
        refresh_runs()
    in_steps = (rows(), value())
    RunScore.objects.all().delete()
    rebuild_runs()
    assert (rows(), value()) == in_steps
