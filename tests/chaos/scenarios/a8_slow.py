"""A8: a provider that takes 8 seconds for every message holds up neither the API nor any session of the database."""

import threading
import time

from tests.chaos.dispatching import Report, conclude, fill, run_until_quiet
from tests.chaos.house import house, wait_until
from tests.chaos.ingestion import Client, prepare
from tests.chaos.mail_sink import faulty_sink

FAST, FULL = 50, 500
BROKERS = ("redis",)
SLOW_SECONDS = 8.0
CLIENTS = 12  # each tells one contact after the other: four could not keep the rate on a busy machine


def run(n: int, broker: str) -> Report:
    """20 seconds of 10 contacts a second, or a minute of 50, while four workers wait for the provider."""
    full = n >= FULL
    report = Report("a8", n)
    times = {"SMTP_REPLY_TIMEOUT": "30", "DELIVERY_SENDING_LIMIT_SECONDS": "60", "DELIVERY_LEASE_SECONDS": "30"}
    with faulty_sink() as sink, house(broker, EMAIL_URL=sink.url, **times) as stage:
        token = prepare()
        stage.start("web", "sweep1")
        rate, seconds = (50, 60.0) if full else (10, 20.0)
        usual = _p95(_told(stage.address, token, rate, seconds / 2, 0))
        report.figures["api_p95_s_before"] = round(usual, 3)  # a machine that does other things as well is slower
        sink.delay = SLOW_SECONDS
        fill(n)
        stage.add_worker("worker1", 4)
        wait_until(lambda: sink.accepted, 60)
        watch = _Watch()
        clients = _told(stage.address, token, rate, seconds, 1)
        report.at_most("idle_in_transaction_s", watch.stop(), 1.0)
        report.figures["idle_longest_after"] = watch.after
        report.figures["contacts_per_s"] = round(sum(len(each.seconds) for each in clients) / seconds, 1)
        report.at_most("api_p95_s", _p95(clients), max(0.5, 1.5 * usual))
        sink.delay = 0.0
        report.figures["quiet_s"] = round(run_until_quiet(240), 1)
        asked = [key for client in clients for key in client.acknowledged]
        conclude(report, sink.accepted, asked=asked, found=clients[0].found())
    return report


def _told(address: str, token: str, rate: int, seconds: float, row: int) -> list[Client]:
    """Several clients, each at its share of the rate; their contacts are numbered apart."""
    clients = [Client(address, token) for _ in range(CLIENTS)]
    for number, client in enumerate(clients):
        client.number = row * 1_000_000 + number * 50_000
        client.tell_for(0.5, 0.1)  # the first requests of a web process are dear
        client.seconds.clear()
    jobs = [threading.Thread(target=client.tell_for, args=(seconds, len(clients) / rate)) for client in clients]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    return clients


def _p95(clients: list[Client]) -> float:
    every = sorted(second for client in clients for second in client.seconds)
    return every[int(len(every) * 0.95)]


class _Watch:
    """Looks ten times a second for the longest idle transaction of any session."""

    def __init__(self) -> None:
        self.longest, self.after, self._over = 0.0, "", threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._over.set()
        self._thread.join(5)
        return self.longest

    def _look(self) -> None:
        from django.db import connection

        statement = (
            "SELECT EXTRACT(epoch FROM clock_timestamp() - state_change), left(query, 60) FROM pg_stat_activity "
        )
        statement += "WHERE state LIKE 'idle in transaction%' ORDER BY state_change LIMIT 1"
        while not self._over.is_set():
            with connection.cursor() as cursor:
                cursor.execute(statement)
                for seconds, query in cursor.fetchall():
                    self.longest, self.after = max((self.longest, self.after), (float(seconds), query))
            time.sleep(0.1)
        connection.close()
