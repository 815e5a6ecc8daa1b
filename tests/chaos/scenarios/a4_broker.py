"""A4: the broker dies, forgets everything, is away for minutes; asking goes on, workers come back by themselves."""

import time
from typing import Any, Final

from tests.chaos.dispatching import Report, conclude, fill, open_messages, run_until_quiet
from tests.chaos.house import House, house, wait_until
from tests.chaos.ingestion import Client, prepare
from tests.chaos.mail_sink import FaultySink, faulty_sink

FAST, FULL = 300, 2_000
BROKERS = ("redis", "rabbitmq")
CANARIES: Final = ("canary", "canary-deliver")


def run(n: int, broker: str) -> Report:
    """10 deaths with a new start, everything thrown away once, 5 minutes of absence; small: 2 deaths, 45 seconds."""
    full = n >= FULL
    report = Report("a4", n)
    with faulty_sink() as sink, house(broker, EMAIL_URL=sink.url, SWEEP_SECONDS="5") as stage:
        token = prepare()
        fill(n)
        stage.start("web", "sweep1", "beat1")
        for number in (1, 2):
            stage.add_worker(f"worker{number}", 2)
        born = {name: stage.processes[name].pid for name in stage.workers()}
        wait_until(lambda: sink.accepted, 60)
        for _ in range(10 if full else 2):
            stage.kill("broker")
            stage.start("broker")
            time.sleep(1)
        _forget(stage)
        _hear(report, "after_forgetting")
        clients = Client(stage.address, token)
        clients.tell_for(4, each=0.2)  # the first requests of a web process are dear
        clients.seconds.clear()
        clients.tell_for(10, each=0.2)
        report.figures["ingestion_p95_s_with_broker"] = round(clients.p95(), 3)
        clients.seconds.clear()
        _be_away(report, stage, sink, clients, 300 if full else 45)
        _come_back(report, stage)
        alive = {name: pid for name, pid in born.items() if stage.processes[name].poll() is None}
        report.demand("workers_alive_and_never_restarted", sorted(alive), sorted(born))
        report.figures["quiet_s"] = round(run_until_quiet(180 + n / 10), 1)
        conclude(report, sink.accepted, asked=clients.acknowledged, found=clients.found())
    return report


def _forget(stage: House) -> None:
    """Throw away whatever the broker holds; of RabbitMQ the queues themselves, under those who listen to them."""
    from celery import current_app

    if stage.broker == "redis":
        from redis import Redis

        Redis.from_url(str(current_app.conf.broker_url)).flushall()
        return
    with current_app.connection_for_write() as link:
        for name in ("celery", "deliver"):
            link.default_channel.queue_delete(name)  # type: ignore[attr-defined]  # every transport has it


def _be_away(report: Report, stage: House, sink: FaultySink, clients: Client, seconds: float) -> None:
    """No broker: contacts are taken and messages leave, slower."""
    stage.kill("broker")
    fill(int(seconds * 2))  # so that something is due for as long as it is away
    before, began = len(sink.accepted), time.monotonic()
    clients.tell_for(seconds, each=0.2)
    gone = time.monotonic() - began
    report.at_least("sent_per_second_without_broker", (len(sink.accepted) - before) / gone, 1.0)
    report.demand("refused_without_broker", clients.refused, 0)
    usual = report.figures["ingestion_p95_s_with_broker"]  # a machine that does other things as well is slower
    report.at_most("ingestion_p95_s_without_broker", clients.p95(), max(0.5, 1.5 * usual))
    report.figures["acknowledged_without_broker"] = len(clients.acknowledged)
    report.figures["open_when_the_broker_comes_back"] = open_messages()


def _come_back(report: Report, stage: House) -> None:
    """The same workers, not started anew, take canaries of both queues again."""
    stage.start("broker")
    _hear(report, "after_the_absence")


def _hear(report: Report, when: str) -> None:
    """Send canaries until those of both queues have come through."""
    from surveys.models import JobRun

    JobRun.objects.filter(job__in=CANARIES).delete()
    began = time.monotonic()
    seen: dict[str, float] = {}

    def heard() -> bool:
        _send_canaries()
        for job in JobRun.objects.filter(job__in=CANARIES).values_list("job", flat=True):
            seen.setdefault(job, time.monotonic() - began)
        return len(seen) == len(CANARIES)

    wait_until(heard, 90, pause=0.5)
    report.demand(f"queues_heard_{when}", sorted(seen), sorted(CANARIES))
    report.at_most(f"consumption_resumes_s_{when}", max(seen.values(), default=90.0), 30.0)


def _send_canaries() -> None:
    from cxsurvey.lib.nudge import publish

    call: dict[str, Any] = {"every": 30}
    for task in ("surveys.canary", "surveys.canary_deliver"):
        publish(task, kwargs=call, expires=30)
