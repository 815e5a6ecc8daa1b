"""Nothing is handed to the broker to be run in the far future: waiting is a column of a row (A9).

The code is searched here; `tests/fixtures_broker.py` looks at every call while the whole suite runs.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery import Celery
from django.conf import settings

from tests.fixtures_broker import waits

pytest_plugins = ["pytester"]
LATER = re.compile(r"apply_async|retry_backoff|autoretry_for|default_retry_delay|countdown\s*=|[(,{\"']\s*eta\b\W*[=:]")


def test_no_task_is_sent_with_a_delay() -> None:
    found = []
    for app in ("cxsurvey", "surveys", "feedback"):
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*.py")):
            lines = path.read_text(encoding="utf-8").splitlines()
            found += [f"{path.name}:{number}" for number, line in enumerate(lines, 1) if LATER.search(line)]
    assert found == []


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        ({}, 0),
        ({"countdown": 60}, 60),
        ({"eta": datetime(2026, 3, 4, 12, tzinfo=UTC)}, 86_400),
        ({"eta": "2026-03-03T13:00:00"}, 3_600),
        ({"countdown": 5, "eta": datetime(2026, 3, 2, 12, tzinfo=UTC)}, -86_400),
    ],
)
def test_wait_of_a_message_is_read_from_its_options(options: dict[str, Any], seconds: float) -> None:
    with time_machine.travel(datetime(2026, 3, 3, 12, tzinfo=UTC), tick=False):
        assert waits(options) == seconds


def quiet() -> None:
    """Does nothing."""


def test_call_by_a_task_and_by_its_name_is_noted(handed_over_late: list[str]) -> None:
    app = Celery(broker="memory://", set_as_current=False)
    app.send_task("by name", countdown=61)
    app.task(name="by task")(quiet).apply_async(countdown=90)
    found, handed_over_late[:] = sorted(set(handed_over_late)), []
    assert found == ["('by name',) in 61 s", "('by task',) in 90 s", "by task in 90 s"]


def test_run_that_hands_over_a_message_for_later_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(settings.BASE_DIR))
    pytester.makepyfile(
        """
        from celery import Celery

        def test_soon():
            Celery(broker="memory://").send_task("soon", countdown=5)

        def test_late():
            Celery(broker="memory://").send_task("late", countdown=3600)

        def test_after_it():
            pass
        """
    )
    done = pytester.runpytest_subprocess("-p", "tests.fixtures_broker", "-p", "no:django", "-p", "no:cacheprovider")
    done.assert_outcomes(passed=3, errors=1)
    done.stdout.fnmatch_lines(["*handed to the broker to be run later*"])
