"""What is derived from contacts, and how runs end."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.actions.record_interactions import InteractionIn, take_interactions
from surveys.actions.runs import close_idle_runs, derive_runs, end_run
from surveys.enums import RunOutcome
from surveys.models import Interaction, JourneyRun, StageVisit
from tests.factories import InteractionFactory, JourneyRunFactory, published_journey

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STAGES = ("apply", "documents", "welcome")


def path(run: JourneyRun) -> list[tuple[str, int, float, float]]:
    rows = (
        StageVisit.objects.filter(run=run)
        .order_by("order")
        .values_list("stage__code", "visit", "entered_at", "left_at")
    )
    return [(code, visit, (a - T0) / timedelta(hours=1), (b - T0) / timedelta(hours=1)) for code, visit, a, b in rows]


def contact(run: JourneyRun, stage: str, start: float, end: float | None) -> Interaction:
    return InteractionFactory(
        run=run,
        stage=run.version.stages.get(code=stage),
        started_at=T0 + timedelta(hours=start),
        ended_at=None if end is None else T0 + timedelta(hours=end),
    )


def test_derive_runs_neighbouring_contacts_of_a_stage_are_one_visit():
    run = JourneyRunFactory()
    contact(run, "apply", 0, 1)
    contact(run, "apply", 2, 3)
    contact(run, "documents", 5, 6)
    contact(run, "apply", 7, 8)
    derive_runs([run.pk])
    assert path(run) == [("apply", 1, 0, 3), ("documents", 1, 5, 6), ("apply", 2, 7, 8)]


def test_derive_runs_unfinished_contact_leaves_at_its_start():
    run = JourneyRunFactory()
    contact(run, "apply", 0, None)
    derive_runs([run.pk])
    assert path(run) == [("apply", 1, 0, 0)]


def test_derive_runs_twice_keeps_the_rows():
    run = JourneyRunFactory()
    contact(run, "apply", 0, 1)
    derive_runs([run.pk])
    before = list(StageVisit.objects.values_list("pk", flat=True))
    derive_runs([run.pk])
    assert list(StageVisit.objects.values_list("pk", flat=True)) == before


def test_derive_runs_end_told_from_outside_stays():
    version = published_journey(STAGES, end_event="stage_left", end_stage_code="welcome")
    told = T0 + timedelta(hours=9)
    run = JourneyRunFactory(version=version, outcome=RunOutcome.COMPLETED, ended_at=told)
    contact(run, "welcome", 1, 2)
    assert derive_runs([run.pk]) == []
    run.refresh_from_db()
    assert (run.ended_at, run.last_event_at) == (told, told)


def test_derive_runs_event_before_patience_ran_out_reopens_an_idle_run():
    run = JourneyRunFactory(version=published_journey(STAGES, inactive_days=10))
    contact(run, "apply", 0, 1)
    derive_runs([run.pk])
    assert close_idle_runs(T0 + timedelta(days=30), ask=False) == 1
    derive_runs([run.pk])
    run.refresh_from_db()
    assert (run.outcome, run.ended_at) == (RunOutcome.ABANDONED, T0 + timedelta(days=10, hours=1))
    contact(run, "documents", 48, 49)
    derive_runs([run.pk])
    run.refresh_from_db()
    assert (run.outcome, run.ended_at) == (RunOutcome.OPEN, None)


def test_close_idle_runs_before_patience_ran_out_does_nothing():
    run = JourneyRunFactory(version=published_journey(STAGES, inactive_days=10))
    assert close_idle_runs(run.last_event_at + timedelta(days=10, seconds=-1), ask=False) == 0
    assert close_idle_runs(run.last_event_at + timedelta(days=10), ask=False) == 1


def test_close_idle_runs_without_patience_leaves_the_run_open():
    JourneyRunFactory()
    assert close_idle_runs(T0 + timedelta(days=3_000), ask=False) == 0


def test_end_run_twice_moves_once():
    run = JourneyRunFactory()
    at = T0 + timedelta(days=1)
    assert [end_run(run, RunOutcome.COMPLETED, at, ask=False) for _ in range(2)] == [True, False]
    run.refresh_from_db()
    assert (run.outcome, run.ended_at, run.stale) == (RunOutcome.COMPLETED, at, True)


CONTACTS = st.lists(
    st.tuples(st.sampled_from(STAGES), st.integers(0, 500), st.none() | st.integers(0, 60)), min_size=1, max_size=8
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contacts=CONTACTS, order=st.randoms(use_true_random=False))
def test_derive_runs_any_contacts_in_any_order_give_one_ordered_path(db, contacts, order):
    version = published_journey(STAGES)
    rows = [
        InteractionIn(
            customer=f"P{version.pk}",
            journey=version.journey.code,
            run="R",
            stage=stage,
            started_at=T0 + timedelta(minutes=start),
            ended_at=None if length is None else T0 + timedelta(minutes=start + length),
            reference=f"{version.pk}-{n}",
        )
        for n, (stage, start, length) in enumerate(contacts)
    ]
    expected = [stage for stage, _start, _ref in sorted((c[0], c[1], f"{n}") for n, c in enumerate(contacts))]
    order.shuffle(rows)
    for row in rows:
        take_interactions([row], ask=False, imported=True, now=T0 + timedelta(days=9))
    visits = list(StageVisit.objects.filter(run__version=version).order_by("order"))
    assert [visit.order for visit in visits] == list(range(1, len(visits) + 1))
    assert all(visit.left_at >= visit.entered_at for visit in visits)
    assert all(a.entered_at <= b.entered_at and a.stage_id != b.stage_id for a, b in itertools.pairwise(visits))
    assert {visit.stage.code for visit in visits} == set(expected)
