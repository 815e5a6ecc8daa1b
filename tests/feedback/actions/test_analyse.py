"""Kept comparisons: computed once, shown with their age, computed again when something moved."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from feedback.actions import analyse as module
from feedback.actions.analyse import (
    analyse,
    comparison_for,
    kept_comparison,
    request_analysis,
    resume_analyses,
    stop_analyses,
)
from feedback.actions.refresh_analyses import refresh_analyses
from feedback.actions.refresh_runs import rebuild_runs, refresh_runs
from feedback.dashboards.comparison import Query, UnknownJourney, build_comparison
from feedback.insights.trends import change_point
from feedback.insights.versions import FORMULA_VERSION
from feedback.models import Analysis, CommercialRecord, RunScore
from feedback.queries.fingerprints import fingerprint
from surveys.models import JourneyRun, JourneyVersion
from tests.factories import CustomerFactory, InvitationFactory, published_journey
from tests.factories.asking import START
from tests.factories.listening import add_answer, answered_run, measured_journey

pytestmark = pytest.mark.django_db
QUERY = Query("account")


def measured(runs: int = 12, code: str = "account") -> JourneyVersion:
    version = published_journey(code=code)
    surveys = measured_journey(version)
    for n in range(runs):
        customer = CustomerFactory(attributes={"region": "north" if n % 2 else "south"})
        answered_run(version, surveys, {"apply": 9, "documents": 8 + n % 3, "": 4 + n % 2}, customer)
    refresh_runs()
    return version


def without_time(text: str) -> dict[str, object]:
    return {**json.loads(text), "generated_at": ""}


def answer_again() -> None:
    run = JourneyRun.objects.latest("pk")
    version = measured_journey_of(run)
    add_answer(run, version, 1, "apply")
    refresh_runs()


def measured_journey_of(run: JourneyRun):
    return run.responses.get(survey__stage_code="apply").version


def test_comparison_for_small_journey_is_computed_at_once_and_kept() -> None:
    measured()
    kept = comparison_for(QUERY)
    assert (kept.has_value, kept.fresh, kept.row.state, kept.row.progress) == (True, True, "ready", 100)
    expected = json.loads(json.dumps(build_comparison(QUERY)))
    assert {**kept.value, "generated_at": ""} == {**expected, "generated_at": ""}


def test_kept_value_is_read_in_two_queries() -> None:
    measured()
    comparison_for(QUERY)
    with CaptureQueriesContext(connection) as queries:
        assert kept_comparison(QUERY).fresh is True
    assert len(queries) == 2


def test_comparison_for_unknown_journey_raises_and_keeps_nothing() -> None:
    with pytest.raises(UnknownJourney):
        comparison_for(Query("nowhere"))
    assert Analysis.objects.count() == 0


def test_comparison_for_large_journey_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    measured()
    monkeypatch.setattr(module, "is_small", lambda journey: False)
    kept = comparison_for(QUERY)
    assert (kept.has_value, kept.row.state) == (False, "waiting")
    assert analyse(kept.row.pk) is True
    assert kept_comparison(QUERY).fresh is True


@pytest.mark.parametrize("what", ["answer", "erased run", "commercial record", "invitation"])
def test_kept_value_is_no_longer_fresh_when_rows_moved(what: str) -> None:
    measured()
    comparison_for(QUERY)
    run = JourneyRun.objects.order_by("pk").first()
    if what == "answer":
        answer_again()
    elif what == "erased run":
        RunScore.objects.filter(pk=run.pk).delete()
    elif what == "commercial record":
        CommercialRecord.objects.create(customer=run.customer, run=run, period_start=START, period_end=START)
    else:
        InvitationFactory(run=run)
    assert kept_comparison(QUERY).fresh is False


def test_compare_command_prints_the_kept_value_until_something_moves(capsys: pytest.CaptureFixture[str]) -> None:
    measured()
    kept = comparison_for(QUERY).value
    call_command("compare", "account", format="json")
    assert json.loads(capsys.readouterr().out)["generated_at"] == kept["generated_at"]
    answer_again()
    call_command("compare", "account", format="json")
    assert json.loads(capsys.readouterr().out)["generated_at"] > kept["generated_at"]


def test_kept_value_of_another_journey_keeps_its_own_fingerprint() -> None:
    measured()
    row = comparison_for(QUERY).row
    measured(5, code="other")
    now = fingerprint(row.journey_id)
    assert (now.own == row.own, now.around == row.around) == (True, False)


def test_stale_value_is_shown_with_its_age_and_asked_for_again() -> None:
    measured()
    first = comparison_for(QUERY)
    answer_again()
    with time_machine.travel(first.computed_at + timedelta(minutes=3), tick=False):
        kept = comparison_for(QUERY)
        assert (kept.fresh, kept.age_seconds, kept.value) == (False, 180.0, first.value)
        assert Analysis.objects.get().state == "waiting"


def test_value_of_other_formulas_is_not_shown_but_computed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """After an upgrade: an old value may lack what today's page wants."""
    measured()
    comparison_for(QUERY)
    row = Analysis.objects.get()
    Analysis.objects.update(value=row.value.replace(f'"{FORMULA_VERSION}"', '"2020.1"'), own="of then")
    assert kept_comparison(QUERY).has_value is False
    with time_machine.travel(row.computed_at + timedelta(minutes=3), tick=False):
        assert comparison_for(QUERY).value["formula_version"] == FORMULA_VERSION


def test_analyse_claimed_by_another_worker_computes_nothing() -> None:
    measured()
    row = request_analysis(QUERY, wake=False)
    Analysis.objects.update(state="running", claim_no=1, lease_until=timezone.now() + timedelta(minutes=1))
    assert analyse(row.pk) is False
    assert Analysis.objects.get().value == ""


def test_analyse_of_a_dead_worker_is_taken_over_and_his_result_refused() -> None:
    measured()
    row = request_analysis(QUERY, wake=False)
    dead = module._claim(row.pk)
    assert dead is not None
    Analysis.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert analyse(row.pk) is True
    made_of = fingerprint(row.journey_id)
    assert module._store(dead, '{"old": 1}', [], made_of, 1.0) is False
    assert json.loads(Analysis.objects.get().value)["journey"] == "account"


def test_analyse_that_fails_says_so_and_keeps_the_former_value(monkeypatch: pytest.MonkeyPatch) -> None:
    measured()
    former = comparison_for(QUERY).row.value
    Analysis.objects.update(state="waiting")

    def broken(*_args: object, **_named: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(module, "build_comparison", broken)
    assert analyse(Analysis.objects.get().pk) is False
    row = Analysis.objects.get()
    assert (row.state, row.value) == ("failed", former)
    assert row.note == "It could not be computed (ZeroDivisionError); it is tried again."


def test_same_question_in_another_language_is_kept_apart() -> None:
    measured()
    comparison_for(QUERY)
    with translation.override("de"):
        assert kept_comparison(QUERY).has_value is False


def test_refresh_analyses_begins_every_journey_and_computes_again_what_moved() -> None:
    measured()
    now = timezone.now()
    assert refresh_analyses(now) == {"begun": 1, "moved": 0, "computed": 1, "forgotten": 0}
    assert refresh_analyses(now + timedelta(minutes=5)) == {"begun": 0, "moved": 0, "computed": 0, "forgotten": 0}
    answer_again()
    assert refresh_analyses(now + timedelta(minutes=5)) == {"begun": 0, "moved": 1, "computed": 1, "forgotten": 0}
    assert kept_comparison(QUERY).fresh is True


def test_month_that_closes_is_judged_without_new_data() -> None:
    november, surveys = (
        datetime(2026, 11, 1, tzinfo=UTC),
        measured_journey(version := published_journey(code="account")),
    )
    for n in range(20):
        answered_run(version, surveys, {"apply": 9, "": 3 + n % 2}, ended_at=november + timedelta(days=2))
    for n in range(20):
        answered_run(version, surveys, {"apply": 9, "": 8 + n % 3}, ended_at=november - timedelta(days=9))
    refresh_runs()
    with time_machine.travel(november + timedelta(days=20), tick=False):
        refresh_analyses()
        assert (kept_comparison(QUERY).fresh, kept_comparison(QUERY).value["gap"]["stands"]) == (True, False)
    with time_machine.travel(november + timedelta(days=29, hours=23), tick=False):
        Analysis.objects.update(computed_at=timezone.now(), began_at=timezone.now() - timedelta(minutes=1))
        assert kept_comparison(QUERY).fresh is True
    with time_machine.travel(november + timedelta(days=30, minutes=1), tick=False):
        assert kept_comparison(QUERY).fresh is False
        assert refresh_analyses()["moved"] == 1
        kept = kept_comparison(QUERY)
        assert (kept.fresh, kept.value["gap"]["stands"]) == (True, True)
        assert kept.value["page"]["judged_until"] == "2026-12-01T00:00:00+00:00"


def test_refresh_analyses_rests_in_proportion_to_the_cost() -> None:
    measured()
    now = timezone.now()
    refresh_analyses(now)
    Analysis.objects.update(seconds=60)
    answer_again()
    assert refresh_analyses(now + timedelta(minutes=19))["moved"] == 0
    assert refresh_analyses(now + timedelta(minutes=21))["moved"] == 1


def test_refresh_analyses_forgets_windows_that_nobody_asks_for() -> None:
    measured()
    comparison_for(QUERY)
    comparison_for(Query("account", segments={"region": "north"}))
    assert refresh_analyses(timezone.now() + timedelta(days=31))["forgotten"] == 1
    assert Analysis.objects.get().standing is True


def test_recomputing_everything_gives_the_same_bytes_as_step_by_step() -> None:
    measured()
    analyse(request_analysis(QUERY, wake=False).pk)
    answer_again()
    Analysis.objects.update(state="waiting")
    analyse(Analysis.objects.get().pk)
    step_by_step = Analysis.objects.get().value
    rebuild_runs()
    Analysis.objects.all().delete()
    analyse(request_analysis(QUERY, wake=False).pk)
    at_once = Analysis.objects.get().value
    assert json.dumps(without_time(at_once)) == json.dumps(without_time(step_by_step))


def test_stopped_while_it_runs_keeps_the_former_value_and_stops_at_the_next_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured()
    former = comparison_for(QUERY).row.value
    row = Analysis.objects.get()
    Analysis.objects.update(state="waiting")
    monkeypatch.setattr(module, "TELL_SECONDS", 0.0)
    steps = []

    def stopped(query: Query, tell: Callable[[int, str], None]) -> dict[str, object]:
        steps.append("before")
        assert stop_analyses([row.pk]) == 1
        tell(50, "half")
        steps.append("after")
        return {}

    monkeypatch.setattr(module, "build_comparison", stopped)
    assert analyse(row.pk) is False
    row.refresh_from_db()
    assert (steps, row.state, row.value) == (["before"], "stopped", former)


def test_stopped_inside_a_long_part_is_noticed_there(monkeypatch: pytest.MonkeyPatch) -> None:
    measured()
    row = request_analysis(QUERY, wake=False)
    monkeypatch.setattr(module, "TELL_SECONDS", 0.0)
    done = []

    def long_part(query: Query, tell: Callable[[int, str], None]) -> dict[str, object]:
        tell(50, "half")
        assert stop_analyses([row.pk]) == 1
        done.append("stopped")
        change_point(range(40), permutations=10_000)
        done.append("never")
        return {}

    monkeypatch.setattr(module, "build_comparison", long_part)
    assert analyse(row.pk) is False
    row.refresh_from_db()
    assert (done, row.state, row.progress, row.note) == (["stopped"], "stopped", 50, "")


def test_lease_is_held_by_the_loops_of_a_long_part(monkeypatch: pytest.MonkeyPatch) -> None:
    measured()
    row = request_analysis(QUERY, wake=False)
    monkeypatch.setattr(module, "TELL_SECONDS", 0.0)
    monkeypatch.setattr(module, "LEASE", timedelta(seconds=2))
    leases = []

    def long_part(query: Query, tell: Callable[[int, str], None]) -> dict[str, object]:
        for seconds in range(5):
            with time_machine.travel(START + timedelta(seconds=seconds), tick=False):
                change_point(range(40), permutations=200)
                leases.append(Analysis.objects.get().lease_until - START)
        return build_comparison(query)

    with time_machine.travel(START, tick=False):
        monkeypatch.setattr(module, "build_comparison", long_part)
        assert analyse(row.pk) is True
    assert leases == [timedelta(seconds=2 + n) for n in range(5)]


def test_stopped_is_not_computed_again_by_looking_only_by_asking() -> None:
    measured()
    row = request_analysis(QUERY, wake=False)
    assert stop_analyses([row.pk]) == 1
    kept = comparison_for(QUERY)
    assert (kept.has_value, kept.row.state) == (False, "stopped")
    answer_again()
    assert refresh_analyses(timezone.now() + timedelta(days=2))["computed"] == 0
    assert resume_analyses([row.pk]) == 1
    assert analyse(row.pk) is True
    assert kept_comparison(QUERY).fresh is True


def test_stop_of_a_ready_one_changes_nothing() -> None:
    measured()
    row = comparison_for(QUERY).row
    assert stop_analyses([row.pk]) == 0
    assert Analysis.objects.get().state == "ready"


def test_seconds_left_follow_the_rate_so_far() -> None:
    measured()
    row = request_analysis(QUERY, wake=False)
    now = timezone.now()
    row.state, row.began_at, row.progress = "running", now - timedelta(seconds=30), 25
    with time_machine.travel(now, tick=False):
        assert module.Kept(row, fresh=False).seconds_left == pytest.approx(90.0)
        row.progress = 2
        assert module.Kept(row, fresh=False).seconds_left is None


def test_progress_only_goes_up_and_names_each_step() -> None:
    measured(code="before")
    told: list[tuple[int, str]] = []
    with time_machine.travel(timezone.now() + timedelta(days=40), tick=False):
        build_comparison(Query("before"), tell=lambda percent, note: told.append((percent, note)))
    percents = [percent for percent, _note in told]
    assert percents == sorted(percents)
    assert (percents[0], percents[-1] < 100, min(len(note) for _percent, note in told) > 0) == (1, True, True)
