"""E4: backed up, sent, put back: the rows say "due" once more, and nothing leaves before a person has decided."""

import shutil
import subprocess
import time
from pathlib import Path

from cxsurvey.lib.nudge import publish
from tests.chaos.dispatching import TASK, Report, conclude, fill, run_until_quiet
from tests.chaos.house import House, disconnect, house
from tests.chaos.mail_sink import faulty_sink

FAST, FULL = 100, 1_000
BROKERS = ("redis",)
RESTORED = (("queued", "unknown"), ("claimed", "unknown"), ("sending", "unknown"))


def run(n: int, broker: str) -> Report:
    """A copy of the data folder is the backup; everything that sends runs for 40 seconds after it was put back."""
    report = Report("e4", n)
    with faulty_sink() as sink, house(broker, EMAIL_URL=sink.url, SWEEP_SECONDS="5") as stage:
        fill(20)
        stage.add_worker("worker1", 2)
        run_until_quiet(120 + n / 10)  # the installation has sent before: it knows itself
        fill(n)
        _swap(stage, keep=True)
        run_until_quiet(120 + n / 10)
        before = len(sink.accepted)
        _swap(stage, keep=False)
        stage.start("sweep1", "beat1")
        ends = time.monotonic() + 40
        while time.monotonic() < ends:
            publish(TASK)
            time.sleep(1)
        report.demand("sent_by_itself_after_the_restore", len(sink.accepted) - before, 0)
        report.demand("paused_because", _why_held(), "restore")
        # As unknown as if each reply had been lost: nobody may send them again but a person.
        conclude(report, sink.accepted, injected=n, also=RESTORED)
    return report


def _swap(stage: House, *, keep: bool) -> None:
    """Stop the database; keep a copy of it, or put the copy in its place; start it again."""
    data = next(path.parent for path in Path(stage.home).rglob("PG_VERSION") if path.parent.name == "data")
    copy = data.with_name("copy")
    disconnect()
    stage.end("postgres", 30)
    if not keep:
        shutil.rmtree(data)
    source, target = (data, copy) if keep else (copy, data)
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
    stage.start("postgres")


def _why_held() -> str:
    from surveys.models import DispatchSwitch

    return ",".join(DispatchSwitch.objects.filter(scope="", paused=True).values_list("cause", flat=True))
