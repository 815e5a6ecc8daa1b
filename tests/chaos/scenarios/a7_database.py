"""A7: sessions are ended, the server restarts, statements take too long, connections run out: nothing is lost."""

import time
from collections.abc import Callable

from tests.chaos.dispatching import Report, conclude, fill, open_messages, run_until_quiet
from tests.chaos.house import House, disconnect, house, wait_until
from tests.chaos.mail_sink import FaultySink, faulty_sink

FAST, FULL = 300, 10_000
BROKERS = ("redis",)


def run(n: int, broker: str) -> Report:
    """All sessions ended 20 times, 5 restarts; 4 and 1 for small numbers."""
    full = n >= FULL
    report = Report("a7", n)
    with faulty_sink() as sink, house(broker, EMAIL_URL=sink.url) as stage:
        sink.delay = 0.02 if full else 0.1
        fill(n)
        for number in (1, 2):
            stage.add_worker(f"worker{number}", 2)
        stage.start("sweep1")
        wait_until(lambda: sink.accepted, 60)
        back = [_until_it_sends(sink, _end_sessions) for _ in range(20 if full else 4)]
        report.at_most("sends_again_after_ended_sessions_s", max(back), 10.0)
        back = [_until_it_sends(sink, lambda: _restart(stage)) for _ in range(5 if full else 1)]
        report.at_most("sends_again_after_a_restart_s", max(back), 30.0)
        report.figures["open_after_the_restarts"] = open_messages()
        _hold_a_record(report, sink)
        _use_up_connections(report)
        report.figures["quiet_s"] = round(run_until_quiet(180 + n / 10), 1)
        conclude(report, sink.accepted)
    return report


def _end_sessions() -> None:
    _sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL")


def _restart(stage: House) -> None:
    """Stopped like a crash (immediate: SIGQUIT), and started again on its data."""
    import signal

    disconnect()
    process = stage.processes.pop("postgres")
    process.send_signal(signal.SIGQUIT)
    process.wait(30)
    stage.start("postgres")


def _until_it_sends(sink: FaultySink, harm: Callable[[], None]) -> float:
    """Do harm; the seconds until the next message has been taken over."""
    from cxsurvey.lib.nudge import publish
    from tests.chaos.dispatching import TASK

    if open_messages() < 50:
        fill(100)
    time.sleep(0.5)
    harm()
    before, began = len(sink.accepted), time.monotonic()
    wait_until(lambda: publish(TASK) and len(sink.accepted) > before, 60)
    return time.monotonic() - began


def _hold_a_record(report: Report, sink: FaultySink) -> None:
    """Statements may take a second; a message in hand is held for two: its record is tried again, and comes through."""
    from django.db import connection, transaction

    from surveys.models import Delivery

    name = connection.settings_dict["NAME"]
    _sql(f'ALTER DATABASE "{name}" SET statement_timeout = 1000')
    disconnect()
    _sql("SET statement_timeout = 0")
    _end_sessions()
    fill(20)
    sink.delay, held = 1.0, 0
    for _try in range(30):
        with transaction.atomic():
            found = Delivery.objects.filter(state="sending").select_for_update(skip_locked=True)[:1]
            if held := len(list(found)):
                time.sleep(2.2)
        if held:
            break
        time.sleep(0.3)
    report.figures["records_held"] = held
    sink.delay = 0.0
    _sql(f'ALTER DATABASE "{name}" RESET statement_timeout')
    disconnect()


def _use_up_connections(report: Report) -> None:
    """Somebody takes every connection there is for five seconds, after all sessions have been ended."""
    import psycopg
    from django.db import connection

    values = connection.get_connection_params()
    wanted = {key: values[key] for key in ("host", "port", "user", "password", "dbname") if values.get(key)}
    fill(20)
    taken: list[psycopg.Connection] = []
    _end_sessions()
    try:
        while True:
            taken.append(psycopg.connect(**wanted))
    except psycopg.OperationalError:
        report.figures["connections_taken"] = len(taken)
    time.sleep(5)
    for each in taken:
        each.close()


def _sql(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
