"""Slots: of all who want to run a job, one does."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from surveys.actions.slots import in_slot, slot_of, take_slot
from surveys.models import JobRun

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 3, 3, 10, 0, 5, tzinfo=UTC)


def test_take_slot_second_in_the_slot_is_refused() -> None:
    asked = [TEN, TEN + timedelta(seconds=54), TEN + timedelta(seconds=55)]
    assert [take_slot("job", at, 60) for at in asked] == [True, False, True]
    assert JobRun.objects.count() == 2


def test_take_slot_other_job_has_its_own() -> None:
    assert [take_slot("a", TEN, 60), take_slot("b", TEN, 60)] == [True, True]


def test_take_slot_missed_slots_are_one_run() -> None:
    take_slot("job", TEN, 60)
    take_slot("job", TEN + timedelta(hours=3), 60)
    assert JobRun.objects.count() == 2


def test_take_slot_old_rows_go() -> None:
    take_slot("job", TEN - timedelta(days=9), 60)
    take_slot("job", TEN, 60)
    assert list(JobRun.objects.values_list("slot", flat=True)) == [slot_of(TEN, 60)]


def _work(now: datetime) -> Mapping[str, int]:
    return {"done": 2, "nothing": 0}


@time_machine.travel(TEN, tick=False)
def test_in_slot_runs_once_and_notes_the_result() -> None:
    assert [in_slot("job", 60, _work), in_slot("job", 60, _work)] == [{"done": 2}, {"skipped": 1}]
    assert JobRun.objects.get().result == "done 2"


def test_in_slot_without_schedule_always_runs() -> None:
    assert [in_slot("job", 0, _work), in_slot("job", 0, _work)] == [{"done": 2}, {"done": 2}]
    assert JobRun.objects.count() == 0
