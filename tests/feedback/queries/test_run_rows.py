"""Run rows as the database computes them: those of the plain definition, to the byte."""

import json
import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from feedback.actions.refresh_runs import refresh_runs
from feedback.models import Answer, Response, RunScore
from feedback.queries.run_rows import scale_names
from surveys.enums import Measures, RunOutcome, StageKind
from surveys.models import Department, JourneyRun, JourneyVersion, Stage, StageVisit, SurveyVersion
from tests.factories import CustomerFactory, InteractionFactory, JourneyRunFactory, published_journey
from tests.factories.asking import START
from tests.factories.listening import add_answer, measured_journey
from tests.feedback.run_reference import reference_row

pytestmark = pytest.mark.django_db
JSON = ("stage_scores", "ratings", "weights", "waits")
ODD = (1 / 3, 0.1 + 0.2, 1e-7, 100.0, 5e-324, 8.0, 66.66666666666667)
HEADLINES = ("", "overall", "odd-e2e.overall", "elsewhere")


class Odd:
    """Runs of a journey in which everything happens that tables allow."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        rule = self.random.choice([{}, {"service_score": "complete"}])
        self.version: JourneyVersion = published_journey(code="odd", options=rule)
        scale = self.random.choice([(0, 10), (0.1234567, 10.5), (0, 1_000_000)])
        question = {"code": "overall", "kind": "csat", "metric": "csat", "headline": True, "scale": scale}
        self.surveys: dict[str, SurveyVersion] = measured_journey(self.version, question)
        with connection.cursor() as cursor:  # a published version is frozen
            cursor.execute("SET LOCAL session_replication_role = replica")
            headline, version = self.random.choice(HEADLINES), self.version.pk
            JourneyVersion.objects.filter(pk=version).update(headline=headline)
            kind = self.random.choice([StageKind.NON_SERVICE, StageKind.SERVICE])
            owned = Stage.objects.filter(version=version, code="documents")
            owned.update(kind=kind, owner=Department.objects.create(name="Desk"))
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        self.stages = list(Stage.objects.filter(version=version))

    def days(self, low: float, high: float) -> timedelta:
        return timedelta(microseconds=self.random.randrange(int(low * 86_400e6), int(high * 86_400e6)))

    def run(self) -> JourneyRun:
        ended = self.random.choice([None, START + self.days(1, 40)])
        outcome = RunOutcome.COMPLETED if ended else RunOutcome.OPEN
        customer = CustomerFactory(segment=self.random.choice(["", "private"]))
        run: JourneyRun = JourneyRunFactory(
            version=self.version, customer=customer, ended_at=ended, outcome=outcome,
            last_event_at=ended or START + self.days(0, 3),
        )  # fmt: skip
        for _contact in range(self.random.randrange(8)):
            self.contact(run)
        for order in range(self.random.randrange(6)):
            self.visit(run, order)
        for _answer in range(self.random.randrange(7)):
            self.answer(run)
        return run

    def contact(self, run: JourneyRun) -> None:
        begin = START + self.random.choice([timedelta(0), timedelta(days=7), self.days(0, 20)])
        InteractionFactory(
            run=run, stage=self.random.choice(self.stages), customer=run.customer, started_at=begin,
            ended_at=self.random.choice([None, begin, begin + self.days(0, 3)]),
            reason=self.random.choice(["", "bill", "card"]), channel=self.random.choice(["", "phone", "web"]),
            handle_seconds=self.random.choice([None, 0.1, 540, 1 / 3]),
        )  # fmt: skip

    def visit(self, run: JourneyRun, order: int) -> None:
        entered, bad = START + self.days(order, order + 3), self.random.random() < 0.1
        left = entered + (-self.days(0, 2) if bad else self.days(0, 2))
        stage = self.random.choice(self.stages)
        StageVisit.objects.create(run=run, stage=stage, order=order, entered_at=entered, left_at=left, bad_time=bad)

    def answer(self, run: JourneyRun) -> None:
        code = self.random.choice([stage.code for stage in self.stages] + [""] * 2)
        weight = self.random.choice([None, 1.0, 0.7, 1 / 3])
        made = add_answer(run, self.surveys[code], 1, code, START + self.days(0, 80), weight)
        Response.objects.filter(pk=made.response_id).update(late=self.random.random() < 0.1)
        value, score = (self.random.choice([None, *ODD, self.random.uniform(0, 100)]) for _ in range(2))
        measures = Measures.RELATIONSHIP if made.stage is None and self.random.random() < 0.1 else made.measures
        value = self.random.choice([value, 1e15, 1e16, 123456789012345680.0, -2.5]) if value is not None else None
        Answer.objects.filter(pk=made.pk).update(value=value, score=score, measures=measures)


def as_kept(values: dict[str, Any]) -> dict[str, Any]:
    """The columns with JSON as the bytes that the database keeps of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(["%s::jsonb::text"] * len(JSON)), [json.dumps(values[n]) for n in JSON])
        return values | dict(zip(JSON, cursor.fetchone(), strict=True))


def kept(run: JourneyRun) -> dict[str, Any]:
    row: dict[str, Any] = dict(RunScore.objects.filter(pk=run.pk).values().get())
    del row["computed_at"]
    told = ", ".join(f"{name}::text" for name in JSON)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {told} FROM feedback_runscore WHERE run_id = %s", [run.pk])
        return row | dict(zip(JSON, cursor.fetchone(), strict=True))


@pytest.mark.parametrize("seed", range(12))
def test_run_rows_of_odd_runs_are_those_of_the_plain_definition(seed: int) -> None:
    odd = Odd(seed)
    runs = [odd.run().pk for _ in range(12)]
    assert refresh_runs() == 12
    for run in JourneyRun.objects.filter(pk__in=runs).select_related("version", "customer"):
        found, wanted = kept(run), as_kept(reference_row(run))
        assert {name: repr(item) for name, item in found.items()} == {n: repr(item) for n, item in wanted.items()}


def test_scale_names_are_those_of_ratings() -> None:
    measured_journey(published_journey(), {"code": "overall", "kind": "csat", "scale": (0, 1_000_000)})
    assert scale_names() == {"lows": [0.0], "highs": [1_000_000.0], "names": ["0-1e+06"]}
