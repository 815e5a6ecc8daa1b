"""Run rows: computed when stale, the same whether step by step or all at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.actions.refresh_runs import rebuild_runs, refresh_runs
from feedback.models import RunScore
from surveys.enums import StageKind
from surveys.models import JourneyRun, JourneyVersion, Stage, StageVisit
from tests.factories import InteractionFactory, JourneyFactory, JourneyVersionFactory, StageFactory, published_journey
from tests.factories.asking import START
from tests.factories.listening import add_answer, answered_run, measured_journey

pytestmark = pytest.mark.django_db


def row_of(run: JourneyRun) -> RunScore:
    return RunScore.objects.get(pk=run.pk)


def columns(row: RunScore) -> dict[str, object]:
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name != "computed_at"}


def test_refresh_answered_run_means_stages_not_answers() -> None:
    version = published_journey()
    surveys = measured_journey(version)
    run = answered_run(version, surveys, {"apply": 10, "documents": 5, "": 6})
    add_answer(run, surveys["apply"], 6, "apply")
    assert refresh_runs() == 1
    row = row_of(run)
    assert row.stage_scores == {"apply": [60.0, 100.0], "documents": [50.0]}  # of one moment: by value
    assert (row.service, row.service_stages, row.experience) == (65.0, 2, 60.0)
    assert JourneyRun.objects.get(pk=run.pk).stale is False


def test_refresh_non_service_stage_never_enters_service() -> None:
    version = JourneyVersionFactory(journey=JourneyFactory())
    StageFactory(version=version, code="desk", order=1)
    StageFactory(version=version, code="bill", order=2, kind=StageKind.NON_SERVICE)
    JourneyVersion.objects.filter(pk=version.pk).update(state="published", published_at=START)
    surveys = measured_journey(version)
    run = answered_run(version, surveys, {"desk": 9, "bill": 1, "": 4})
    refresh_runs()
    assert (row_of(run).service, row_of(run).stage_scores["bill"]) == (90.0, [10.0])


def test_refresh_complete_rule_needs_every_asked_service_stage() -> None:
    version = published_journey(options={"service_score": "complete"})
    surveys = measured_journey(version)
    part = answered_run(version, surveys, {"apply": 8, "": 5})
    whole = answered_run(version, surveys, {"apply": 8, "documents": 9, "welcome": 10, "": 5})
    refresh_runs()
    assert (row_of(part).service, row_of(whole).service) == (None, 90.0)


def test_refresh_late_answer_is_left_out_and_counted() -> None:
    version = published_journey()
    surveys = measured_journey(version)
    run = answered_run(version, surveys, {"apply": 8})
    assert run.ended_at
    add_answer(run, surveys[""], 2, answered_at=run.ended_at + timedelta(days=31))
    refresh_runs()
    assert (row_of(run).experience, row_of(run).late_answers) == (None, 1)


def test_refresh_first_experience_answer_is_kept() -> None:
    version = published_journey()
    surveys = measured_journey(version)
    run = answered_run(version, surveys, {"": 9})
    assert run.ended_at
    add_answer(run, surveys[""], 1, answered_at=run.ended_at + timedelta(days=2))
    refresh_runs()
    assert row_of(run).experience == 90.0


def test_refresh_waits_and_steps_come_from_visits_and_contacts() -> None:
    version = published_journey()
    run = answered_run(version, measured_journey(version), {"": 5})
    for number, stage in enumerate(Stage.objects.filter(version=version)[:2]):
        begin = START + timedelta(days=number)
        InteractionFactory(run=run, stage=stage, started_at=begin, ended_at=begin + timedelta(hours=12))
        StageVisit.objects.create(
            run=run, stage=stage, order=number, entered_at=begin, left_at=begin + timedelta(hours=12)
        )
    refresh_runs()
    row = row_of(run)
    assert (row.waits, row.steps, row.contacts, row.elapsed_days) == ({"apply->documents": 0.5}, 2, 2, 3.0)


def test_refresh_incremental_equals_rebuild() -> None:
    version = published_journey()
    surveys = measured_journey(version)
    runs = [answered_run(version, surveys, {"apply": n % 11, "": (3 * n) % 11}) for n in range(7)]
    refresh_runs()
    for run in runs[:3]:
        add_answer(run, surveys["documents"], 7, "documents")
        refresh_runs([run.pk])
    step_by_step = [columns(row_of(run)) for run in runs]
    assert rebuild_runs(version.journey.code) == 7
    assert [columns(row_of(run)) for run in runs] == step_by_step


def test_refresh_nothing_stale_writes_nothing() -> None:
    version = published_journey()
    answered_run(version, measured_journey(version), {"apply": 8})
    assert [refresh_runs(), refresh_runs()] == [1, 0]


@pytest.mark.parametrize("count", [1, 3])
def test_refresh_queries_do_not_grow_with_runs(count: int) -> None:
    version = published_journey()
    surveys = measured_journey(version)
    runs = [answered_run(version, surveys, {"apply": 8, "": 5}).pk for _ in range(count)]
    with CaptureQueriesContext(connection) as queries:
        refresh_runs(runs, limit=count)
    assert len(queries) == 9
