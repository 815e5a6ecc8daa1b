"""The sweeper: wakes workers where it can, and does what is due by hand where it cannot."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from cxsurvey import sweeper as module
from cxsurvey.celery import JOBS, app
from cxsurvey.sweeper import PATIENCE, Sweeper, run_here
from surveys.models import Delivery, Invitation, JobRun
from tests.asking import queued
from tests.sinks import MailSink, mail_sink_fixture  # noqa: F401

pytestmark = pytest.mark.django_db
NAMES = [name for name, *_ in JOBS]
CANARIES = {"canary", "canary-deliver"}  # done by hand they prove nothing, so they leave no row
SLOTTED = sorted(name for name, _task, _seconds, slotted in JOBS if slotted and name not in CANARIES)


@pytest.fixture(autouse=True)
def _keep_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's transaction lives on its connection."""
    monkeypatch.setattr(module, "close_old_connections", lambda: None)


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Tasks handed to a broker that takes all of them."""
    tasks: list[str] = []

    def take(task: str, **options: object) -> bool:
        tasks.append(task)
        return True

    monkeypatch.setattr(module, "publish", take)
    return tasks


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "publish", lambda *args, **options: False)


class Clock:
    """A clock that is moved by hand."""

    seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def test_sweep_broker_there_wakes_every_job(woken: list[str]) -> None:
    assert Sweeper().sweep() == dict.fromkeys(NAMES, "woken")
    assert woken == [task for _name, task, *_ in JOBS]


def test_sweep_again_only_what_is_due(woken: list[str]) -> None:
    clock = Clock()
    sweeper = Sweeper(clock)
    sweeper.sweep()
    clock.seconds += 29
    assert sweeper.sweep() == {}
    clock.seconds += 1
    assert sorted(sweeper.sweep()) == sorted(name for name, _task, seconds, _slotted in JOBS if seconds == 30)


def test_sweep_broker_away_sends_itself(no_broker: None, mail_sink: MailSink) -> None:
    (delivery,) = queued()
    told = Sweeper().sweep()
    assert told["deliver-due"] == "{'claimed': 1, 'sent': 1}; {}"
    assert mail_sink.message_ids == [str(delivery.public_id)]


def test_sweep_broker_there_but_nobody_sends_for_long_sends_itself(woken: list[str], mail_sink: MailSink) -> None:
    (delivery,) = queued()
    assert Sweeper().sweep()["deliver-due"] == "woken"
    Delivery.objects.update(next_at=timezone.now() - PATIENCE - timedelta(seconds=1))
    assert Sweeper().sweep()["deliver-due"] == "{'claimed': 1, 'sent': 1}; {}"
    assert mail_sink.message_ids == [str(delivery.public_id)]


def test_sweep_two_sweepers_run_slotted_jobs_once(no_broker: None) -> None:
    Sweeper().sweep()
    second = Sweeper().sweep()
    assert sorted(JobRun.objects.values_list("job", flat=True)) == SLOTTED
    assert sorted(name for name, what in second.items() if what == "{'skipped': 1}") == SLOTTED


def test_sweep_one_job_fails_the_others_are_done(no_broker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    app.loader.import_default_modules()

    def broken(**options: int) -> None:
        raise ValueError("broken on purpose")

    monkeypatch.setitem(app.tasks, "surveys.close_idle_runs", broken)
    told = Sweeper().sweep()
    assert told["close-idle-runs"] == "failed"
    assert sorted(told) == sorted(NAMES)
    assert "failed" not in {what for name, what in told.items() if name != "close-idle-runs"}


def test_every_job_of_the_schedule_is_a_task() -> None:
    run_here("surveys.deliver_due", {})
    assert [task for _name, task, *_ in JOBS if task not in app.tasks] == []


def test_sweep_once_command_does_every_job(mail_sink: MailSink, capsys: pytest.CaptureFixture[str]) -> None:
    queued()
    call_command("sweep", "--once")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == NAMES
    assert (Delivery.objects.get().state, Invitation.objects.get().state) == ("sent", "live")
