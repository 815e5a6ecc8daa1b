"""Invitations a second: planned from contacts, and sent by one worker process into a mail sink on loopback.

`python -m benchmarks.dispatch [--messages 2000] [--lanes 8] [--out FILE]`; a throw-away database with durable commits.
Beside our own life of a message it measures it over one connection, and one without the mark before the carrier, to
show what that costs; and, where POST_OFFICE_PYTHON names the Python of an environment with django-post-office and
psycopg, that package with the same mails into the same sink and database server.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from statistics import fmean
from typing import Any
from unittest import mock

from benchmarks.others import Figures, Others, row_of
from benchmarks.post_office import THEIRS, THEIRS_EACH, PostOffice

FOREVER = 10_000_000


def main() -> int:
    options = _options()
    with _database() as url:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="benchmarks.settings", DATABASE_URL=url, SECRET_KEY=secrets.token_hex(32),
            PUBLIC_BASE_URL="https://feedback.example.org", LOG_LEVEL="ERROR", DISPATCH_MARK_FILE="",
            DELIVERY_LANES=str(options.lanes),
        )  # fmt: skip
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        with _sink() as sink:
            figures, shares = measure(options.messages, options.rounds, sink, url)
        _disconnect()
    _tell(figures, shares)
    if options.out:
        report = {"steps": figures, "ms_per_message": shares}
        Path(options.out).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def measure(count: int, rounds: int, sink: str, database: str) -> tuple[Figures, dict[str, float]]:
    """`count` mails each way in `rounds` turns, one after the other: whatever else the machine does meets all alike."""
    from django.conf import settings
    from django.test import override_settings

    settings.EMAIL_URL = sink
    python, part = os.environ.get("POST_OFFICE_PYTHON"), count // rounds
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    shares: Counter[str] = Counter()
    with PostOffice(python, sink, database) if python else nullcontext() as other:
        for turn in range(rounds):
            found[PLANNED].append(_plan(part, f"A{turn}-"))
            with _timed(shares):
                found[OURS].append(_send(part))
            _plan(part, f"D{turn}-")
            with override_settings(DELIVERY_LANES=2 * settings.DELIVERY_LANES):
                found["sent over twice as many lanes"].append(_send(part))
            if other:
                for name, row in other.send(part, _words()).items():
                    found[name].append(row)
            _plan(part, f"B{turn}-")
            with override_settings(DELIVERY_LANES=1):
                found["sent over one lane"].append(_send(part))
            _plan(part, f"C{turn}-")
            with _without_mark():
                found["sent without the mark"].append(_send(part))
    sent = part * rounds
    figures = {name: _sum(rows) for name, rows in found.items()}
    figures[OURS]["messages_a_commit"] = round(sent / shares.pop(STEPS), 1)
    return figures, {name: round(1000 * seconds / sent, 3) for name, seconds in shares.items()}


def _sum(rows: list[dict[str, float]]) -> dict[str, float]:
    """Several turns as one row; CPU is a message's already, so its mean is taken."""
    messages, seconds = sum(row["messages"] for row in rows), sum(row["seconds"] for row in rows)
    row = {"messages": messages, "seconds": round(seconds, 3), "per_second": round(messages / seconds, 1)}
    return row | {key: round(fmean(each[key] for each in rows), 3) for key in rows[0] if key.endswith("cpu_ms")}


def _words() -> dict[str, str]:
    from surveys.models import Delivery

    return Delivery.objects.filter(state="sent").earliest("pk").payload or {}


def _plan(count: int, prefix: str) -> dict[str, float]:
    from django.db import connection
    from django.utils import timezone

    from surveys.actions.decide_events import decide_for_interactions

    contacts = _contacts(count, prefix)
    began = time.perf_counter()
    for start in range(0, count, 500):
        decide_for_interactions(contacts[start : start + 500], timezone.now())
    row = row_of(count, time.perf_counter() - began)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does for tables that have grown
    return row


def _send(count: int) -> dict[str, float]:
    from surveys.actions.deliver import deliver_due
    from surveys.models import Delivery

    before = Delivery.objects.filter(state="sent").count()
    others = Others()
    began, cpu = time.perf_counter(), time.process_time()
    while deliver_due(FOREVER):
        pass
    row = row_of(count, time.perf_counter() - began, time.process_time() - cpu)
    row |= others.since(count)
    assert Delivery.objects.filter(state="sent").count() == before + count
    return row


STEPS = "steps"
PLANNED, OURS = "planned (decide, invite)", "sent (one process)"


@contextmanager
def _timed(shares: Counter[str]) -> Iterator[None]:
    """Add up where the time of the thread goes that owns the batch; lanes work beside it. STEPS: how many commits."""
    from surveys.actions import deliver_moves, deliver_rounds, deliver_step
    from surveys.actions.deliver_batch import Batch
    from surveys.actions.deliver_lanes import Lanes

    patches = [
        mock.patch.object(deliver_step, "step", _clock(deliver_step.step, "recording and marking (commits)", shares)),
        mock.patch.object(deliver_rounds, "compose", _clock(deliver_rounds.compose, "words and links", shares)),
        mock.patch.object(deliver_moves, "claim", _clock(deliver_moves.claim, "claims", shares)),
        mock.patch.object(Batch, "sort_out", _clock(Batch.sort_out, "loading and rechecking", shares)),
        mock.patch.object(Lanes, "came", _clock(Lanes.came, "waiting for the mail server", shares)),
    ]
    before = sum(shares.values()) - shares[STEPS]
    began = time.perf_counter()
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()
        whole = time.perf_counter() - began
        shares["the rest"] += whole - (sum(shares.values()) - shares[STEPS] - before)  # type: ignore[assignment]


def _clock(function: Callable[..., Any], name: str, shares: Counter[str]) -> Callable[..., Any]:
    def timed(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            shares[name] += time.perf_counter() - began  # type: ignore[assignment]
            shares[STEPS] += "commits" in name

    return timed


@contextmanager
def _without_mark() -> Iterator[None]:
    """A life without the mark `sending`: what dies while sending would be sent again, so it is measured only."""
    from surveys.actions import deliver_step
    from surveys.actions.deliver_prepared import Prepared

    step, statement = deliver_step.step, deliver_step._STEP
    direct = statement.prepare.partition(") AS ")[2].replace("'sending' AS was FROM", "'claimed' AS was FROM", 1)
    one = Prepared("bench_without_mark", statement.types, direct)

    def unmarked(records: Any = (), marks: Any = (), takes: Any = (), **more: Any) -> Any:
        held = frozenset(each.held.id for each in marks)
        if not records and not takes:
            return deliver_step.Done(frozenset(), held, frozenset())
        return step(records, (), takes, **more)._replace(marked=held)

    with mock.patch.object(deliver_step, "step", unmarked), mock.patch.object(deliver_step, "_STEP", one):
        yield


def _contacts(count: int, prefix: str) -> list[int]:
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
    keys = [f"{prefix}{n}" for n in range(count)]
    people = [CustomerIn(key, email=f"{key}@example.org", consent_email=True, language="en") for key in keys]
    rows: list[Any] = [
        InteractionIn(
            customer=key,
            journey=journey.journey.code,
            run=f"R{key}",
            stage="documents",
            started_at=now - timedelta(minutes=9),
            ended_at=now,
            reference=f"I{key}",
        )
        for key in keys
    ]
    upsert_customers(people)
    return [each.interaction.pk for each in record_interactions(rows, ask=False, now=now)]


@contextmanager
def _sink() -> Iterator[str]:
    """The address of a mail sink in a process of its own, so that it takes no time from the sender."""
    command = [sys.executable, "-m", "benchmarks.sink"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate("")


@contextmanager
def _database() -> Iterator[str]:
    """The address of a throw-away server that keeps what it promises."""
    from cxsurvey.processes import servers

    home = servers.throwaway_home("cxsurvey-bench-")
    running = servers.start_postgres(home, secrets.token_hex(16), home / "postgres.log", durable=True)
    try:
        yield running.env["DATABASE_URL"]
    finally:
        servers.end(running.process, running.spec.stop_signal, seconds=8)


def _disconnect() -> None:
    from django.db import connections

    connections.close_all()


def _tell(figures: Figures, shares: dict[str, float]) -> None:
    print(f"{'step':<38}{'messages':>10}{'seconds':>10}{'a second':>10}{'CPU ms':>10}{'database':>10}{'sink':>10}")
    for name, row in figures.items():
        cpus = [row[key] for key in ("cpu_ms", "database_cpu_ms", "sink_cpu_ms") if key in row]
        cpu = "".join(f"{each:>10.2f}" for each in cpus)
        print(f"{name:<38}{row['messages']:>10}{row['seconds']:>10.2f}{row['per_second']:>10.0f}{cpu}")
    print(f"\nMessages a commit: {figures[OURS]['messages_a_commit']}")
    print(f"{'where the time of sending goes':<40}{'ms a message':>14}")
    for name, milliseconds in sorted(shares.items(), key=lambda item: -item[1]):
        print(f"{name:<40}{milliseconds:>14.2f}")
    if THEIRS in figures:
        ours = figures[OURS]["seconds"]
        batches, each = (figures[name]["seconds"] / ours for name in (THEIRS, THEIRS_EACH))
        print(f"\nSent: {batches:.2f} times django-post-office in batches, {each:.1f} times with each status written.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=4, help="turns; in each all ways are measured")
    parser.add_argument("--lanes", type=int, default=8, help="connections of our process to the mail server")
    parser.add_argument("--out", help="write the figures to this file as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
