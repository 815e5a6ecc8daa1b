"""B4: two beats and three sweepers at once, a beat killed again and again: every slot and message once."""

import time
from datetime import UTC, datetime

from tests.chaos.dispatching import Report, conclude, fill, run_until_quiet
from tests.chaos.house import house
from tests.chaos.mail_sink import faulty_sink

FAST, FULL = 60, 600
BROKERS = ("redis", "rabbitmq")
SLOT = 30  # seconds: the canaries' is the shortest


def run(n: int, broker: str) -> Report:
    """`n` seconds of it, with a message each second; a beat dies every 12th part of the time, five times at most."""
    report = Report("b4", n)
    with faulty_sink() as sink, house(broker, EMAIL_URL=sink.url, SWEEP_SECONDS="5") as stage:
        stage.add_worker("worker1", 2)
        stage.start("beat1", "beat2", "sweep1", "sweep2", "sweep3")
        began, deaths = time.time(), 0
        while (gone := time.time() - began) < n:
            fill(5)
            time.sleep(5)
            if deaths < min(5, int(gone * 12 / n)):
                stage.kill("beat1")
                stage.start("beat1")
                deaths += 1
        report.figures["beats_killed"] = deaths
        _count_slots(report, began, time.time())
        report.figures["quiet_s"] = round(run_until_quiet(120), 1)
        conclude(report, sink.accepted)
    return report


def _count_slots(report: Report, began: float, ended: float) -> None:
    """One row a slot and job, begun once; of the canaries none is missing between the first and the last."""
    from django.db.models import Count

    from surveys.models import JobRun

    doubled = JobRun.objects.values("job", "slot").annotate(n=Count("pk")).filter(n__gt=1).count()
    report.demand("slots_run_twice", doubled, 0)
    report.figures["slots_run"] = JobRun.objects.count()
    at = [datetime.fromtimestamp(each, UTC).timestamp() // SLOT for each in (began, ended)]
    slots = {each.timestamp() // SLOT for each in JobRun.objects.filter(job="canary").values_list("slot", flat=True)}
    first = min(slots, default=at[1])
    report.figures["canary_slots"] = len(slots)
    report.demand("canary_slots_missing", sorted(set(range(int(first), int(at[1]))) - slots), [])
    report.demand("results_missing", JobRun.objects.filter(result="").exclude(slot__gte=_last_slot()).count(), 0)


def _last_slot() -> datetime:
    return datetime.fromtimestamp(time.time() // 600 * 600 - 600, UTC)
