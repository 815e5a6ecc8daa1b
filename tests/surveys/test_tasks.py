"""The tasks: thin, named as the schedule names them, once per slot where the schedule says so."""

import pytest

from cxsurvey.celery import JOBS, app
from surveys.models import JobRun
from surveys.tasks import deliver_due_task, reconcile_deliveries_task
from tests.asking import queued
from tests.sinks import MailSink, mail_sink_fixture  # noqa: F401

pytestmark = pytest.mark.django_db


def test_deliver_due_task_limit_is_kept(mail_sink: MailSink) -> None:
    queued(3)
    assert [deliver_due_task(limit=2), deliver_due_task(limit=2)] == [
        {"claimed": 2, "sent": 2},
        {"claimed": 1, "sent": 1},
    ]


def test_slotted_task_runs_once_per_slot() -> None:
    assert [reconcile_deliveries_task(every=3600), reconcile_deliveries_task(every=3600)] == [{}, {"skipped": 1}]
    assert JobRun.objects.get().result == "nothing to do"


def test_slotted_task_without_schedule_runs_in_any_case() -> None:
    assert [reconcile_deliveries_task(), reconcile_deliveries_task()] == [{}, {}]


def test_schedule_of_beat_is_the_table() -> None:
    schedule = app.conf.beat_schedule
    assert {name: entry["task"] for name, entry in schedule.items()} == {name: task for name, task, *_ in JOBS}
    assert [name for name, entry in schedule.items() if entry["options"]["expires"] > 3600] == []
