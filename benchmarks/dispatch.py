"""Invitations a second: planned from contacts, and sent by one worker process into a mail sink on loopback.

`python -m benchmarks.dispatch [--messages 2000] [--out FILE]`; uses a throw-away database with durable commits.
Beside our own life of a message (two commits) it measures one with a single commit, to show what the second costs; and,
where POST_OFFICE_PYTHON names the Python of an environment with django-post-office and psycopg, that package with the
same mails into the same sink and database server.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

FOREVER = 10_000_000
Figures = dict[str, dict[str, float]]


def main() -> int:
    options = _options()
    with _database() as url:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="benchmarks.settings", DATABASE_URL=url, SECRET_KEY=secrets.token_hex(32),
            PUBLIC_BASE_URL="https://feedback.example.org", LOG_LEVEL="ERROR", DISPATCH_MARK_FILE="",
        )  # fmt: skip
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        with _sink() as sink:
            figures, shares = measure(options.messages, sink, url)
        _disconnect()
    _tell(figures, shares)
    if options.out:
        report = {"steps": figures, "ms_per_message": shares}
        Path(options.out).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def measure(count: int, sink: str, database: str) -> tuple[Figures, dict[str, float]]:
    """Plan `count` asks from contacts, send them in this process; then the other ways, each with as many mails."""
    from django.conf import settings

    settings.EMAIL_URL = sink
    figures: Figures = {}
    figures["planned (decide, invite)"] = _plan(count, "A")
    shares: Counter[str] = Counter()
    with _timed(shares):
        figures["sent (one process)"] = _send(count)
    figures["planned again"] = _plan(count, "B")
    with _single_commit():
        figures["sent with a single commit"] = _send(count)
    if python := os.environ.get("POST_OFFICE_PYTHON"):
        figures |= _post_office(python, count, sink, database)
    return figures, {name: round(1000 * seconds / count, 3) for name, seconds in shares.items()}


def _plan(count: int, prefix: str) -> dict[str, float]:
    from django.utils import timezone

    from surveys.actions.decide_events import decide_for_interactions

    contacts = _contacts(count, prefix)
    began = time.perf_counter()
    for start in range(0, count, 500):
        decide_for_interactions(contacts[start : start + 500], timezone.now())
    return _row(count, time.perf_counter() - began)


def _send(count: int) -> dict[str, float]:
    from surveys.actions.deliver import deliver_due
    from surveys.models import Delivery

    before = Delivery.objects.filter(state="sent").count()
    began, cpu = time.perf_counter(), time.process_time()
    while deliver_due(FOREVER):
        pass
    row = _row(count, time.perf_counter() - began, time.process_time() - cpu)
    assert Delivery.objects.filter(state="sent").count() == before + count
    return row


def _row(count: int, seconds: float, cpu: float = 0.0) -> dict[str, float]:
    row = {"messages": count, "seconds": round(seconds, 3), "per_second": round(count / seconds, 1)}
    return row | ({"cpu_ms": round(1000 * cpu / count, 3)} if cpu else {})


@contextmanager
def _timed(shares: Counter[str]) -> Iterator[None]:
    """Add up where the time of sending goes."""
    from surveys.actions import deliver_moves, deliver_one
    from surveys.channels.email import smtp

    patches = [
        mock.patch.object(deliver_moves, "mark_sending", _clock(deliver_moves.mark_sending, "first commit", shares)),
        mock.patch.object(deliver_moves, "record", _clock(deliver_moves.record, "second commit", shares)),
        mock.patch.object(deliver_one, "compose", _clock(deliver_one.compose, "words and links", shares)),
        mock.patch.object(smtp, "build", _clock(smtp.build, "MIME", shares)),
        mock.patch.object(smtp.SmtpChannel, "_transmit", _clock(smtp.SmtpChannel._transmit, "SMTP: body", shares)),
        mock.patch.object(smtp.SmtpChannel, "_start", _clock(smtp.SmtpChannel._start, "SMTP: envelope", shares)),
    ]
    began = time.perf_counter()
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()
        whole = time.perf_counter() - began
        shares["claims, rechecks, the rest"] = whole - sum(shares.values())


def _clock(function: Callable[..., Any], name: str, shares: Counter[str]) -> Callable[..., Any]:
    def timed(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            shares[name] += time.perf_counter() - began  # type: ignore[assignment]

    return timed


@contextmanager
def _single_commit() -> Iterator[None]:
    """A life without the mark `sending`: what dies while sending would be sent again, so it is measured only."""
    from surveys.actions import deliver_moves
    from surveys.actions.deliver_prepared import Prepared

    statement = deliver_moves._RECORD.prepare.partition(") AS ")[2].replace(
        "d.state = 'sending'", "d.state = 'claimed'"
    )
    types = ("bigint", "integer", "text", "text", "double precision", "text", "smallint", "bigint", "integer")
    one = Prepared("bench_one_commit", types, statement)
    with (
        mock.patch.object(deliver_moves, "mark_sending", return_value=True),
        mock.patch.object(deliver_moves, "_RECORD", one),
    ):
        yield


POST_OFFICE = """
import os, sys, time
from urllib.parse import urlsplit
import django
from django.conf import settings

count, sink, database = int(sys.argv[1]), urlsplit(sys.argv[2]), urlsplit(sys.argv[3])
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "post_office"], USE_TZ=True, SECRET_KEY="x" * 50,
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "post_office", "USER": database.username,
                           "PASSWORD": database.password, "HOST": database.hostname, "PORT": database.port}},
    EMAIL_HOST=sink.hostname, EMAIL_PORT=sink.port, DEFAULT_FROM_EMAIL="us@example.org",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
)
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from post_office import mail
from post_office.models import Email
text, html = sys.stdin.read().split("\\0")
created = time.perf_counter()
mail.send_many([{"recipients": [f"c{n}@example.org"], "sender": "us@example.org", "subject": "Your call",
                 "message": text, "html_message": html, "priority": "medium"} for n in range(count)])
began, cpu = time.perf_counter(), time.process_time()
while Email.objects.exclude(status=0).exists():
    mail.send_queued(processes=1)
print(began - created, time.perf_counter() - began, time.process_time() - cpu)
"""


def _post_office(python: str, count: int, sink: str, database: str) -> Figures:
    """The same mails by django-post-office with its own defaults (five threads), in one process."""
    from django.db import connection

    from surveys.models import Delivery

    payload = Delivery.objects.filter(state="sent").earliest("pk").payload or {}
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE post_office")
    command = [python, "-c", POST_OFFICE, str(count), sink, database]
    words = f"{payload['text']}\0{payload['html']}"
    done = subprocess.run(command, input=words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"django-post-office could not be measured: {done.stderr[-800:]}")
    made, seconds, cpu = map(float, done.stdout.split()[-3:])
    return {
        "django-post-office: queued": _row(count, made),
        "django-post-office: sent": _row(count, seconds, cpu),
    }


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
    print(f"{'step':<28}{'messages':>10}{'seconds':>10}{'a second':>10}{'CPU ms':>10}")
    for name, row in figures.items():
        cpu = f"{row['cpu_ms']:>10.2f}" if "cpu_ms" in row else ""
        print(f"{name:<28}{row['messages']:>10}{row['seconds']:>10.2f}{row['per_second']:>10.0f}{cpu}")
    print(f"\n{'where the time of sending goes':<40}{'ms a message':>14}")
    for name, milliseconds in sorted(shares.items(), key=lambda item: -item[1]):
        print(f"{name:<40}{milliseconds:>14.2f}")
    if "django-post-office: sent" in figures:
        sent = figures["sent (one process)"]["seconds"]
        whole = sent + figures["planned (decide, invite)"]["seconds"]
        theirs = figures["django-post-office: sent"]["seconds"]
        both = theirs + figures["django-post-office: queued"]["seconds"]
        print(f"\nSent: {theirs / sent:.1f} times django-post-office; queued and sent: {both / whole:.1f} times.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--out", help="write the figures to this file as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
