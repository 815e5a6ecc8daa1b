"""A2: web processes die before the commit of a contact, and after it before anybody is woken; clients try again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tests.chaos.dispatching import Report, conclude, note_deaths, run_until_quiet
from tests.chaos.house import House, house
from tests.chaos.ingestion import Client, prepare
from tests.chaos.mail_sink import faulty_sink

FAST, FULL = 150, 5_000
BROKERS = ("redis",)
POINTS: Final = ("before_commit", "before_enqueue")


def run(n: int, broker: str) -> Report:
    """Each acknowledged contact is there once and asked about once; whatever was cut off is sent by the sweeper."""
    report = Report("a2", n)
    with faulty_sink() as sink, house(broker, EMAIL_URL=sink.url, SWEEP_SECONDS="10") as stage:
        token = prepare()
        stage.specs["web"].env.update(CXSURVEY_FAILPOINTS=_points(n))  # type: ignore[attr-defined]
        stage.start("web", "sweep1")
        stage.add_worker("worker1", 2)
        clients = Client(stage.address, token)
        with _supervised(stage):
            clients.tell_all(n, threads=4)
        points_met = {each.point for each in note_deaths(report, stage)}
        report.figures |= {"connections_cut": clients.cut, "refused": clients.refused}
        report.demand("acknowledged", len(clients.acknowledged), n)
        report.demand("points_without_a_death", [name for name in POINTS if name not in points_met], [])
        report.at_most("last_sent_s_after_the_end", run_until_quiet(120, nudging=False), 60.0)
        conclude(report, sink.accepted, asked=clients.acknowledged, found=clients.found())
        report.demand("customers_asked", len({each for each in sink.recipients if each.startswith("k")}), n)
    return report


def _points(n: int) -> str:
    """Some seven deaths at each point, so that neither stays without one by chance; wakes are fewer than commits."""
    commit = min(0.12, 20 / n)
    return f"before_commit:{commit:.4f},before_enqueue:{min(0.35, 4 * commit):.4f}"


@contextmanager
def _supervised(stage: House) -> Iterator[None]:
    """Start the web server again where it has given up, as an init system would."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            if stage.processes["web"].poll() is not None:
                stage.start("web")

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join(60)
