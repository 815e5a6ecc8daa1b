"""A3: workers, sweeper and beat are killed at random; a worker frozen past its lease wakes up and may write nothing."""

import os
import random
import signal
import time
from typing import Final

from cxsurvey.lib.nudge import publish
from tests.chaos.dispatching import (
    TASK,
    Report,
    conclude,
    demand_by_name,
    fill,
    in_window,
    open_messages,
    run_until_quiet,
)
from tests.chaos.house import LEASE, SENDING_LIMIT, SETTLE_SECONDS, House, house, wait_until, worker_name
from tests.chaos.mail_sink import faulty_sink

FAST, FULL = 300, 10_000
BROKERS = ("redis", "rabbitmq")
REFUSED: Final = "its lease was over, the record is refused"


def run(n: int, broker: str) -> Report:
    """40 deaths of workers (half of them the whole family), 10 of the sweeper, 5 of beat; fewer for small numbers."""
    share = min(1.0, n / FULL)
    plan = (
        ["worker"] * max(4, int(40 * share)) + ["sweep1"] * max(1, int(10 * share)) + ["beat1"] * max(1, int(5 * share))
    )
    random.Random(3).shuffle(plan)
    report = Report("a3", n)
    with faulty_sink() as sink, house(broker, EMAIL_URL=sink.url) as stage:
        sink.delay = 0.15 if n < FULL else 0.02  # so that there is something to send at each death
        fill(n // 2)
        for number in (1, 2):
            stage.add_worker(f"worker{number}", 2)
        stage.start("sweep1", "beat1")
        wait_until(lambda: sink.accepted, 60)
        held = _freeze(report, stage)
        fill(n - n // 2)
        for number, victim in enumerate(plan):
            held |= _kill(stage, victim, number)
        report.figures["killed"] = {name: plan.count(name) for name in ("worker", "sweep1", "beat1")}
        report.figures["left_after_the_kills"] = open_messages()
        report.figures["quiet_s"] = round(run_until_quiet(180 + n / 10), 1)
        conclude(report, sink.accepted, window_kills=len(held))
        demand_by_name(report, held)
    return report


def _kill(stage: House, victim: str, number: int) -> set[str]:
    """One death, and the start of a successor; the messages that it held in `sending`."""
    time.sleep(random.uniform(0.2, 1.0))
    publish(TASK)
    if victim != "worker":
        stage.kill(victim)
        stage.start(victim)
        return set()
    name = stage.workers()[number % 2]
    if number % 2:  # the whole family: its parent cannot tell the broker
        dead = stage.kill(name)
        stage.start(name)
    else:
        child = random.choice(stage.children(stage.processes[name].pid) or [0])
        if not child:
            return set()
        os.kill(child, signal.SIGKILL)
        dead = [worker_name(child)]
    return in_window(dead)


def _freeze(report: Report, stage: House) -> set[str]:
    """Stop one worker with a message in hand until others have taken over all that it held, then let it go on.

    What it held in `sending`.
    """
    from surveys.models import Delivery

    frozen, held = 0, 0
    sending: set[str] = set()
    for tries in range(40):
        child = random.choice(stage.worker_children())
        os.kill(child, signal.SIGSTOP)
        time.sleep(SETTLE_SECONDS)
        held = Delivery.objects.filter(worker=worker_name(child), state__in=("claimed", "sending")).count()
        sending = in_window([worker_name(child)])
        if held and (sending or tries > 20):
            frozen = child
            break
        os.kill(child, signal.SIGCONT)
        publish(TASK)
        time.sleep(0.1)
    if not frozen:
        return set()
    # Its `sending` one ends as unknown by the limit, its claimed ones go to others; then it wakes up.
    wait_until(lambda: publish(TASK) and not _holds(frozen), max(2 * LEASE, SENDING_LIMIT) + 30, 0.5)
    report.demand("zombie_holds_when_woken", _holds(frozen), 0)
    os.kill(frozen, signal.SIGCONT)
    wait_until(lambda: sum(stage.log(name).count(REFUSED) for name in stage.workers()) >= len(sending), 20)
    refused = sum(stage.log(name).count(REFUSED) for name in stage.workers())
    report.demand("zombie_records_refused", refused, len(sending))
    report.figures["zombie_claims_lost"] = held - len(sending)
    return sending


def _holds(child: int) -> int:
    from surveys.models import Delivery

    return Delivery.objects.filter(worker=worker_name(child), state__in=("claimed", "sending")).count()
