"""A5: a mail server refuses, cuts, dawdles, talks rubbish; the certain is retried or failed, the rest unknown."""

import time
from typing import Any, Final

from cxsurvey.lib.nudge import publish
from surveys.actions.deliver_outcome import BACK_OFF, JITTER, MAX_ATTEMPTS
from tests.chaos.dispatching import TASK, Report, Waits, conclude, fill, hurry, run_until_quiet
from tests.chaos.house import REPLY_TIMEOUT, House, house, wait_until
from tests.chaos.mail_sink import Faults, FaultySink, faulty_sink

FAST, FULL = 300, 10_000
BROKERS = ("redis",)
SHARES: Final = {
    "cut before": 0.01,
    "421": 0.01,
    "451": 0.04,
    "550": 0.02,
    "cut": 0.005,
    "rst": 0.005,
    "late": 0.01,
    "garbage": 0.005,
    "lines": 0.05,
}


def _as_the_table(attempts: int, _cause: str) -> tuple[float, float]:
    """The shortest and the longest wait after so many tries."""
    return BACK_OFF[attempts - 1] * (1 - JITTER), BACK_OFF[attempts - 1] * (1 + JITTER)


def run(n: int, broker: str) -> Report:
    """All faults at once, then what a whole server can do to everybody, then quiet."""
    report, full = Report("a5", n), n >= FULL
    faults = Faults(SHARES, late_seconds=REPLY_TIMEOUT + 4)
    with faulty_sink(faults) as sink, house(broker, EMAIL_URL=sink.url) as stage:
        fill(n)
        for number in (1, 2):
            stage.add_worker(f"worker{number}", 2)
        waits = Waits(_as_the_table)
        run_until_quiet(n / 5 + 240, waits=waits)
        report.figures["met"] = dict(sink.met)
        _everybody(report, stage, sink, waits, 120 if full else 10)
        sink.faults = Faults()
        report.figures["quiet_s"] = round(run_until_quiet(180, waits=waits), 1)
        _judge(report, sink, waits)
        conclude(report, sink.accepted, injected=sink.injected)
    return report


def _everybody(report: Report, stage: House, sink: FaultySink, waits: Waits, seconds: float) -> None:
    """A server that greets too late, never or with rubbish, cannot do TLS, has no room for anybody."""

    sink.faults = Faults()
    for kind in ("slow", "silent", "garbage"):
        before = len(sink.accepted)
        sink.faults.greeting = kind
        fill(10)
        for _ in range(int(min(seconds, 12))):
            publish(TASK)
            time.sleep(1)
        report.demand(f"accepted_while_greeting_is_{kind}", len(sink.accepted) - before, 0)
        hurry()
    sink.faults = Faults(everybody="452 4.2.2 no room")
    fill(20)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        waits.look()
        publish(TASK)
        time.sleep(1)
    report.at_least("told_no_room", sink.met["everybody"], 1)
    _without_tls(report, stage, sink)


def _without_tls(report: Report, stage: House, sink: FaultySink) -> None:
    """STARTTLS is demanded and not offered: nothing leaves in the clear."""
    from surveys.models import Delivery

    for name in stage.workers():
        stage.end(name)
    sink.faults, before = Faults(), len(sink.accepted)
    fill(5)
    stage.add_worker("workertls", 1, EMAIL_URL=sink.url.replace("smtp://", "smtp+tls://"))
    paused: Any = Delivery.objects.filter(events__cause__startswith="channel paused", attempts=0).distinct()
    wait_until(lambda: publish(TASK) and paused.count() >= 5, 30)
    report.demand("sent_without_tls", len(sink.accepted) - before, 0)
    stage.end("workertls")
    stage.start("worker1", "worker2")


def _judge(report: Report, sink: FaultySink, waits: Waits) -> None:
    from surveys.models import Delivery

    failed = Delivery.objects.filter(state="failed")
    given_up = failed.filter(attempts=MAX_ATTEMPTS).count()
    report.figures["given_up_after_six"] = given_up
    report.demand("refused_for_good", failed.exclude(attempts=MAX_ATTEMPTS).count(), sink.met["550"])
    report.at_most("most_tries", max(Delivery.objects.values_list("attempts", flat=True)), MAX_ATTEMPTS)
    report.figures["waits_looked_at"] = len(waits.seen)
    report.demand("waits_not_as_the_table", waits.wrong[:5], [])
    report.at_most("longest_in_hand_s", _longest_sending(), REPLY_TIMEOUT + 5)


def _longest_sending() -> float:
    """Seconds between `sending` and what followed, at most."""
    from surveys.models import DeliveryEvent

    started: dict[int, Any] = {}
    longest = 0.0
    for delivery, to, came, at in DeliveryEvent.objects.order_by("pk").values_list(
        "delivery_id", "to_state", "from_state", "at"
    ):
        if to == "sending":
            started[delivery] = at
        elif came == "sending":
            longest = max(longest, (at - started[delivery]).total_seconds())
    return longest
