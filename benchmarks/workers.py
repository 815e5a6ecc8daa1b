"""Messages a second by 1, 2 and 4 worker processes of a whole installation, and contacts a second through the API.

Run by itself: python -m benchmarks workers [-- --messages 1000]. Celery, broker, sweeper and web server are real.
"""

import argparse
import os
import time
from typing import Any

from benchmarks.live import _cpu_seconds

SLOW = True  # minutes
PROCESSES = (1, 2, 4)


def main(argv: list[str] | None = None) -> dict[str, Any]:
    """Measure, print the table, return the figures."""
    from tests.chaos.house import house
    from tests.chaos.mail_sink import faulty_sink

    options = _options(argv)
    report: dict[str, Any] = {"benchmark": "workers", "cores": os.cpu_count(), "load_before": os.getloadavg()}
    with faulty_sink() as sink, house(EMAIL_URL=sink.url, DELIVERY_BATCH="100") as stage:
        for processes in PROCESSES:
            report[f"processes_{processes}"] = _sent(stage, sink, processes, options.messages)
        report["ingestion"] = _ingested(stage, options.messages)
    report["load_after"] = os.getloadavg()
    _print(report)
    return report


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000)
    return parser.parse_args(argv)


def _sent(stage: Any, sink: Any, processes: int, count: int) -> dict[str, float]:
    """From the first message taken over to the last; the processor's seconds of worker and children."""
    from cxsurvey.lib.nudge import publish
    from tests.chaos.dispatching import TASK, fill, open_messages
    from tests.chaos.house import wait_until

    name, before = f"worker{processes}", len(sink.accepted)
    fill(count)
    stage.add_worker(name, processes)
    wait_until(lambda: publish(TASK) and len(sink.accepted) > before, 60, 0.05)
    began = _cpu_seconds(stage.processes[name].pid)
    wait_until(lambda: publish(TASK) and not open_messages(), 600, 0.2)
    used = _cpu_seconds(stage.processes[name].pid) - began
    stage.end(name)
    times = [each.at for each in sink.accepted[before:]]
    seconds = times[-1] - times[0]
    return {"messages": count, "per_second": round(count / seconds, 1), "per_cpu_second": round(count / used, 1)}


def _ingested(stage: Any, count: int) -> dict[str, float]:
    """Contacts told one by one, each with its key, by four clients at once; each makes an ask."""
    from tests.chaos.ingestion import Client, prepare

    token = prepare()
    stage.start("web")
    warm = Client(stage.address, token)
    warm.number = 1_000_000
    warm.tell_for(3, 0.1)
    clients = Client(stage.address, token)
    began = time.monotonic()
    clients.tell_all(count, threads=4)
    seconds = time.monotonic() - began
    return {"contacts": count, "per_second": round(count / seconds, 1), "p95_ms": round(clients.p95() * 1000, 1)}


def _print(report: dict[str, Any]) -> None:
    for processes in PROCESSES:
        row = report[f"processes_{processes}"]
        print(
            f"{processes} worker processes {row['per_second']:>10} messages/s {row['per_cpu_second']:>10} a CPU second"
        )
    row = report["ingestion"]
    print(f"ingestion {row['per_second']:>10} contacts/s, 95 % within {row['p95_ms']} ms; load {report['load_before']}")


if __name__ == "__main__":
    main()
