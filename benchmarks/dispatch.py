"""Invitations a second: planned from contacts, and sent by one worker process into a mail sink on loopback.

`python -m benchmarks.dispatch [--messages 2000] [--out FILE]`; uses a throw-away embedded database.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxsurvey.settings_test")
FOREVER = 10_000_000


def main() -> int:
    options = _options()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with _sink() as url:
        figures = measure(options.messages, url)
    print(f"{'step':<28}{'messages':>10}{'seconds':>10}{'a second':>10}")
    for name, row in figures.items():
        print(f"{name:<28}{row['messages']:>10}{row['seconds']:>10.2f}{row['per_second']:>10.0f}")
    if options.out:
        Path(options.out).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def measure(count: int, url: str) -> dict[str, dict[str, float]]:
    """Plan `count` asks from contacts, then send them all in this process."""
    from django.conf import settings
    from django.utils import timezone

    from surveys.actions.decide_events import decide_for_interactions
    from surveys.actions.deliver import deliver_due
    from surveys.models import Delivery

    settings.EMAIL_URL = url
    contacts = _contacts(count)
    began = time.perf_counter()
    for start in range(0, count, 500):
        decide_for_interactions(contacts[start : start + 500], timezone.now())
    planned = time.perf_counter()
    while deliver_due(FOREVER):
        pass
    sent = time.perf_counter()
    assert Delivery.objects.filter(state="sent").count() == count
    return {"planned (decide, invite)": _row(count, planned - began), "sent (one process)": _row(count, sent - planned)}


def _row(count: int, seconds: float) -> dict[str, float]:
    return {"messages": count, "seconds": round(seconds, 3), "per_second": round(count / seconds, 1)}


def _contacts(count: int) -> list[int]:
    from django.utils import timezone

    from surveys.actions.customers import CustomerIn, upsert_customers
    from surveys.actions.record_interactions import InteractionIn, record_interactions
    from surveys.enums import SurveyKind, Trigger
    from tests.factories import RuleFactory, SurveyFactory, published_journey, published_survey

    journey = published_journey(("documents",))
    survey = SurveyFactory(kind=SurveyKind.TOUCHPOINT, journey=journey.journey, stage_code="documents")
    published_survey(survey)
    RuleFactory(survey=survey, trigger=Trigger.INTERACTION, conditions={"stage": "documents"})
    now = timezone.now()
    people = [CustomerIn(f"C{n}", email=f"c{n}@example.org", consent_email=True, language="en") for n in range(count)]
    rows: list[Any] = [
        InteractionIn(
            customer=f"C{n}",
            journey=journey.journey.code,
            run=f"R{n}",
            stage="documents",
            started_at=now - timedelta(minutes=9),
            ended_at=now,
            reference=f"I{n}",
        )
        for n in range(count)
    ]
    upsert_customers(people)
    return [each.interaction.pk for each in record_interactions(rows, ask=False, now=now)]


@contextmanager
def _sink() -> Iterator[str]:
    """The address of a mail sink in a process of its own, so that it takes no time from the sender."""
    program = "import sys\nfrom tests.sinks import running_sink\n"
    program += "with running_sink() as sink:\n    print(sink.url, flush=True)\n    sys.stdin.read()\n"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate("")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--out", help="write the figures to this file as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
